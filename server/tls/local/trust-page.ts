/** The page that helps a device to trust the authority of this server. It comes over plain HTTP, because that is what is possible before;
 * what makes sure that it is the right one is the fingerprint, which the admin knows from the terminal. */
import { X509Certificate } from 'node:crypto';
import { CERTIFICATE_PATH, TRUST_PATH, type PlainPage } from '../plain-http.ts';

const STEPS: readonly (readonly [string, readonly string[]])[] = [
  [
    'iPhone, iPad',
    [
      'Open this page in Safari, download the certificate, and allow it.',
      'Settings → General → VPN & Device Management → the downloaded profile → Install.',
      'Settings → General → About → Certificate Trust Settings: switch it on there.',
    ],
  ],
  [
    'Android',
    [
      'Download the certificate.',
      'Settings → Security → More security → Encryption & credentials → Install a certificate → CA certificate, and choose the file. (Names differ a little; searching the settings for “certificate” helps.)',
    ],
  ],
  [
    'macOS',
    [
      'Download the certificate and open it: it goes to Keychain Access (login).',
      'Double-click it there → Trust → When using this certificate: Always Trust.',
    ],
  ],
  [
    'Windows',
    [
      'Download the certificate and open it → Install Certificate → Current User.',
      'Place all certificates in the following store → Trusted Root Certification Authorities.',
    ],
  ],
  [
    'Linux',
    [
      'Debian, Ubuntu: copy the file to /usr/local/share/ca-certificates/ and run sudo update-ca-certificates.',
      'Chromium has a list of its own: Settings → Privacy and security → Security → Manage certificates → Custom → Installed by you → Trusted certificates → Import.',
    ],
  ],
  [
    'Firefox, on computers',
    ['Settings → Privacy & Security → View Certificates → Authorities → Import, and tick “identify websites”.'],
  ],
];

const escape = (text: string): string =>
  text.replaceAll(/[&<>"']/g, (character) => `&#${character.codePointAt(0) ?? 0};`);

export function findTrustPage(
  path: string,
  authority: { readonly cert: string; readonly fingerprint: string },
  httpsOrigin: string,
): PlainPage | undefined {
  if (path === CERTIFICATE_PATH) {
    const body = new X509Certificate(authority.cert).raw;
    return { contentType: 'application/x-x509-ca-cert', body, fileName: CERTIFICATE_PATH.slice(1) };
  }
  if (path !== '/' && path !== TRUST_PATH) return undefined;
  return { contentType: 'text/html; charset=utf-8', body: render(authority.fingerprint, httpsOrigin) };
}

function render(fingerprint: string, httpsOrigin: string): string {
  const bytes = fingerprint.split(':');
  const rows = [bytes.slice(0, 16), bytes.slice(16)].map((row) => row.join(' '));
  const steps = STEPS.map(
    ([name, list]) =>
      `<details><summary>${escape(name)}</summary><ol>${list.map((step) => `<li>${escape(step)}</li>`).join('')}</ol></details>`,
  );
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Trust this Vant server</title>
<style>
  :root { color-scheme: light dark; }
  body { font: 1.05rem/1.6 system-ui, sans-serif; max-width: 38rem; margin: 6vh auto; padding: 0 1.5rem; }
  code { font-size: 0.95em; overflow-wrap: anywhere; }
  summary { padding: 0.5rem 0; font-weight: 600; cursor: pointer; }
  .button { display: inline-block; padding: 0.6rem 1.1rem; border-radius: 0.5rem; border: 2px solid currentColor; font-weight: 600; }
</style>
<h1>Trust this Vant server</h1>
<p>Browsers allow calls and notifications only on servers that they trust. In a network without a public name your device has to be told once.</p>
<ol>
<li><p><a class="button" href="${CERTIFICATE_PATH}" download>Download the certificate</a></p></li>
<li><p>Install it on your device:</p>${steps.join('')}</li>
<li><p>Compare what your device shows as its SHA-256 fingerprint with what your admin sees (<code>vant tls trust</code>):</p>
<p><code>${rows.map(escape).join('<br>')}</code></p>
<p>If it is another one, do not trust it: somebody stands in between.</p></li>
<li><p><a class="button" href="${escape(httpsOrigin)}/">Open Vant</a></p></li>
</ol>
<p>The certificate is good for this server alone: it cannot vouch for any other address.</p>
</html>
`;
}
