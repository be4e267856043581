import { ENTRIES } from './registry.ts';
import type { Rule } from './rule.ts';
import { formatPortRange } from './values/port-range.ts';

const pathsBelow = (prefix: string): string[] =>
  ENTRIES.map(({ path }) => path).filter((path) => path.startsWith(`${prefix}.`));

const EMBEDDED = pathsBelow('turn.embedded');
const EXTERNAL = pathsBelow('turn.external');

/** Linux's default for outgoing connections (net.ipv4.ip_local_port_range). */
const EPHEMERAL = { min: 32_768, max: 60_999 };

const modeRules: readonly Rule[] = [
  {
    severity: 'error',
    options: ['turn.mode', ...EXTERNAL],
    sentence: 'With turn.mode: external, turn.external.urls and turn.external.secret are set.',
    check: ({ config, isSet }) => {
      const missing = EXTERNAL.filter((path) => !isSet(path));
      if (config.turn.mode !== 'external' || missing.length === 0) return undefined;
      return {
        message: `is external, and ${missing.join(' and ')} ${missing.length === 1 ? 'is' : 'are'} not set`,
        help: 'Say where your TURN server is, and which secret it shares with Vant.',
      };
    },
  },
  {
    severity: 'warning',
    options: ['turn.mode', ...EXTERNAL, ...EMBEDDED],
    sentence: 'Only what belongs to turn.mode is set below turn.',
    check: ({ config, isSet }) => {
      const { mode } = config.turn;
      const unused = [...(mode === 'embedded' ? [] : EMBEDDED), ...(mode === 'external' ? [] : EXTERNAL)].filter(isSet);
      const [first] = unused;
      if (first === undefined) return undefined;
      return {
        option: first,
        message: `is set, and turn.mode is ${mode}: it is not used`,
        help: 'Remove it, or change turn.mode.',
      };
    },
  },
];

const embeddedRules: readonly Rule[] = [
  {
    severity: 'error',
    options: ['turn.embedded.tls_listen', 'turn.embedded.tls_cert_file', 'turn.embedded.tls_key_file', 'tls.mode'],
    sentence: 'turn.embedded.tls_listen has a certificate: that of tls.mode, or tls_cert_file and tls_key_file.',
    check: ({ config, isSet }) => {
      const { tls_listen, tls_cert_file, tls_key_file } = config.turn.embedded;
      const files = [tls_cert_file, tls_key_file].filter((file) => file !== undefined).length;
      const isEnough = files === 2 || (files === 0 && config.tls.mode !== 'off');
      if (tls_listen.length > 0 && !isEnough) {
        return {
          message: 'is set without a certificate',
          help: 'Set tls_cert_file and tls_key_file, too, or choose a tls.mode.',
        };
      }
      const file = ['turn.embedded.tls_cert_file', 'turn.embedded.tls_key_file'].find(isSet);
      if (tls_listen.length > 0 || file === undefined) return undefined;
      return {
        option: file,
        message: 'is set, and nothing listens for TLS',
        help: 'Set turn.embedded.tls_listen, too.',
      };
    },
  },
  {
    severity: 'error',
    options: ['turn.embedded.external_addresses'],
    sentence: 'turn.embedded.external_addresses has at most one IPv4 and one IPv6 address.',
    check: ({ config }) => {
      const { external_addresses } = config.turn.embedded;
      const six = external_addresses.filter((address) => address.includes(':')).length;
      if (six <= 1 && external_addresses.length - six <= 1) return undefined;
      return {
        message: 'has several addresses of one kind',
        help: 'Keep the one that peers on the internet should use.',
      };
    },
  },
  {
    severity: 'error',
    options: ['turn.embedded.max_allocations', 'turn.embedded.relay_ports'],
    sentence: 'turn.embedded.max_allocations is at most the number of turn.embedded.relay_ports.',
    check: ({ config, isSet }) => {
      const { max_allocations, relay_ports } = config.turn.embedded;
      const ports = relay_ports.max - relay_ports.min + 1;
      if (max_allocations <= ports) return undefined;
      const range = formatPortRange(relay_ports);
      return {
        ...(isSet('turn.embedded.max_allocations') ? {} : { option: 'turn.embedded.relay_ports' }),
        message: `(${isSet('turn.embedded.max_allocations') ? max_allocations : range}) does not fit: ${max_allocations} allocations, and ${ports} ports (${range})`,
        help: `Set turn.embedded.max_allocations to ${ports} or less, or open more ports.`,
      };
    },
  },
  {
    severity: 'warning',
    options: ['turn.embedded.relay_ports'],
    sentence: 'turn.embedded.relay_ports lies outside of the ports of outgoing connections (32768-60999 on Linux).',
    check: ({ config }) => {
      const { min, max } = config.turn.embedded.relay_ports;
      if (max < EPHEMERAL.min || min > EPHEMERAL.max) return undefined;
      return {
        message: `(${min}-${max}) overlaps with ${formatPortRange(EPHEMERAL)}, which Linux gives to outgoing connections: some will be taken when they are needed`,
        help: 'Choose other ports, such as 20000-20999.',
      };
    },
  },
];

export const turnRules: readonly Rule[] = [...modeRules, ...embeddedRules];
