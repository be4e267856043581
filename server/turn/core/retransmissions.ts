/** Answers to requests that changed something, kept for as long as the request may come again (RFC 8489, section 6.3.1: 40 seconds):
 * the same request gets the same answer, although it would now be refused or do something else. */
import type { Client } from './ports.ts';

const KEPT_MS = 40_000;
/** About half a megabyte. The oldest answers leave first. */
const MAX_ANSWERS = 4096;

interface Answer {
  readonly bytes: Uint8Array;
  readonly untilMs: number;
}

export class Retransmissions {
  /** In the order in which they were put, and so in which they expire. */
  readonly #answers = new Map<string, Answer>();

  find(client: Client, transactionId: Uint8Array, nowMs: number): Uint8Array | undefined {
    const answer = this.#answers.get(toKey(client, transactionId));
    return answer !== undefined && answer.untilMs > nowMs ? answer.bytes : undefined;
  }

  /** A stream loses nothing, so nothing is kept for it. */
  keep(client: Client, transactionId: Uint8Array, bytes: Uint8Array, nowMs: number): void {
    if (client.transport !== 'udp') return;
    this.#answers.set(toKey(client, transactionId), { bytes: Uint8Array.from(bytes), untilMs: nowMs + KEPT_MS });
    if (this.#answers.size > MAX_ANSWERS) this.#dropOldest();
  }

  sweep(nowMs: number): void {
    for (const answer of this.#answers.values()) {
      if (answer.untilMs > nowMs) return;
      this.#dropOldest();
    }
  }

  #dropOldest(): void {
    for (const key of this.#answers.keys()) {
      this.#answers.delete(key);
      return;
    }
  }
}

function toKey({ address, port, family }: Client, transactionId: Uint8Array): string {
  return `${Buffer.from(transactionId).toString('latin1')}${family}${port} ${address}`;
}
