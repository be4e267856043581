import type { RedisArgument } from '../connection.ts';

export type Command = readonly RedisArgument[];

/** One way to reach Redis. A link knows sockets, handshakes and topology; deadlines, waiting while Redis is away and the
 * meaning of errors belong to the connection above it, once for all links. */
export interface RedisLink {
  /** Starts connecting and goes on until `close`. Trouble is told to `onTrouble`, never thrown. */
  start(events: LinkEvents): void;
  isReady(): boolean;
  /** Writes one command now. Only called while ready. */
  send(key: string, command: Command): Promise<unknown>;
  /** MULTI … EXEC on the node of `key`. Only called while ready. */
  sendTransaction(key: string, commands: readonly Command[]): Promise<unknown[]>;
  subscribe(channel: string, listener: (message: Buffer) => void): Promise<void>;
  unsubscribe(channel: string): Promise<void>;
  /** One sender for each primary node. */
  primaries(): Promise<((command: Command) => Promise<unknown>)[]>;
  /** Gives up the present sockets and connects anew: something on them does not answer, or is no primary any more. */
  restart(reason: Error): void;
  close(): Promise<void>;
}

export interface LinkEvents {
  onReady(): void;
  onLost(reason: Error): void;
  /** An attempt to connect failed; another one follows. */
  onTrouble(reason: Error): void;
  /** Subscriptions were interrupted and stand again. */
  onResubscribed(): void;
}

/** The command was certainly not written to Redis, so that it may be tried again. */
export class NotSentError extends Error {
  override readonly name = 'NotSentError';
}
