import { derived, group, option, optional, secret } from '../option.ts';
import { flag } from '../values/flag.ts';
import { hostPort } from '../values/host-port.ts';
import { list } from '../values/list.ts';
import { path } from '../values/path.ts';
import { redisUrl } from '../values/redis-url.ts';
import { text } from '../values/text.ts';

const sentinel = group('Redis Sentinel: the sentinels tell which server is the master at present.', {
  master: optional(text(), {
    description: 'The name of the master, as in "sentinel monitor NAME …". A wrong name: no sentinel knows a master.',
    example: 'vant',
    reload: 'restart',
    since: '0.1.0',
  }),
  nodes: option(list(hostPort(), 'list of host:port'), {
    default: '[]',
    description: 'The sentinels. Name all of them: any one that answers is enough.',
    example: '[sentinel-1.example.org:26379, sentinel-2.example.org:26379]',
    reload: 'restart',
    since: '0.1.0',
  }),
  username: optional(text(), {
    description: 'The user name for the sentinels themselves, when they ask for one. Often they do not.',
    example: 'vant',
    reload: 'restart',
    since: '0.1.0',
  }),
  password: secret({
    description: 'The password for the sentinels themselves. It is not used for the Redis that they watch.',
    example: '/etc/vant/sentinel-password',
    reload: 'restart',
    since: '0.1.0',
  }),
});

const cluster = group('Redis Cluster.', {
  nodes: option(list(hostPort(), 'list of host:port'), {
    default: '[]',
    description:
      'Some nodes of the cluster; the others are found through them. Name more than one, for when one is down.',
    example: '[redis-1.example.org:6379, redis-2.example.org:6379]',
    reload: 'restart',
    since: '0.1.0',
  }),
});

const tls = group('TLS on the way to Redis.', {
  enabled: derived(flag(), {
    derived: {
      text: 'true when redis.external.url starts with rediss://, else false',
      compute: (lookup) => (lookup('redis.external.url') as string | undefined)?.startsWith('rediss:') ?? false,
    },
    description:
      'Encrypt the connections to Redis. With sentinel or cluster there is no URL that could say it, so say it here. Use it whenever the way to Redis leaves this machine.',
    example: 'true',
    reload: 'restart',
    since: '0.1.0',
  }),
  ca_file: optional(path({ mustBe: 'readable-file' }), {
    description:
      'Certificates (PEM) of the authority that signed the certificate of Redis, when it is not a public one. Without it, Redis with a private authority is refused as not trustworthy.',
    example: '/etc/vant/redis-ca.pem',
    reload: 'restart',
    since: '0.1.0',
  }),
  cert_file: optional(path({ mustBe: 'readable-file' }), {
    description: 'Certificate (PEM) that Vant shows to a Redis that asks clients for one. Goes together with key_file.',
    example: '/etc/vant/redis-client.pem',
    reload: 'restart',
    since: '0.1.0',
  }),
  key_file: optional(path({ mustBe: 'readable-file' }), {
    description: 'Private key (PEM) of cert_file. Only the user that runs Vant may be able to read it.',
    example: '/etc/vant/redis-client-key.pem',
    reload: 'restart',
    since: '0.1.0',
  }),
  server_name: optional(text(), {
    description: 'The name that the certificate of Redis must carry, when it is not the name in the address.',
    example: 'redis.example.org',
    reload: 'restart',
    since: '0.1.0',
  }),
});

export const redisExternal = group(
  'A Redis that you run (redis.mode: external). Set exactly one of url, sentinel and cluster.',
  {
    url: optional(redisUrl(), {
      description:
        'Address of one Redis server: redis:// or, with TLS, rediss://. No user name and no password in it: they have their own options, because addresses are logged.',
      example: 'redis://redis.example.org:6379/0',
      reload: 'restart',
      since: '0.1.0',
    }),
    username: optional(text(), {
      description: 'The user name (ACL) in Redis. Leave it out when Redis knows only a password.',
      example: 'vant',
      reload: 'restart',
      since: '0.1.0',
    }),
    password: secret({
      description: 'The password for Redis.',
      example: '/etc/vant/redis-password',
      reload: 'restart',
      since: '0.1.0',
    }),
    sentinel,
    cluster,
    tls,
    require_durable: option(flag(), {
      default: 'true',
      description:
        'Refuse to start on a Redis that may lose messages: one that keeps no append-only file, or whose eviction policy throws keys away when memory is full. false only warns; use it for managed services that do not let anyone look at their settings.',
      reload: 'restart',
      since: '0.1.0',
    }),
  },
);
