/** From the name that people type to the WebSocket of their device, as far as this can be seen from the machine itself. */
import { createConnection } from 'node:net';
import type { Config } from '../../config/schema.ts';
import { isPublicAddress } from '../turn/policy/peer-policy.ts';
import { CONNECT_PATH } from '../../wire/route-addresses.ts';
import { WEBSOCKET_SUBPROTOCOL } from '../../wire/limits.ts';
import { CertificateFiles } from '../tls/certificate-files.ts';
import { checkServed } from '../tls/check-served.ts';
import { ask, nameError, type Answer } from './ask.ts';
import { failure, ok, warning, type Check, type CheckContext, type Finding } from './check.ts';
import { findLocalAuthority } from './local-authority.ts';
import { checkProxy } from './proxy-check.ts';
import { listOwnAddresses, parsePublicAddress, resolveAddress, type PublicAddress } from './public-address.ts';

const TIMEOUT_MS = 4_000;
const OPTION = 'server.public_url';

export function createNetworkChecks({ loaded }: CheckContext, now: () => number): readonly Check[] {
  const { config } = loaded;
  const target = parsePublicAddress(config.server.public_url);
  return [
    { name: 'DNS', option: OPTION, run: () => checkDns(target, config.tls.mode === 'local') },
    { name: `port ${target.port}`, option: OPTION, run: () => checkPort(target) },
    ...(config.tls.mode === 'files'
      ? [{ name: 'certificate files', option: 'tls.cert_file', run: async () => checkFiles(loaded, now) }]
      : []),
    ...(target.isHttps
      ? [
          {
            name: 'certificate',
            option: 'tls.mode',
            run: () => checkCertificate(target, config, now()),
          },
        ]
      : []),
    { name: 'WebSocket', option: OPTION, run: () => checkWebSocket(target) },
    { name: 'client addresses', option: 'server.trusted_proxies', run: () => checkProxy(target) },
  ];
}

/** With an authority of its own it is judged as by a device that trusts that. */
async function checkCertificate({ host, port }: PublicAddress, config: Config, nowMs: number): Promise<Finding> {
  const ca = await findLocalAuthority(config);
  const finding = await checkServed({ host, port, ...(ca !== undefined && { ca }) }, nowMs);
  if (ca === undefined || finding.status === 'error') return finding;
  return { ...finding, seen: `${finding.seen}; each device has to trust this authority once (vant tls trust)` };
}

/** What a record is missing or wrong, only the owner of the domain can mend.
 * @param isInside whether nobody is expected to come from the internet */
export async function checkDns(
  { host, isLocal }: PublicAddress,
  isInside: boolean,
  resolve = resolveAddress,
): Promise<Finding> {
  if (isLocal) {
    return warning(
      `${host} is this machine: nobody else reaches the server under it`,
      'Set server.public_url to the https address that people are to type. To try things out alone, all is well.',
    );
  }
  const { ipv4, ipv6, isFromHostsFile } = await resolve(host);
  const all = [...ipv4, ...ipv6];
  if (all.length === 0) {
    return failure(
      `the name ${host} is not known to DNS`,
      `Add an A record (and AAAA, if the machine has IPv6) for ${host}, or correct the name.`,
    );
  }
  const seen = `A: ${ipv4.join(', ') || 'none'}; AAAA: ${ipv6.join(', ') || 'none'}`;
  if (isFromHostsFile) {
    return warning(
      `${seen}, from /etc/hosts of this machine only`,
      `Add the records to DNS, where other machines look, too.`,
    );
  }
  const inside = all.filter((address) => !isPublicAddress(address));
  if (inside.length > 0 && !isInside) {
    return warning(
      `${seen}; ${inside.join(', ')} cannot be reached from the internet`,
      'In a network of your own all is well. Else write the public address into DNS.',
    );
  }
  if (ipv4.length === 0) {
    return warning(`${seen}: whoever has no IPv6 cannot come`, `Add an A record for ${host}.`);
  }
  const own = listOwnAddresses();
  const isElsewhere = !all.some((address) => own.includes(address));
  return ok(isElsewhere ? `${seen}; not of this machine itself, so NAT or a proxy lies between` : seen);
}

/** All addresses are tried: a browser that gets a dead one first waits. */
async function checkPort({ host, port, isLocal }: PublicAddress): Promise<Finding> {
  const { ipv4, ipv6 } = await resolveAddress(host);
  const results = await Promise.all(
    [...ipv4, ...ipv6].map(async (address) => ({ address, problem: await tryPort(address, port) })),
  );
  if (results.length === 0) return failure('there is no address to try', 'See the check of DNS.');
  const text = (each: (typeof results)[number]) => `${wrap(each.address)}:${port} ${each.problem ?? 'answers'}`;
  const seen = results.map(text).join('; ');
  const dead = results.filter(({ problem }) => problem !== undefined);
  if (dead.length === 0) {
    const limits = isLocal ? '' : '. From this machine, that is: a firewall further out shows from elsewhere only';
    return ok(`${seen}${limits}`);
  }
  const isOnlyIpv6 = dead.every(({ address }) => address.includes(':')) && dead.length < results.length;
  if (isOnlyIpv6) {
    return failure(
      `${seen}: devices with IPv6 try this one first`,
      'Let the proxy listen on IPv6 ([::]:443), or remove the AAAA record.',
    );
  }
  return failure(seen, 'Start the server and the proxy, and open the port in the firewall. Behind NAT, forward it.');
}

/** @returns what is wrong, in the form of the sentence "ADDRESS …". */
async function tryPort(address: string, port: number): Promise<string | undefined> {
  const { promise, resolve } = Promise.withResolvers<string | undefined>();
  const socket = createConnection({ host: address, port });
  socket.setTimeout(TIMEOUT_MS, () => resolve('does not answer (a firewall that drops?)'));
  socket.once('connect', () => resolve(undefined));
  socket.once('error', (error: NodeJS.ErrnoException) => {
    resolve(
      error.code === 'ECONNREFUSED' ? 'refuses: nothing listens there' : `cannot be reached (${nameError(error)})`,
    );
  });
  return await promise.finally(() => socket.destroy());
}

function checkFiles({ config: { tls } }: CheckContext['loaded'], now: () => number): Finding {
  const { cert_file: cert = '', key_file: key = '', names } = tls;
  const [worst] = new CertificateFiles({ cert, key, names, now }).read().problems;
  if (worst === undefined) return ok(`${cert} fits its key and ${names.join(', ')}`);
  const found = worst.severity === 'warning' ? warning : failure;
  return found(worst.seen, worst.remedy);
}

/** As a browser begins, but without a device: Vant's refusal of that is the proof that the way is open. */
async function checkWebSocket({ url }: PublicAddress): Promise<Finding> {
  let answer: Answer;
  try {
    answer = await ask(new URL(CONNECT_PATH, url), {
      headers: {
        connection: 'Upgrade',
        upgrade: 'websocket',
        'sec-websocket-version': '13',
        'sec-websocket-key': Buffer.alloc(16).toString('base64'),
        'sec-websocket-protocol': WEBSOCKET_SUBPROTOCOL,
        origin: url.origin,
      },
    });
  } catch (error) {
    return failure(`${url.host} does not answer (${nameError(error)})`, 'Start the server, and see the checks above.');
  }
  return judgeUpgrade(answer);
}

const UPGRADE_REMEDY =
  'nginx: proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection "upgrade". Apache: ProxyPass with upgrade=websocket.';

export function judgeUpgrade({ status, text, isUpgraded, headers }: Answer): Finding {
  const code = readCode(text);
  if (code === 'UNAUTHORIZED') return ok('reaches Vant, which asks for the credentials of a device');
  if (isUpgraded) {
    return failure(
      'something else than Vant takes WebSockets at this address',
      'Let the proxy send /v1/ to server.listen of Vant.',
    );
  }
  if (code === 'BAD_REQUEST') {
    return failure(
      'the proxy drops the header Sec-WebSocket-Protocol, in which devices say who they are',
      'Let it pass all request headers on; a WebSocket filter in front may have to be switched off.',
    );
  }
  if (code === 'RATE_LIMITED') {
    return warning('Vant has had too many attempts from this address', 'Wait a minute, then ask again.');
  }
  if (code === 'NOT_FOUND' || status === 200 || status === 426) {
    return failure(
      'the proxy passes the request on, but not as a WebSocket: the header Upgrade is missing',
      UPGRADE_REMEDY,
    );
  }
  if (status === 502 || status === 503 || status === 504) {
    const server = headers['server'] !== undefined ? ` (${String(headers['server'])})` : '';
    return failure(
      `the proxy${server} answers ${status}: it does not reach Vant`,
      'Start the server, and compare the address in the proxy with server.listen.',
    );
  }
  return failure(`the answer is ${status}, and not that of Vant`, `Let the proxy send /v1/ to Vant. ${UPGRADE_REMEDY}`);
}

/** The code of an error of Vant. */
function readCode(text: string): string | undefined {
  try {
    return (JSON.parse(text) as { code?: string }).code;
  } catch {
    return undefined;
  }
}

const wrap = (address: string): string => (address.includes(':') ? `[${address}]` : address);
