// Reads bytes from front to back. What it gives are views into the input, so that what is verified is what was received.
import { invalidProtobuf } from '../errors.ts';
import type { Bytes } from '../primitives/bytes.ts';

const MAX_VARINT_BYTES = 10;

export class Cursor {
  readonly #data: Bytes;
  readonly #refusal: () => Error;
  #offset = 0;
  /** The lower 32 bits of the last varint, always exact. */
  low = 0;

  /** @param refusal what to throw where the data ends too early or a number is too large */
  constructor(data: Bytes, refusal: () => Error = invalidProtobuf) {
    this.#data = data;
    this.#refusal = refusal;
  }

  /** How many bytes are left. */
  get left(): number {
    return this.#data.length - this.#offset;
  }

  take(length: number): Bytes {
    if (length > this.left) throw this.#refusal();
    const start = this.#offset;
    this.#offset += length;
    return this.#data.subarray(start, this.#offset);
  }

  rest(): Bytes {
    return this.take(this.left);
  }

  byte(): number {
    return this.take(1)[0] ?? 0;
  }

  /** Base 128, little end first, within 64 bits. The value is exact up to 2^53. */
  varint(): number {
    let [low, high] = [0, 0];
    for (let i = 0; i < MAX_VARINT_BYTES; i++) {
      const byte = this.#data[this.#offset++];
      if (byte === undefined || (i === MAX_VARINT_BYTES - 1 && byte > 1)) break;
      const bits = byte & 0x7f;
      // The fifth byte has bits of both halves.
      if (i < 5) low |= bits << (7 * i);
      if (i === 4) high = bits >> 4;
      if (i > 4) high |= bits << (7 * i - 32);
      if (byte < 0x80) {
        this.low = low >>> 0;
        return (high >>> 0) * 0x1_0000_0000 + this.low;
      }
    }
    throw this.#refusal();
  }

  /** A varint that is not above `max`. */
  number(max: number = Number.MAX_SAFE_INTEGER): number {
    const value = this.varint();
    if (value > max) throw this.#refusal();
    return value;
  }
}
