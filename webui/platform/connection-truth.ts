/** Whether messages come and go, as far as anybody can know: from the client's connection, and what the browser says. */
import { signal, type ReadonlySignal } from '@preact/signals-core';
import type { ConnectionState } from '../../client/transport/connection-keeper.ts';
import type { EngineClient } from './engine-client.ts';

/** Times are milliseconds since 1970; `since` is when the last connection ended. */
export type ConnectionTruth =
  | { readonly status: 'connecting'; readonly since: number }
  | { readonly status: 'online' }
  /** The device has no network. */
  | { readonly status: 'offline'; readonly since: number }
  /** The server cannot be reached; the next attempt is at `retryAt`. */
  | { readonly status: 'waiting'; readonly since: number; readonly retryAt: number }
  /** This device or its account was removed from the team. */
  | { readonly status: 'removed' }
  /** The same device is connected from another place: `engine.control.reconnectNow({ takeOver: true })` brings it here. */
  | { readonly status: 'superseded' }
  /** Another tab runs a newer version of the app: reload. */
  | { readonly status: 'update-needed' };

export interface TruthInput {
  readonly connection: ConnectionState;
  readonly isOnline: boolean;
  readonly isOutdated: boolean;
}

/** Follows the engine and the browser; tells the engine when trying at once is worth it. */
export function watchConnection(engine: EngineClient): ReadonlySignal<ConnectionTruth> {
  let input: TruthInput = { connection: { status: 'connecting' }, isOnline: navigator.onLine, isOutdated: false };
  const truth = signal<ConnectionTruth>(deriveTruth(input, undefined, Date.now()));
  const update = (change: Partial<TruthInput>): void => {
    input = { ...input, ...change };
    truth.value = deriveTruth(input, truth.value, Date.now());
  };
  engine.on('connection', (connection) => update({ connection }));
  engine.on('state', (state) => update({ isOutdated: state === 'outdated' }));
  addEventListener('online', () => update({ isOnline: true }));
  addEventListener('offline', () => update({ isOnline: false }));
  return truth;
}

export function deriveTruth(
  { connection, isOnline, isOutdated }: TruthInput,
  previous: ConnectionTruth | undefined,
  now: number,
): ConnectionTruth {
  if (isOutdated) return { status: 'update-needed' };
  if (connection.status === 'stopped') return explainStop(connection.reason, sinceOf(previous, now));
  // An open connection is better proof than what the operating system thinks of its networks.
  if (connection.status === 'connected') return { status: 'online' };
  const since = sinceOf(previous, now);
  if (!isOnline) return { status: 'offline', since };
  return connection.status === 'waiting'
    ? { status: 'waiting', since, retryAt: now + connection.retryInMs }
    : { status: 'connecting', since };
}

function explainStop(reason: (ConnectionState & { status: 'stopped' })['reason'], since: number): ConnectionTruth {
  if (reason === 'UNAUTHORIZED') return { status: 'removed' };
  return reason === 'CONNECTED_ELSEWHERE' ? { status: 'superseded' } : { status: 'connecting', since };
}

const sinceOf = (previous: ConnectionTruth | undefined, now: number): number =>
  previous !== undefined && 'since' in previous ? previous.since : now;
