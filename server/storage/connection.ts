/** What the stores ask of Redis, whichever way it is run: embedded, external, behind Sentinel, as a cluster. Keys of one
 * operation lie in one hash slot (keys.ts sees to it), so that everything here works on a cluster as it does on one node. */

export type RedisArgument = string | Uint8Array;
/** Replies as RESP gives them; bulk strings arrive as bytes. */
export type RedisReply = Buffer | number | null | RedisReply[];

/** A Lua script under server/…/lua, sent by hash and loaded where a server does not know it. */
export interface RedisScript {
  readonly name: string;
  readonly source: string;
  readonly sha1: string;
}

export interface RedisConnection {
  /** Runs one command. `key` decides the node; the command must touch only keys in its slot.
   * Commands issued in one turn of the event loop are written together, and are answered in order. While Redis is away for a
   * moment they wait for it; none waits longer than the deadline (5 s), and one that was given up unsent is never run.
   * @throws VantError STORAGE_UNAVAILABLE when Redis cannot be reached, is read-only, out of memory, or cannot write its AOF.
   * If the connection is lost before the answer, the command may have been run or not. */
  execute(key: string, command: readonly RedisArgument[]): Promise<RedisReply>;
  /** Several commands for one key, written one after the other; not atomic. Fails when one of them does. */
  pipeline(key: string, commands: readonly (readonly RedisArgument[])[]): Promise<RedisReply[]>;
  /** MULTI … EXEC: all commands or none. On a cluster its order to commands of the same turn is not promised. */
  transaction(key: string, commands: readonly (readonly RedisArgument[])[]): Promise<RedisReply[]>;
  evaluate(
    script: RedisScript,
    keys: readonly [string, ...string[]],
    args: readonly RedisArgument[],
  ): Promise<RedisReply>;
  /** Sharded publish/subscribe. Resolves when the subscription stands. A channel has one listener: the last one given.
   * This and unsubscribe take effect in the order of the calls, also when nobody waited for the one before. */
  subscribe(channel: string, listener: (message: Buffer) => void): Promise<void>;
  unsubscribe(channel: string): Promise<void>;
  /** @returns how many connections got the message. */
  publish(channel: string, message: RedisArgument): Promise<number>;
  /** Every key that matches, on every node of a cluster. For the janitor and for tests, not for requests. */
  scan(match: string): AsyncIterable<string>;
  /** Called when subscriptions were interrupted and stand again: messages in between are lost, so re-read. */
  onResubscribed(listener: () => void): void;
  /** Whether commands can be expected to work at this moment. */
  isReady(): boolean;
  close(): Promise<void>;
}

/** One that can be looked at as a whole. */
export interface InspectableConnection extends RedisConnection {
  /** Asks every primary node the same. */
  executeOnPrimaries(command: readonly RedisArgument[]): Promise<RedisReply[]>;
}
