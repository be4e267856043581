/** Where keys and certificates are kept: a folder of this machine, or a Redis that nodes share. */

export type StateName = 'account' | 'order' | 'certificate' | 'authority';

export interface ChallengeRecord {
  /** The name or address that is to be proved. */
  readonly name: string;
  readonly token: string;
  readonly keyAuthorization: string;
}

/** What nodes tell each other. */
export type NodeMessage =
  { readonly type: 'challenges'; readonly challenges: readonly ChallengeRecord[] } | { readonly type: 'certificate' };

export interface StateStore {
  /** @returns undefined when there is nothing, or nothing that this node can read. */
  read(name: StateName): Promise<string | undefined>;
  /** Whole or not at all, whatever happens meanwhile. */
  write(name: StateName, text: string): Promise<void>;
  remove(name: StateName): Promise<void>;
  /** One node at a time. @returns undefined when another one is at it. */
  withLock<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T | undefined>;
  /** To the other nodes. */
  publish(message: NodeMessage): Promise<void>;
  subscribe(listener: (message: NodeMessage) => void): Promise<void>;
}
