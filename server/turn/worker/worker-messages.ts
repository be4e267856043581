/** What the main thread and the TURN thread tell each other: plain data, that crosses by being copied. */
import type { MessagePort } from 'node:worker_threads';
import type { TurnEvent } from '../core/ports.ts';
import type { TurnLimits } from '../core/turn-core.ts';
import type { FoundAddresses } from '../net/relay-addresses.ts';
import type { PortRange } from '../net/relay-ports.ts';
import type { RemoteEnd, StreamLimits } from '../net/stream-clients.ts';
import type { Certificate } from '../net/stream-listener.ts';
import type { HandedOver, ListenAddress, ListenFailure } from '../net/turn-server.ts';
import type { QuotaLimits } from '../policy/quota.ts';

/** Fixed for the life of a thread. */
export interface TurnSettings {
  readonly realm: string;
  /** Addresses, 0.0.0.0 or :: for all of this machine. */
  readonly listen: readonly ListenAddress[];
  readonly relayPorts: PortRange;
  readonly externalAddresses: readonly string[];
  readonly stunServer: { readonly host: string; readonly port: number } | undefined;
  readonly publicHost: string | undefined;
  readonly allowPeers: readonly string[];
  readonly denyPeers: readonly string[];
  readonly limits: TurnLimits;
  readonly quota: QuotaLimits;
  readonly streamLimits: StreamLimits;
  readonly credentialTtlMs: number;
}

/** Changes while the thread runs; a new thread gets all of it again. */
export interface TurnState {
  /** Of time-limited credentials, the newest first. */
  readonly secrets: readonly string[];
  readonly certificate: Certificate | undefined;
  /** User ids whose credentials hold no longer, whatever their expiry says. */
  readonly revoked: readonly string[];
}

export interface WorkerInput {
  readonly settings: TurnSettings;
  readonly state: TurnState;
  readonly counters: SharedArrayBuffer;
  /** Of the thread before. */
  readonly handedOver: readonly HandedOver[];
}

export interface TurnStatus {
  readonly listening: readonly ListenAddress[];
  readonly failures: readonly ListenFailure[];
  readonly relayAddresses: FoundAddresses;
}

export type ToWorker =
  | { readonly type: 'state'; readonly state: TurnState }
  | { readonly type: 'stream'; readonly port: MessagePort; readonly remote: RemoteEnd; readonly isSecure: boolean }
  | { readonly type: 'stop' };

export type FromWorker =
  | { readonly type: 'status'; readonly status: TurnStatus }
  | { readonly type: 'event'; readonly event: TurnEvent }
  /** The last message: what TurnServer.export gave, and what went wrong if anything has. */
  | { readonly type: 'handover'; readonly handedOver: readonly HandedOver[]; readonly failure: string | undefined };
