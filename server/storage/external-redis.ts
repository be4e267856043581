import { ClusterLink } from './links/cluster-link.ts';
import type { NodeAddress, NodeTls } from './links/node-client.ts';
import { NodeLink } from './links/node-link.ts';
import type { RedisLink } from './links/link.ts';
import { SentinelLocator } from './links/sentinel-locator.ts';
import type { ExternalOptions, TlsOptions } from './options.ts';
import { StorageSetupError } from './storage-setup-error.ts';

const DEFAULT_PORT = 6379;

/** The link that reaches the Redis of the configuration. @throws StorageSetupError when it cannot be meant. */
export function createExternalLink(options: ExternalOptions): RedisLink {
  const { target, username, password } = options;
  const tls = toNodeTls(options.tls);
  const credentials = { username, password };
  switch (target.kind) {
    case 'url': {
      const fromUrl = parseRedisUrl(target.url, tls);
      const own = { username: username ?? fromUrl.username, password: password ?? fromUrl.password };
      return new NodeLink({ locate: async () => fromUrl.address, credentials: own });
    }
    case 'sentinel': {
      const { primaryName, nodes } = target;
      const ofSentinels = { username: target.username, password: target.password };
      const locator = new SentinelLocator({ primaryName, nodes, tls, credentials: ofSentinels });
      return new NodeLink({ locate: locator.locate, credentials });
    }
    case 'cluster':
      return new ClusterLink({ nodes: target.nodes, credentials, tls });
  }
}

/** `redis://`, `rediss://` (TLS) and `unix://`. @throws StorageSetupError. The password never gets into a message. */
export function parseRedisUrl(
  url: string,
  tls?: NodeTls,
): { address: NodeAddress; username?: string; password?: string } {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed === undefined || !isRedisUrl(parsed)) {
    throw new StorageSetupError(
      'The URL of Redis must look like redis://host:6379, rediss://host:6379 (TLS) or unix:///path/to/redis.sock.',
    );
  }
  if (parsed.protocol === 'unix:') return { address: { path: decodeURIComponent(parsed.pathname) } };
  const isTls = parsed.protocol === 'rediss:' || tls !== undefined;
  return {
    address: {
      host: parsed.hostname.replace(/^\[(.*)\]$/, '$1'),
      port: parsed.port === '' ? DEFAULT_PORT : Number(parsed.port),
      ...(isTls ? { tls: tls ?? {} } : {}),
      ...(parsed.pathname.length > 1 ? { database: Number(parsed.pathname.slice(1)) } : {}),
    },
    ...(parsed.username === '' ? {} : { username: decodeURIComponent(parsed.username) }),
    ...(parsed.password === '' ? {} : { password: decodeURIComponent(parsed.password) }),
  };
}

function isRedisUrl({ protocol, hostname, pathname }: URL): boolean {
  if (protocol === 'unix:') return pathname.length > 1;
  return ['redis:', 'rediss:'].includes(protocol) && hostname !== '' && /^(\/\d*)?$/.test(pathname);
}

function toNodeTls(tls: TlsOptions | undefined): NodeTls | undefined {
  if (tls?.isEnabled !== true) return undefined;
  return { ca: tls.ca, cert: tls.cert, key: tls.key, servername: tls.serverName };
}
