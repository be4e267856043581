/** The private keys with which the server certifies senders: the same for all nodes. */
export interface ServerKeyStore {
  /** Stores `candidate` if there is nothing yet. @returns what is stored now. */
  loadOrStore(candidate: () => string): Promise<string>;
}
