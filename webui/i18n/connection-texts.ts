/** What each result of the connection test means, and what mends it. */
import { msg, str } from '@lit/localize';
import type { ConnectionWayName } from '../../client/calls/connection-reports.ts';
import type { TestedWay, WayResult } from '../calls/connection-test/connection-test.ts';
import { formatDuration, formatMilliseconds, formatNumber } from './format.ts';

/** A line of vant.config.yaml, by the path of its option, with a value to begin with. */
export interface YamlLine {
  readonly path: string;
  readonly value: string;
}

export interface Remedy {
  readonly text: string;
  readonly lines: readonly YamlLine[];
}

/** Certificates, invites and the credentials of the relay are checked against it. */
export const MAX_CLOCK_DIFFERENCE_MS = 60_000;

export function wayName(way: TestedWay): string {
  switch (way) {
    case 'server':
      return msg('Server');
    case 'websocket':
      return msg('Messages');
    case 'stun':
      return msg('Calls, directly');
    case 'turn-udp':
      return msg('Calls through the relay, UDP');
    case 'turn-tcp':
      return msg('Calls through the relay, TCP');
    case 'turn-tls':
      return msg('Calls through the relay, TLS');
  }
}

/** For the head of a column. */
export function shortWayName(way: ConnectionWayName): string {
  switch (way) {
    case 'stun':
      return 'STUN';
    case 'turn-udp':
      return 'UDP';
    case 'turn-tcp':
      return 'TCP';
    case 'turn-tls':
      return 'TLS';
  }
}

export function describeResult(way: TestedWay, result: WayResult): string {
  switch (result.kind) {
    case 'running':
      return msg('Being tested …');
    case 'works':
      return describeSuccess(way, result);
    case 'not-offered':
      return msg('Your server does not offer this.');
    case 'refused':
      return describeRefusal(result.code);
    case 'no-data':
      return msg('The relay answers, but what is sent through it does not arrive.');
    case 'unreachable':
      return describeUnreachable(way);
  }
}

function describeSuccess(
  way: TestedWay,
  { roundTripMs, gatherMs, clockAheadMs }: WayResult & { kind: 'works' },
): string {
  const times = [
    ...(gatherMs === undefined || way === 'stun' ? [] : [msg(str`ready in ${formatMilliseconds(gatherMs)}`)]),
    ...(roundTripMs === undefined ? [] : [msg(str`round trip ${formatMilliseconds(roundTripMs)}`)]),
  ].join(', ');
  const end = times === '' ? '' : ` (${times})`;
  switch (way) {
    case 'server':
      return (clockText(clockAheadMs) ?? msg('It answers, and both clocks agree.')) + end;
    case 'websocket':
      return msg('The connection is open: messages come at once.');
    case 'stun':
      return msg(
        'This browser learns its public address, so that calls find a direct way where both networks allow it.',
      );
    case 'turn-udp':
      return (
        msg('Data went through the relay and came back. This is the best way where a direct one is missing.') + end
      );
    case 'turn-tcp':
      return msg('Data went through the relay and came back. It serves in networks without UDP.') + end;
    case 'turn-tls':
      return msg('Data went through the relay and came back. It passes nearly every firewall.') + end;
  }
}

/** Undefined while the clocks agree, as far as it matters. */
export function clockText(aheadMs = 0): string | undefined {
  if (Math.abs(aheadMs) <= MAX_CLOCK_DIFFERENCE_MS) return undefined;
  const difference = formatDuration(Math.abs(aheadMs));
  return aheadMs > 0
    ? msg(str`It answers, but the clock of this device is ahead of the server's by ${difference}.`)
    : msg(str`It answers, but the clock of this device is behind the server's by ${difference}.`);
}

function describeRefusal(code: number): string {
  if (code === 486 || code === 508) return msg('The relay has no room for another call.');
  if (code === 401 || code === 403 || code === 438)
    return msg('The relay does not accept what the server gave us for it.');
  return msg(str`The relay refuses with the code ${formatNumber(code)}.`);
}

function describeUnreachable(way: TestedWay): string {
  switch (way) {
    case 'server':
      return msg('It does not answer. Without it, nothing else can be tested.');
    case 'websocket':
      return msg('No connection is open: messages come late or not at all.');
    case 'stun':
      return msg('No answer over UDP, so that calls find no direct way into other networks.');
    case 'turn-udp':
      return msg('No answer over UDP. Calls that find no direct way need TCP or TLS, and may stutter.');
    case 'turn-tcp':
      return msg('No answer over TCP.');
    case 'turn-tls':
      return msg('No answer over TLS, or its certificate is not one that browsers trust.');
  }
}

/** Undefined when there is nothing to mend. @param isExternal the admin runs a TURN server of their own (turn.mode: external) */
export function remedyFor(way: TestedWay, result: WayResult, isExternal: boolean): Remedy | undefined {
  switch (result.kind) {
    case 'running':
      return undefined;
    case 'works':
      return way === 'server' && clockText(result.clockAheadMs) !== undefined
        ? {
            text: msg(
              'Let the device set its clock by itself. If others see this too, the clock of the server is wrong.',
            ),
            lines: [],
          }
        : undefined;
    case 'not-offered':
      return offerRelay(way, isExternal);
    case 'refused':
      return mendRefusal(result.code, isExternal);
    case 'no-data':
      return mendRelaying(isExternal);
    case 'unreachable':
      return mendReach(way, result.port, isExternal);
  }
}

const EXTERNAL_URLS: YamlLine = {
  path: 'turn.external.urls',
  value: '["turn:turn.example.org:3478?transport=udp", "turns:turn.example.org:5349?transport=tcp"]',
};
const LISTEN: YamlLine = { path: 'turn.embedded.listen', value: '["0.0.0.0:3478", "[::]:3478"]' };
const TLS_LINES: readonly YamlLine[] = [
  { path: 'turn.embedded.tls_listen', value: '["0.0.0.0:5349"]' },
  { path: 'turn.embedded.tls_cert_file', value: '/etc/letsencrypt/live/chat.example.org/fullchain.pem' },
  { path: 'turn.embedded.tls_key_file', value: '/etc/letsencrypt/live/chat.example.org/privkey.pem' },
];

/** With a certificate of its own, Vant serves TURN beside HTTPS. */
const CERTIFICATE_LINES: readonly YamlLine[] = [
  { path: 'tls.mode', value: 'acme' },
  { path: 'tls.names', value: '[chat.example.org]' },
];

function offerRelay(way: TestedWay, isExternal: boolean): Remedy {
  if (isExternal) return { text: msg('Name this way among those of your TURN server.'), lines: [EXTERNAL_URLS] };
  return way === 'turn-tls'
    ? {
        text: msg(
          'It helps members in networks that let nothing but TLS through. Vant serves it beside HTTPS on one port when it has a certificate itself; behind a proxy, set turn.embedded.tls_listen instead.',
        ),
        lines: CERTIFICATE_LINES,
      }
    : {
        text: msg('Switch the relay on, and let it listen.'),
        lines: [{ path: 'turn.mode', value: 'embedded' }, LISTEN],
      };
}

function mendRefusal(code: number, isExternal: boolean): Remedy {
  if (isExternal) {
    return {
      text: msg('Your TURN server and Vant need the same secret, clocks that agree, and quotas that suffice.'),
      lines: [{ path: 'turn.external.secret_file', value: '/etc/vant/turn-secret' }],
    };
  }
  if (code === 486)
    return {
      text: msg('Allow more for each device and each address.'),
      lines: [
        { path: 'turn.embedded.max_allocations_per_device', value: '48' },
        { path: 'turn.embedded.max_allocations_per_address', value: '400' },
      ],
    };
  if (code === 508)
    return {
      text: msg('Allow more, and give the relay as many ports.'),
      lines: [
        { path: 'turn.embedded.max_allocations', value: '2000' },
        { path: 'turn.embedded.relay_ports', value: '20000-21999' },
      ],
    };
  return {
    text: msg('Test again. If it stays, look at the clock of the server and at `vant doctor turn`.'),
    lines: [],
  };
}

function mendRelaying(isExternal: boolean): Remedy {
  if (isExternal)
    return {
      text: msg(
        'Allow your TURN server its own address as a peer (allowed-peer-ip in coturn), and name its public one.',
      ),
      lines: [EXTERNAL_URLS],
    };
  return {
    text: msg('Name the public address of the server, and open the ports of the relay (UDP) in its firewall.'),
    lines: [
      { path: 'turn.embedded.external_addresses', value: '[203.0.113.7]' },
      { path: 'turn.embedded.relay_ports', value: '20000-20999' },
    ],
  };
}

function mendReach(way: TestedWay, port: number | undefined, isExternal: boolean): Remedy {
  if (way === 'server' || way === 'websocket')
    return {
      text: msg(
        'If it works in another network, the one that you are in blocks it. A proxy in front of Vant has to pass WebSockets on.',
      ),
      lines: way === 'server' ? [] : [{ path: 'server.trusted_proxies', value: '[127.0.0.1]' }],
    };
  const number = String(port ?? 3478);
  const protocol = way === 'turn-udp' || way === 'stun' ? 'UDP' : 'TCP';
  const text = msg(
    str`If it works in another network, the one that you are in blocks it. If it works for nobody, open port ${number} (${protocol}) in the firewall of the server.`,
  );
  if (isExternal) return { text, lines: [EXTERNAL_URLS] };
  if (way === 'turn-tls') return { text, lines: TLS_LINES };
  return { text, lines: [LISTEN, { path: 'turn.embedded.public_host', value: 'turn.example.org' }] };
}

/** Nested as it stands in the file; lines with the same beginning share it. */
export function toYaml(lines: readonly YamlLine[]): string {
  const out: string[] = [];
  let open: readonly string[] = [];
  for (const { path, value } of lines) {
    const parts = path.split('.');
    parts.forEach((part, depth) => {
      const isLeaf = depth === parts.length - 1;
      const isOpen = !isLeaf && parts.slice(0, depth + 1).every((name, index) => open[index] === name);
      if (!isOpen) out.push(`${'  '.repeat(depth)}${part}:${isLeaf ? ` ${value}` : ''}`);
    });
    open = parts.slice(0, -1);
  }
  return out.join('\n');
}
