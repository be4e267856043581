/** The parts of a TURN URL (RFC 7065). */
export interface TurnUrl {
  readonly transport: 'udp' | 'tcp' | 'tls';
  /** Without brackets. */
  readonly host: string;
  readonly port: number;
}

const PATTERN = /^(turns?):(?:\[([^\]]+)\]|([^:?[\]]+))(?::(\d{1,5}))?(?:\?transport=(udp|tcp))?$/i;

/** @returns undefined for what is none. A `turns` URL over UDP would be DTLS, which browsers do not speak to TURN servers. */
export function parseTurnUrl(text: string): TurnUrl | undefined {
  const match = PATTERN.exec(text);
  if (match === null) return undefined;
  const [, scheme = '', bracketed, plain = '', port, transport = ''] = match;
  const isSecure = scheme.toLowerCase() === 'turns';
  return {
    transport: isSecure ? 'tls' : transport.toLowerCase() === 'tcp' ? 'tcp' : 'udp',
    host: bracketed ?? plain,
    port: port === undefined ? (isSecure ? 5349 : 3478) : Number(port),
  };
}
