import { isIP } from 'node:net';
import { ENTRIES } from './registry.ts';
import type { Rule } from './rule.ts';

const LOOPBACK = /^(localhost|127\.|\[?::1)/;
const FILES = ['tls.cert_file', 'tls.key_file'];
const ACME = ENTRIES.map(({ path }) => path).filter((path) => path.startsWith('tls.acme.'));
const HTTPS_PORT = 443;

/** Names that no public authority will vouch for. */
const PRIVATE_NAME = /^[^.]+$|\.(local|lan|home|internal|localhost|home\.arpa)$/;

export const tlsRules: readonly Rule[] = [
  {
    severity: 'error',
    options: ['tls.mode', ...FILES],
    sentence: 'With tls.mode: files, tls.cert_file and tls.key_file are set.',
    check: ({ config, isSet }) => {
      const missing = FILES.filter((path) => !isSet(path));
      if (config.tls.mode !== 'files' || missing.length === 0) return undefined;
      return {
        message: `is files, and ${missing.join(' and ')} ${missing.length === 1 ? 'is' : 'are'} not set`,
        help: 'Name both files, or let Vant get a certificate: tls.mode: acme.',
      };
    },
  },
  {
    severity: 'error',
    options: ['tls.mode', 'server.public_url'],
    sentence: 'With a tls.mode other than off, server.public_url starts with https://.',
    check: ({ config: { tls, server } }) => {
      if (tls.mode === 'off' || server.public_url.startsWith('https:')) return undefined;
      return {
        option: 'server.public_url',
        message: `(${server.public_url}) is not https, and tls.mode is ${tls.mode}`,
        help: `Write ${server.public_url.replace(/^http:/, 'https:')}.`,
      };
    },
  },
  {
    severity: 'error',
    options: ['tls.mode', 'tls.names', 'tls.acme.directory'],
    sentence: 'With tls.mode: acme, tls.names has names or addresses that an authority can reach.',
    check: ({ config: { tls }, isSet }) => {
      const isReachable = tls.names.length > 0 && !tls.names.some((name) => LOOPBACK.test(name));
      // An authority of one's own may be on this machine, too.
      if (tls.mode !== 'acme' || isReachable || (tls.names.length > 0 && isSet('tls.acme.directory'))) return undefined;
      return {
        option: isSet('tls.names') ? 'tls.names' : 'server.public_url',
        message: 'names this machine only, and tls.mode is acme',
        help: 'Set server.public_url to the https address that people type, such as https://chat.example.org; without a domain, see tls.mode: local.',
      };
    },
  },
  {
    severity: 'warning',
    options: ['tls.mode', 'tls.names', 'tls.acme.directory'],
    sentence: 'Names of a private network are for an authority of that network, not for a public one.',
    check: ({ config: { tls }, isSet }) => {
      if (tls.mode !== 'acme' || isSet('tls.acme.directory')) return undefined;
      const name = tls.names.find((each) => isIP(each) === 0 && PRIVATE_NAME.test(each) && !LOOPBACK.test(each));
      if (name === undefined) return undefined;
      return {
        message: `is acme, and ${name} is a name that exists in your network only: no public authority certifies it`,
        help: 'Use tls.mode: local, or the authority of your network (tls.acme.directory).',
      };
    },
  },
  {
    severity: 'warning',
    options: ['tls.mode', 'server.listen'],
    sentence: 'With a tls.mode other than off, server.listen serves more than this machine.',
    check: ({ config: { tls, server } }) => {
      const isForOthers = !LOOPBACK.test(new URL(server.public_url).hostname);
      if (tls.mode === 'off' || !isForOthers || !LOOPBACK.test(server.listen.host)) return undefined;
      return {
        option: 'server.listen',
        message: 'serves this machine only, so nobody else will find the certificate',
        help: `Write "0.0.0.0:${HTTPS_PORT}", or "[::]:${HTTPS_PORT}" for IPv6, too.`,
      };
    },
  },
  {
    severity: 'warning',
    options: ['tls.mode', ...FILES, ...ACME],
    sentence: 'Only what belongs to tls.mode is set below tls.',
    check: ({ config, isSet }) => {
      const { mode } = config.tls;
      const [unused] = [...(mode === 'files' ? [] : FILES), ...(mode === 'acme' ? [] : ACME)].filter(isSet);
      if (unused === undefined) return undefined;
      return {
        option: unused,
        message: `is set, and tls.mode is ${mode}: it is not used`,
        help: 'Remove it, or change tls.mode.',
      };
    },
  },
  {
    severity: 'error',
    options: ['tls.acme.eab_key_id', 'tls.acme.eab_key'],
    sentence: 'tls.acme.eab_key_id and tls.acme.eab_key come together.',
    check: ({ isSet }) => {
      if (isSet('tls.acme.eab_key_id') === isSet('tls.acme.eab_key')) return undefined;
      return { message: 'or its key is missing', help: 'Set both, as the authority gave them, or none.' };
    },
  },
];
