/** What one option says about another. Each rule is a sentence that the docs print and a check that names both options. */
import { formatByteSize } from './values/byte-size.ts';
import { formatDuration } from './values/duration.ts';
import { formatHostPort, type HostPort } from './values/host-port.ts';
import { pushRules } from './rules-push.ts';
import { redisRules } from './rules-redis.ts';
import { tlsRules } from './rules-tls.ts';
import { turnRules } from './rules-turn.ts';
import type { Rule } from './rule.ts';

const LOOPBACK = /^(localhost|127\.|\[?::1)/;

const EVERY_ADDRESS = ['0.0.0.0', '::'];

function collide(a: HostPort, b: HostPort): boolean {
  if (a.port === 0 || a.port !== b.port) return false;
  return a.host === b.host || EVERY_ADDRESS.includes(a.host) || EVERY_ADDRESS.includes(b.host);
}

const serverRules: readonly Rule[] = [
  {
    severity: 'error',
    options: ['metrics.listen', 'server.listen'],
    sentence: 'metrics.listen and server.listen are two different addresses.',
    check: ({ config }) => {
      const { listen } = config.metrics;
      if (listen === undefined || !collide(listen, config.server.listen)) return undefined;
      return {
        message: `(${formatHostPort(listen)}) takes the same port as server.listen (${formatHostPort(config.server.listen)})`,
        help: 'Choose another port.',
      };
    },
  },
  {
    severity: 'warning',
    options: ['server.public_url', 'server.listen'],
    sentence: 'A server that listens to others has a server.public_url.',
    check: ({ config, isSet }) => {
      if (isSet('server.public_url') || LOOPBACK.test(config.server.listen.host)) return undefined;
      return {
        message: `is not set, and server.listen serves more than this machine: invite links will say ${config.server.public_url}`,
        help: 'Set it to the address that people type, such as https://chat.example.org.',
      };
    },
  },
  {
    severity: 'warning',
    options: ['server.public_url'],
    sentence: 'A server.public_url that others use starts with https://.',
    check: ({ config }) => {
      const { protocol, hostname } = new URL(config.server.public_url);
      if (protocol === 'https:' || LOOPBACK.test(hostname)) return undefined;
      return {
        message: 'is not https: browsers will allow neither calls nor notifications',
        help: 'Choose a tls.mode (acme with a domain or public address, local without), or put a proxy with TLS in front; then write the https address here.',
      };
    },
  },
  {
    severity: 'warning',
    options: ['server.trusted_proxies', 'server.public_url', 'tls.mode'],
    sentence:
      'With an https server.public_url and tls.mode: off a proxy stands in front, and server.trusted_proxies names it.',
    check: ({ config: { server, tls } }) => {
      if (!server.public_url.startsWith('https:') || tls.mode !== 'off' || server.trusted_proxies.length > 0) {
        return undefined;
      }
      return {
        message:
          'is empty, server.public_url is https, and tls.mode is off: every client will seem to come from the proxy and share one limit',
        help: 'Name the proxy: [127.0.0.1, ::1] when it runs on this machine. If there is none, set tls.mode: acme, and Vant gets a certificate by itself.',
      };
    },
  },
  {
    severity: 'warning',
    options: ['server.trusted_proxies'],
    sentence: 'server.trusted_proxies does not trust the whole internet.',
    check: ({ config }) => {
      if (!config.server.trusted_proxies.some((network) => network.endsWith('/0'))) return undefined;
      return { message: 'trusts everyone: any client can claim any address', help: 'Name the proxies themselves.' };
    },
  },
];

const relayRules: readonly Rule[] = [
  {
    severity: 'error',
    options: ['relay.delivery_window_bytes', 'relay.max_content'],
    sentence: 'relay.delivery_window_bytes is at least relay.max_content.',
    check: ({ config: { relay } }) => {
      if (relay.delivery_window_bytes >= relay.max_content) return undefined;
      const [window, content] = [relay.delivery_window_bytes, relay.max_content].map(formatByteSize);
      return {
        message: `(${window ?? ''}) is smaller than relay.max_content (${content ?? ''}): the largest envelopes could never be delivered`,
        help: `Set relay.delivery_window_bytes to ${content ?? ''} or more, or relay.max_content to ${window ?? ''} or less.`,
      };
    },
  },
  {
    severity: 'error',
    options: ['invites.default_ttl', 'invites.max_ttl'],
    sentence: 'invites.default_ttl is at most invites.max_ttl.',
    check: ({ config: { invites } }) => {
      if (invites.default_ttl <= invites.max_ttl) return undefined;
      const [usual, most] = [invites.default_ttl, invites.max_ttl].map(formatDuration);
      return {
        message: `(${usual ?? ''}) is longer than invites.max_ttl (${most ?? ''})`,
        help: `Set invites.default_ttl to ${most ?? ''} or less, or invites.max_ttl to ${usual ?? ''} or more.`,
      };
    },
  },
  {
    severity: 'error',
    options: ['attachments.quota_per_account', 'attachments.max_size'],
    sentence: 'attachments.quota_per_account is at least attachments.max_size.',
    check: ({ config: { attachments } }) => {
      if (attachments.quota_per_account >= attachments.max_size) return undefined;
      const [quota, size] = [attachments.quota_per_account, attachments.max_size].map(formatByteSize);
      return {
        message: `(${quota ?? ''}) is smaller than attachments.max_size (${size ?? ''}): the largest files could never be sent`,
        help: `Set attachments.quota_per_account to ${size ?? ''} or more, or attachments.max_size to ${quota ?? ''} or less.`,
      };
    },
  },
  {
    severity: 'warning',
    options: ['attachments.ttl', 'relay.message_ttl'],
    sentence: 'attachments.ttl is at least relay.message_ttl.',
    check: ({ config: { attachments, relay } }) => {
      if (attachments.ttl >= relay.message_ttl) return undefined;
      const [files, messages] = [attachments.ttl, relay.message_ttl].map(formatDuration);
      return {
        message: `(${files ?? ''}) is shorter than relay.message_ttl (${messages ?? ''}): who comes back late gets messages without their files`,
        help: `Set attachments.ttl to ${messages ?? ''}, or relay.message_ttl to ${files ?? ''}.`,
      };
    },
  },
];

export const RULES: readonly Rule[] = [
  ...serverRules,
  ...redisRules,
  ...relayRules,
  ...pushRules,
  ...tlsRules,
  ...turnRules,
];
