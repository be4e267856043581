/** The relay for calls, as the rest of the server knows it. */
import type { Duplex } from 'node:stream';
import type { AccountId, DeviceId } from '../../wire/ids.ts';
import type { TurnCredentials } from '../../wire/schemas.ts';
import type { Actor } from '../accounts/actor.ts';
import type { CounterName } from '../turn/core/counters.ts';
import type { Certificate } from '../turn/net/stream-listener.ts';

export interface IssuedCredentials {
  readonly accountId: AccountId;
  readonly deviceId: DeviceId;
  readonly expiresAtMs: number;
}

export interface Turn {
  /** Listens, where it has something to listen on. Never fails. */
  start(): Promise<void>;
  /** Credentials for one device. */
  issue(actor: Actor): Promise<TurnCredentials>;
  /** Devices may have been removed: what they have at the relay ends. @param accountId or everybody */
  endRemoved(accountId: AccountId | undefined): Promise<void>;
  /** Devices of an account that hold credentials of this node, as far as it remembers. */
  listIssued(accountId: AccountId): readonly IssuedCredentials[];
  /** Undefined where the relay is not ours. */
  readonly counters: (() => Record<CounterName, number>) | undefined;
  /** For TLS, from now on. Certificates that were configured for the relay itself stay. */
  setCertificate(certificate: Certificate): void;
  /** Clients over TLS reach it there, too: see `serve`. */
  shareHttps(place: { readonly host: string; readonly port: number }): void;
  /** Serves a stream that came in on a port shared with HTTP, decrypted. @returns false where the relay is not ours. */
  serve(stream: Duplex, remote: { readonly address: string; readonly port: number }, isSecure: boolean): boolean;
  stop(): Promise<void>;
}

/** How long a client need not ask again. */
const NOTHING_TTL_SECONDS = 3600;

/** No relay: calls go directly or not at all. */
export const NO_TURN: Turn = {
  start: async () => undefined,
  issue: async () => ({ urls: [], username: '', password: '', ttlSeconds: NOTHING_TTL_SECONDS }),
  endRemoved: async () => undefined,
  listIssued: () => [],
  counters: undefined,
  setCertificate: () => undefined,
  shareHttps: () => undefined,
  serve: () => false,
  stop: async () => undefined,
};
