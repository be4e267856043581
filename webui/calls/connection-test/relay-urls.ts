/** What the server offers for calls (RFC 7064, RFC 7065), by the way that a packet takes to it. */

export type RelayWay = 'turn-udp' | 'turn-tcp' | 'turn-tls';

export interface RelayUrl {
  readonly way: RelayWay;
  readonly url: string;
  readonly port: number;
}

const PARTS = /^(turns?):(\[[^\]]+\]|[^:?]+)(?::(\d+))?(?:\?transport=(udp|tcp))?$/i;

/** The first URL of each way. What is no TURN URL is left out. */
export function listRelays(urls: readonly string[]): RelayUrl[] {
  const found = new Map<RelayWay, RelayUrl>();
  for (const url of urls) {
    const relay = parse(url);
    if (relay !== undefined && !found.has(relay.way)) found.set(relay.way, relay);
  }
  return [...found.values()];
}

/** A TURN server over UDP answers STUN, too. */
export function findStunUrl(urls: readonly string[]): string | undefined {
  const named = urls.find((url) => /^stun:/i.test(url));
  const relay = listRelays(urls).find(({ way }) => way === 'turn-udp');
  return named ?? relay?.url.replace(/^turn:/i, 'stun:').replace(/\?.*$/, '');
}

function parse(url: string): RelayUrl | undefined {
  const [, scheme, , port, transport = ''] = PARTS.exec(url) ?? [];
  if (scheme === undefined) return undefined;
  const isSecure = scheme.toLowerCase() === 'turns';
  // DTLS (RFC 7065: `turns` with `transport=udp`) is spoken by no browser.
  if (isSecure && transport.toLowerCase() === 'udp') return undefined;
  const way = isSecure ? 'turn-tls' : transport.toLowerCase() === 'tcp' ? 'turn-tcp' : 'turn-udp';
  return { way, url, port: Number(port ?? (isSecure ? 5349 : 3478)) };
}
