/** Until the server has a message. */
import type { VantClient } from '../client/client.ts';
import type { StoredMessage } from '../client/conversations/history.ts';

export interface SendingTimeouts {
  /** To reach the server. */
  readonly reachMs: number;
  /** This much longer, once it is reached. */
  readonly takeMs: number;
}

export interface Sending {
  /** As it is stored; undefined when it is there no longer. */
  readonly message: StoredMessage | undefined;
  /** Whether there is a connection. */
  readonly isReached: boolean;
}

/** To be called before or after `connect`. @param isDone of a message that may still be queued, too */
export async function waitForSending(
  client: VantClient,
  historyKey: string,
  isDone: (message: StoredMessage) => boolean,
  { reachMs, takeMs }: SendingTimeouts,
): Promise<Sending> {
  const wait = (timeoutMs: number) => client.waitForMessage(historyKey, isDone, timeoutMs);
  const first = await wait(reachMs);
  const isWaiting = first?.status === 'queued' && !isDone(first);
  if (!isWaiting || !client.isConnected || takeMs === 0) return { message: first, isReached: client.isConnected };
  return { message: await wait(takeMs), isReached: client.isConnected };
}
