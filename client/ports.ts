/** What the client needs from the place that it runs in. A browser and Node bring different ones; nothing else differs. */

/** Bytes with a buffer of their own, as libsignal asks for them. */
export type Bytes = Uint8Array<ArrayBuffer>;

/** The part of libsignal's API that the client uses. Native in Node, our own engine with the same names in a browser. */
export type SignalLibrary = Pick<
  typeof import('@signalapp/libsignal-client'),
  | 'Aes256GcmSiv'
  | 'DecryptionErrorMessage'
  | 'Fingerprint'
  | 'IdentityKeyPair'
  | 'KEMKeyPair'
  | 'KEMPublicKey'
  | 'KyberPreKeyRecord'
  | 'PlaintextContent'
  | 'PreKeyBundle'
  | 'PreKeyRecord'
  | 'PreKeySignalMessage'
  | 'PrivateKey'
  | 'ProtocolAddress'
  | 'PublicKey'
  | 'SenderCertificate'
  | 'SessionRecord'
  | 'SignalMessage'
  | 'SignedPreKeyRecord'
  | 'UnidentifiedSenderMessageContent'
  | 'hkdf'
  | 'processPreKeyBundle'
  | 'sealedSenderDecryptToUsmc'
  | 'sealedSenderEncrypt'
  | 'signalDecrypt'
  | 'signalDecryptPreKey'
  | 'signalEncrypt'
>;

export interface HttpRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly timeoutMs: number;
}

export interface HttpResponse {
  readonly status: number;
  readonly body: string;
}

export interface HttpPort {
  /** Rejects only when there was no answer; an answer with an error status resolves. */
  request(request: HttpRequest): Promise<HttpResponse>;
}

export interface SocketHandlers {
  onOpen(): void;
  onMessage(bytes: Uint8Array): void;
  /** Exactly once, also when the connection never opened. `code` is 1006 when the other side said nothing. */
  onClose(code: number): void;
}

export interface Socket {
  send(bytes: Uint8Array): void;
  close(code?: number): void;
}

export interface SocketPort {
  open(url: string, protocols: readonly string[], handlers: SocketHandlers): Socket;
}

export interface ListOptions {
  readonly prefix?: string;
  /** Only keys greater than this one. */
  readonly after?: string;
  /** Only keys less than this one. */
  readonly before?: string;
  /** From the greatest key down. `limit` counts from there. */
  readonly isDescending?: boolean;
  readonly limit?: number;
}

export interface StoredRow {
  readonly key: string;
  readonly value: Uint8Array;
}

export interface StorageTransaction {
  get(table: string, key: string): Promise<Uint8Array | undefined>;
  put(table: string, key: string, value: Uint8Array): Promise<void>;
  delete(table: string, key: string): Promise<void>;
  /** In the order of the keys, which are ASCII without control characters. Sees what this transaction has put and deleted. */
  list(table: string, options?: ListOptions): Promise<StoredRow[]>;
}

/** Held to tests/unit/client/storage-contract.ts. */
export interface StoragePort {
  /** Runs `work` alone: no other transaction on this store, in this program or another, overlaps it. Everything that it
   * puts is durable when the promise resolves; nothing is stored when it rejects or the program dies. `work` waits for
   * nothing but this transaction and the Signal library, and starts no other transaction. */
  transaction<T>(work: (transaction: StorageTransaction) => Promise<T>): Promise<T>;
}

/** A lock that several programs (or tabs) on the same store respect, and that is free again when its holder dies. */
export interface LockPort {
  /** Resolves to the function that frees it, or to undefined when another holds it. */
  tryAcquire(name: string): Promise<(() => void) | undefined>;
}

export interface ClockPort {
  /** Milliseconds since 1970. May step back. */
  now(): number;
  /** Calls once after `delayMs`; gives a function that cancels. */
  setTimer(delayMs: number, callback: () => void): () => void;
}

export interface RandomPort {
  bytes(count: number): Bytes;
}

export interface DigestPort {
  sha256(bytes: Uint8Array): Promise<Bytes>;
}

export interface LogPort {
  /** `fields` never hold content, names, keys or tokens. */
  write(level: 'debug' | 'info' | 'warn' | 'error', event: string, fields?: Readonly<Record<string, unknown>>): void;
}

export interface ClientPorts {
  readonly signal: SignalLibrary;
  readonly http: HttpPort;
  readonly socket: SocketPort;
  readonly storage: StoragePort;
  readonly locks: LockPort;
  readonly clock: ClockPort;
  readonly random: RandomPort;
  readonly digest: DigestPort;
  readonly log: LogPort;
}
