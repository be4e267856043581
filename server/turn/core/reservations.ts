/** Ports kept for a second allocation of the same user (EVEN-PORT with its R bit, RFC 8656, section 7.2). */
import { randomBytes } from 'node:crypto';
import type { RelaySocket } from './ports.ts';

const KEPT_MS = 30_000;
const TOKEN_BYTES = 8;
/** Each holds a port. */
const MAX_RESERVATIONS = 64;

interface Reservation {
  readonly socket: RelaySocket;
  readonly userId: string;
  readonly untilMs: number;
}

export class Reservations {
  readonly #byToken = new Map<string, Reservation>();

  /** @returns the token for it. */
  keep(socket: RelaySocket, userId: string, nowMs: number): Uint8Array {
    if (this.#byToken.size >= MAX_RESERVATIONS) this.#dropOldest();
    const token = randomBytes(TOKEN_BYTES);
    this.#byToken.set(token.toString('hex'), { socket, userId, untilMs: nowMs + KEPT_MS });
    return token;
  }

  /** @returns undefined for a token that is unknown, expired, or somebody else's. */
  take(token: Uint8Array, userId: string): RelaySocket | undefined {
    const key = Buffer.from(token).toString('hex');
    const reservation = this.#byToken.get(key);
    if (reservation?.userId !== userId) return undefined;
    this.#byToken.delete(key);
    return reservation.socket;
  }

  sweep(nowMs: number): void {
    for (const [key, { socket, untilMs }] of this.#byToken) {
      if (untilMs > nowMs) continue;
      socket.close();
      this.#byToken.delete(key);
    }
  }

  #dropOldest(): void {
    for (const [key, { socket }] of this.#byToken) {
      socket.close();
      this.#byToken.delete(key);
      return;
    }
  }
}
