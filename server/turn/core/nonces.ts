/** Nonces that need no memory: the time they were made, and a MAC over it and the client (RFC 8489, section 9.2: the server may
 * choose the nonce so that it can tell on its own whether it is valid). A table of nonces could be filled by anyone. */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Client } from './ports.ts';

const TIME_BYTES = 4;
/** With the time that makes 18 bytes, and so 24 characters: an answer without authentication must stay small. */
const MAC_BYTES = 14;

export class Nonces {
  readonly #key = randomBytes(32);
  readonly #lifetimeSeconds: number;
  readonly #now: () => number;

  constructor(lifetimeSeconds: number, now: () => number) {
    this.#lifetimeSeconds = lifetimeSeconds;
    this.#now = now;
  }

  create(client: Client): string {
    const time = Buffer.alloc(TIME_BYTES);
    time.writeUInt32BE(this.#seconds());
    return Buffer.concat([time, this.#sign(time, client)]).toString('base64url');
  }

  /** Whether we made it, for this client, and not too long ago. */
  isValid(nonce: string, client: Client): boolean {
    const bytes = Buffer.from(nonce, 'base64url');
    if (bytes.length !== TIME_BYTES + MAC_BYTES) return false;
    const time = bytes.subarray(0, TIME_BYTES);
    const age = this.#seconds() - time.readUInt32BE();
    if (age < 0 || age > this.#lifetimeSeconds) return false;
    return timingSafeEqual(this.#sign(time, client), bytes.subarray(TIME_BYTES));
  }

  #sign(time: Uint8Array, { transport, address, port }: Client): Uint8Array {
    return createHmac('sha256', this.#key)
      .update(time)
      .update(`${transport} ${port} ${address}`)
      .digest()
      .subarray(0, MAC_BYTES);
  }

  #seconds(): number {
    return Math.floor(this.#now() / 1000);
  }
}
