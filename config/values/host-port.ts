import { isIPv4, isIPv6 } from 'node:net';
import { ValueError, quote, type ValueType } from './value-type.ts';

export interface HostPort {
  /** A name or an address; IPv6 without brackets. */
  readonly host: string;
  readonly port: number;
}

const MAX_PORT = 65_535;
const HOST_NAME = /^(?=.{1,253}$)[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?)*\.?$/i;

/** Where to listen. Port 0 lets the system choose a free port. */
export function listenAddress(): ValueType<HostPort> {
  return hostPortType('127.0.0.1:8420, 0.0.0.0:8420 or [::]:8420', 0);
}

/** Where to listen, for a server that needs to know its address and not just its name. */
export function listenIpAddress(): ValueType<HostPort> {
  const type = hostPortType('0.0.0.0:3478 or [::]:3478', 0);
  return {
    ...type,
    parse(text, context) {
      const value = type.parse(text, context);
      if (isIPv4(value.host) || isIPv6(value.host)) return value;
      throw new ValueError(
        `${quote(value.host)} is a name, and an IP address is needed here`,
        `Write 0.0.0.0:${value.port} for all IPv4 addresses, [::]:${value.port} for IPv6, 127.0.0.1:${value.port} for this machine only.`,
      );
    },
  };
}

/** Where another program listens. */
export function hostPort(): ValueType<HostPort> {
  return hostPortType('redis-1.example.org:6379 or [fd00::1]:6379', 1);
}

function hostPortType(examples: string, minPort: 0 | 1): ValueType<HostPort> {
  const expected = `HOST:PORT such as ${examples}`;
  return {
    kind: 'host:port',
    expected,
    schema: { type: 'string', pattern: '^.+:[0-9]{1,5}$' },
    parse: (text) => parseHostPort(text, minPort, expected),
    format: formatHostPort,
    toJson: formatHostPort,
  };
}

export function formatHostPort({ host, port }: HostPort): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

function parseHostPort(text: string, minPort: 0 | 1, expected: string): HostPort {
  if (isIPv6(text)) {
    throw new ValueError(`${quote(text)}: an IPv6 address stands in brackets`, `Write [${text}]:PORT.`);
  }
  const match = /^(?:\[([^\]]*)\]|([^:[\]/\s]*)):([0-9]+)$/.exec(text);
  if (match === null) throw new ValueError(`${quote(text)} is not HOST:PORT`, suggest(text, expected));
  const [, bracketed, plain, digits = ''] = match;
  return { host: parseHost(text, bracketed, plain ?? '', digits), port: parsePort(digits, minPort) };
}

function parseHost(text: string, bracketed: string | undefined, plain: string, port: string): string {
  if (bracketed !== undefined) {
    if (!isIPv6(bracketed)) throw new ValueError(`${quote(bracketed)} in brackets is not an IPv6 address`);
    return bracketed;
  }
  if (plain === '' || plain === '*') {
    throw new ValueError(
      `${quote(text)} names no address`,
      `Write 0.0.0.0:${port} for all IPv4 addresses, [::]:${port} for IPv6 too, 127.0.0.1:${port} for this machine only.`,
    );
  }
  const looksLikeIPv4 = /^[0-9.]+$/.test(plain);
  if (looksLikeIPv4 ? !isIPv4(plain) : !HOST_NAME.test(plain)) {
    throw new ValueError(`${quote(plain)} is neither an address nor a host name`);
  }
  return plain;
}

function parsePort(digits: string, minPort: 0 | 1): number {
  const port = Number(digits);
  if (port >= minPort && port <= MAX_PORT) return port;
  throw new ValueError(`there is no port ${digits}`, `Ports go from ${minPort} to ${MAX_PORT}.`);
}

function suggest(text: string, expected: string): string {
  if (/^[0-9]+$/.test(text)) return `Write 127.0.0.1:${text} for this machine only, or 0.0.0.0:${text} for everyone.`;
  if (/^[a-z]+:\/\//i.test(text)) return `Leave out the scheme: write ${expected}.`;
  if (isIPv4(text) || HOST_NAME.test(text)) return `The port is missing: write ${text}:PORT.`;
  return `Write ${expected}.`;
}
