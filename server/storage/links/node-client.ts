import { createClient, RESP_TYPES } from '@redis/client';

export interface Credentials {
  readonly username?: string | undefined;
  readonly password?: string | undefined;
}

/** Where a node listens; `tls` holds what node:tls takes (ca, cert, key, servername). */
export type NodeAddress =
  | { readonly path: string }
  | {
      readonly host: string;
      readonly port: number;
      readonly tls?: NodeTls | undefined;
      readonly database?: number | undefined;
    };

export interface NodeTls {
  readonly ca?: string | Buffer | undefined;
  readonly cert?: string | Buffer | undefined;
  readonly key?: string | Buffer | undefined;
  readonly servername?: string | undefined;
}

/** RESP 2 and bytes, so that a reply has one shape whatever the command (RESP 3 makes maps and doubles of some).
 * No timeout of the library: it costs a timer for each command and ends once the command is written. */
export const COMMAND_OPTIONS = {
  timeout: undefined as unknown as number,
  typeMapping: { [RESP_TYPES.BLOB_STRING]: Buffer, [RESP_TYPES.SIMPLE_STRING]: Buffer },
} as const;

/** What every client of the library gets. The library neither queues while offline nor reconnects: our link does, because
 * it has to look for the primary again first, and because a command that was given up must never run later. */
export const CLIENT_OPTIONS = {
  RESP: 2,
  disableOfflineQueue: true,
  disableClientInfo: true,
  maintNotifications: 'disabled',
  commandOptions: COMMAND_OPTIONS,
} as const;

export function createNodeClient(address: NodeAddress, credentials: Credentials, connectTimeoutMs: number) {
  const common = { connectTimeout: connectTimeoutMs, reconnectStrategy: false as const };
  return createClient({
    ...CLIENT_OPTIONS,
    ...(credentials.username === undefined ? {} : { username: credentials.username }),
    ...(credentials.password === undefined ? {} : { password: credentials.password }),
    ...('database' in address && address.database !== undefined ? { database: address.database } : {}),
    socket: 'path' in address ? { ...common, path: address.path, tls: false } : { ...common, ...tcpSocket(address) },
  });
}

export function tcpSocket({ host, port, tls }: { host: string; port: number; tls?: NodeTls | undefined }) {
  return tls === undefined ? { host, port } : { host, port, ...tlsOptions(tls) };
}

/** The library's types know no `undefined`; Node treats it as absent. */
export function tlsOptions({ ca, cert, key, servername }: NodeTls) {
  return {
    tls: true as const,
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
    ...(servername === undefined ? {} : { servername }),
  };
}

export type NodeClient = ReturnType<typeof createNodeClient>;
