/** What clients are shown, for `vant doctor`: a handshake as a browser makes it, and a judgement. Works for Vant's own HTTPS as for that
 * of a proxy in front. */
import type { DetailedPeerCertificate, TLSSocket } from 'node:tls';
import { isIP } from 'node:net';
import { toDay, describeRest } from './check-certificate.ts';

export interface ServedFinding {
  readonly status: 'ok' | 'warning' | 'error';
  readonly seen: string;
  readonly remedy?: string;
}

export interface ServedTarget {
  /** Where to connect: a name or an address. */
  readonly host: string;
  readonly port: number;
  /** What clients type; the host by default. */
  readonly serverName?: string;
  /** PEM, trusted besides the public authorities. */
  readonly ca?: string;
}

interface Handshake {
  readonly certificate: DetailedPeerCertificate;
  readonly protocol: string;
  /** Of OpenSSL, such as CERT_HAS_EXPIRED. */
  readonly refusal: string | undefined;
}

const TIMEOUT_MS = 5_000;
const SOON_MS = 7 * 24 * 60 * 60 * 1000;
const SHORT_LIFE_MS = 30 * 24 * 60 * 60 * 1000;

/** @returns what is wrong first; never throws. */
export async function checkServed(target: ServedTarget, now: number): Promise<ServedFinding> {
  const name = target.serverName ?? target.host;
  const where = `${name}:${target.port}`;
  try {
    return judge(await shakeHands(target), name, now);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ERR_SSL_WRONG_VERSION_NUMBER' || code === 'ERR_SSL_PACKET_LENGTH_TOO_LONG') {
      return { status: 'error', seen: `${where} speaks no TLS`, remedy: 'Choose a tls.mode, or look at the proxy.' };
    }
    const remedy = 'Start the server; open the port in the firewall; look where the name leads.';
    return { status: 'error', seen: `${where} cannot be reached: ${code ?? message}`, remedy };
  }
}

function judge({ certificate, protocol, refusal }: Handshake, name: string, now: number): ServedFinding {
  const [from, to] = [certificate.valid_from, certificate.valid_to].map((text) => Date.parse(text)) as [number, number];
  const clock = `the clock of this machine says ${toDay(now)}`;
  if (refusal !== undefined)
    return { status: 'error', ...explainRefusal(refusal, certificate, { from, to, clock, name }) };
  const issuer = certificate.issuer.CN ?? certificate.issuer.O;
  const by = typeof issuer === 'string' ? ` by ${issuer}` : '';
  const seen = `${name}: valid until ${toDay(to)}, ${describeRest(to - now)} left, issued${by}; ${protocol}`;
  // Automatic renewal begins at a third of the life; who renews by hand wants to know a week ahead.
  const isSoon = to - from > SHORT_LIFE_MS ? to - now < SOON_MS : to - now < (to - from) / 5;
  if (!isSoon) return { status: 'ok', seen };
  return { status: 'warning', seen, remedy: 'Renew it now; with tls.mode: acme the log says why it was not renewed.' };
}

interface Facts {
  readonly from: number;
  readonly to: number;
  readonly clock: string;
  readonly name: string;
}

function explainRefusal(code: string, { subjectaltname }: DetailedPeerCertificate, { from, to, clock, name }: Facts) {
  if (code === 'CERT_HAS_EXPIRED') {
    return {
      seen: `the certificate has expired on ${toDay(to)} (${clock})`,
      remedy: 'Renew it, and look at the clock.',
    };
  }
  if (code === 'CERT_NOT_YET_VALID') {
    return {
      seen: `the certificate is not valid before ${toDay(from)}, and ${clock}`,
      remedy: 'Set the clock: timedatectl set-ntp true',
    };
  }
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    const names = (subjectaltname ?? 'no name').replaceAll(/(DNS|IP Address):/g, '');
    return {
      seen: `the certificate is for ${names}, and not for ${name}`,
      remedy: 'Correct server.public_url or tls.names.',
    };
  }
  return {
    seen: `no client trusts the certificate of ${name} (${code})`,
    remedy:
      'Serve the whole chain (fullchain.pem); with tls.mode: local, every device has to trust the authority: vant tls trust',
  };
}

async function shakeHands({ host, port, serverName = host, ca }: ServedTarget): Promise<Handshake> {
  // Not at the top: the running server imports the words of this room, and has its own way to load TLS.
  const { connect, checkServerIdentity, getCACertificates } = await import('node:tls');
  const { promise, resolve, reject } = Promise.withResolvers<Handshake>();
  const socket: TLSSocket = connect({
    host,
    port,
    ...(isIP(serverName) === 0 && { servername: serverName }),
    ...(ca !== undefined && { ca: [...getCACertificates('default'), ca] }),
    rejectUnauthorized: false,
    ALPNProtocols: ['http/1.1'],
  });
  socket.setTimeout(TIMEOUT_MS, () => socket.destroy(new Error(`no answer within ${TIMEOUT_MS / 1000} s`)));
  socket.once('error', reject);
  socket.once('secureConnect', () => {
    const certificate = socket.getPeerCertificate(true);
    const isUntrusted = !socket.authorized;
    const mismatch = isUntrusted ? undefined : checkServerIdentity(serverName, certificate);
    const refusal = isUntrusted
      ? String(socket.authorizationError)
      : (mismatch as NodeJS.ErrnoException | undefined)?.code;
    resolve({ certificate, protocol: socket.getProtocol() ?? 'TLS', refusal });
    socket.destroy();
  });
  return await promise;
}
