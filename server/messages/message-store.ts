import type { DeviceAddress } from '../devices/device-address.ts';

/** An envelope in a device's queue. Entry ids rise in the order of acceptance. */
export interface QueueEntry {
  readonly entryId: string;
  /** Serialized Envelope. */
  readonly envelope: Uint8Array;
}

/** The first half of an entry id is the store's clock at the time of appending, in ms. */
export const toAcceptedAt = (entryId: string): number => Number.parseInt(entryId, 10);

export interface NewEntry {
  readonly messageId: Uint8Array;
  readonly envelope: Uint8Array;
  /** Only when shorter than the server's own. */
  readonly ttlMs?: number;
  /** Look for messageId in the queue first. */
  readonly isResend: boolean;
}

/** What became of an append. `queueLength` counts the queue right after it. */
export type AppendResult =
  | { readonly status: 'appended'; readonly entryId: string; readonly queueLength: number }
  | { readonly status: 'duplicate' }
  | { readonly status: 'no-device' };

export interface QueueSize {
  readonly envelopes: number;
  /** About what the queue takes in the store. */
  readonly bytes: number;
  readonly oldestAt?: number;
}

export interface InspectedQueue extends QueueSize {
  readonly storedAs: readonly string[];
  /** By entry id, of envelopes with a time to live of their own; those of delivered ones among them until they are due. */
  readonly expiries: ReadonlyMap<string, number>;
}

/** Queues of envelopes, one for each device. Operations on one device take effect in the order in which they were called. */
export interface MessageStore {
  /** Resolves when the envelope is on disk. Never creates a queue: a removed device has none. */
  append(device: DeviceAddress, entry: NewEntry): Promise<AppendResult>;
  /** Entries after `cursor` ('' for the beginning), oldest first, and the length of the whole queue at that moment. */
  read(device: DeviceAddress, cursor: string, limit: number): Promise<{ entries: QueueEntry[]; queueLength: number }>;
  remove(device: DeviceAddress, entryIds: readonly string[]): Promise<void>;
  countQueued(device: DeviceAddress): Promise<number>;
  /** Deletes what is older than `maxTtlMs` or past its own time to live. @returns how many went. */
  removeExpired(device: DeviceAddress, maxTtlMs: number): Promise<number>;
}

/** Looks at queues without touching them. */
export interface QueueInspector {
  measure(device: DeviceAddress): Promise<QueueSize>;
  /** What is stored beside the envelopes themselves. */
  inspect(device: DeviceAddress): Promise<InspectedQueue>;
}
