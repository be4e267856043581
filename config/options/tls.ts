import { derived, group, option, optional, secret } from '../option.ts';
import { choice } from '../values/choice.ts';
import { duration } from '../values/duration.ts';
import { hostName } from '../values/host-name.ts';
import { listenAddress, type HostPort } from '../values/host-port.ts';
import { httpsUrl } from '../values/https-url.ts';
import { list } from '../values/list.ts';
import { path } from '../values/path.ts';
import { text } from '../values/text.ts';

const HTTPS_PORT = 443;
const HTTP_PORT = 80;

const acme = group('Certificates by ACME (tls.mode: acme).', {
  directory: option(httpsUrl(), {
    default: 'https://acme-v02.api.letsencrypt.org/directory',
    description:
      'The certificate authority. The default is Let’s Encrypt, whose terms you accept by using it. To try things out, https://acme-staging-v02.api.letsencrypt.org/directory has generous limits, and browsers refuse its certificates.',
    example: 'https://ca.internal/acme/acme/directory',
    reload: 'restart',
    since: '0.1.0',
  }),
  email: optional(text({ pattern: /^[^\s@]+@[^\s@]+$/, expected: 'a mail address' }), {
    description: 'Where the authority reaches you. Not needed: Vant renews and warns by itself.',
    example: 'admin@example.org',
    reload: 'restart',
    since: '0.1.0',
  }),
  profile: optional(text({ pattern: /^[A-Za-z0-9._-]+$/, expected: 'the name of a profile' }), {
    description:
      'A kind of certificate that the authority offers. When one of tls.names is an IP address and the authority offers shortlived (six days), that is taken; else its usual one.',
    example: 'shortlived',
    reload: 'restart',
    since: '0.1.0',
  }),
  challenge: option(choice(['auto', 'tls-alpn-01', 'http-01']), {
    default: 'auto',
    description:
      'How the authority sees that the names are yours. tls-alpn-01: on port 443, the one that serves. http-01: on port 80 (tls.http_listen). auto: the first, and when it fails the second.',
    reload: 'restart',
    since: '0.1.0',
  }),
  ca_file: optional(path({ mustBe: 'readable-file' }), {
    description: 'Certificates (PEM) by which the authority itself is trusted, when it is one of your own.',
    example: '/etc/vant/acme-ca.pem',
    reload: 'restart',
    since: '0.1.0',
  }),
  eab_key_id: optional(text(), {
    description:
      'For authorities that give accounts to their customers only (external account binding): the id of your key.',
    example: 'kid-1',
    reload: 'restart',
    since: '0.1.0',
  }),
  eab_key: secret({
    description: 'The key of eab_key_id, as the authority gave it (base64url).',
    example: '/etc/vant/eab-key',
    reload: 'restart',
    since: '0.1.0',
  }),
});

export const tls = group(
  'HTTPS by Vant itself. Leave it off when a reverse proxy in front of it has the certificate.',
  {
    mode: option(choice(['off', 'acme', 'files', 'local']), {
      default: 'off',
      description:
        'off: plain HTTP, for this machine or behind a proxy. acme: a certificate that browsers trust, got and renewed automatically; for a name or public address that leads here. files: your own certificate. local: an authority of your own, for a network without a domain; each device has to trust it once. See docs/https.md.',
      reload: 'restart',
      since: '0.1.0',
    }),
    names: derived(list(hostName(), 'list of names and addresses'), {
      derived: {
        text: 'the host of server.public_url',
        compute: (lookup) => [new URL(lookup('server.public_url') as string).hostname.replace(/^\[(.*)\]$/, '$1')],
      },
      description:
        'What the certificate is for: names and IP addresses under which clients reach this server (acme, local), or must be able to (files). After a change acme gets a new certificate; local makes a new authority, which devices have to trust anew.',
      example: '[chat.example.org, 203.0.113.7]',
      reload: 'restart',
      since: '0.1.0',
    }),
    cert_file: optional(path({ mustBe: 'readable-file' }), {
      description:
        'With tls.mode: files, the certificate (PEM): your own first, then those in between up to the root. It is read again when the file changes, and on SIGHUP; connections go on.',
      example: '/etc/letsencrypt/live/chat.example.org/fullchain.pem',
      reload: 'restart',
      since: '0.1.0',
    }),
    key_file: optional(path({ mustBe: 'readable-file' }), {
      description: 'The private key (PEM) of tls.cert_file.',
      example: '/etc/letsencrypt/live/chat.example.org/privkey.pem',
      reload: 'restart',
      since: '0.1.0',
    }),
    http_listen: derived(list(listenAddress(), 'list of address:port'), {
      derived: {
        text: 'port 80 of the address in server.listen while that has port 443 and tls.mode is not off, else []',
        compute: (lookup) => {
          const { host, port } = lookup('server.listen') as HostPort;
          return lookup('tls.mode') === 'off' || port !== HTTPS_PORT ? [] : [{ host, port: HTTP_PORT }];
        },
      },
      description:
        'Where plain HTTP is answered: by sending browsers to https, by http-01 challenges, and by the help page of tls.mode: local. If a port is taken, Vant says so and goes on without it. The port of server.listen does the same for whoever speaks HTTP there.',
      example: '[0.0.0.0:80]',
      reload: 'restart',
      since: '0.1.0',
    }),
    hsts: option(duration({ max: '730d' }), {
      default: '180d',
      description:
        'For how long browsers remember that this server has HTTPS, and use nothing else (HSTS). With tls.mode acme and files only. Set it to 0s before you go back to plain HTTP, and wait.',
      reload: 'live',
      since: '0.1.0',
    }),
    acme,
  },
);
