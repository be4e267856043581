/** Cuts a byte stream into STUN and ChannelData messages (RFC 8656, section 3.1: over TCP both are self-delimiting). */
import { CHANNEL_DATA_HEADER_BYTES, isChannelData } from './channel-data.ts';
import { HEADER_BYTES } from './stun-constants.ts';
import { isStunMessage, padding, readUint16 } from './stun-message.ts';

/** The stream carries something else, or a message too large. */
export class FramingError extends Error {
  override readonly name = 'FramingError';
}

export class StreamFramer {
  readonly #maxMessageBytes: number;
  readonly #take: (message: Uint8Array) => void;
  #pending: Uint8Array | undefined;

  /** @param maxMessageBytes bounds what a sender can make us keep */
  constructor(maxMessageBytes: number, take: (message: Uint8Array) => void) {
    this.#maxMessageBytes = maxMessageBytes;
    this.#take = take;
  }

  /** @throws FramingError. The stream cannot be read any further then. */
  push(chunk: Uint8Array): void {
    let bytes = chunk;
    if (this.#pending !== undefined) bytes = Buffer.concat([this.#pending, chunk]);
    let at = 0;
    for (;;) {
      const size = this.#measure(bytes, at);
      if (size === undefined || at + size > bytes.length) break;
      this.#take(bytes.subarray(at, at + size));
      at += size;
    }
    // A copy: the rest of a chunk must not keep the whole chunk alive.
    this.#pending = at === bytes.length ? undefined : Uint8Array.from(bytes.subarray(at));
  }

  /** @returns undefined while too little is there to say. */
  #measure(bytes: Uint8Array, at: number): number | undefined {
    const available = bytes.length - at;
    if (available < CHANNEL_DATA_HEADER_BYTES) return undefined;
    const length = readUint16(bytes, at + 2);
    const start = bytes.subarray(at, at + HEADER_BYTES);
    const size = isChannelData(start) ? CHANNEL_DATA_HEADER_BYTES + length + padding(length) : HEADER_BYTES + length;
    const isForeign =
      ((start[0] ?? 0) & 0xc0) > 0x40 || (available >= HEADER_BYTES && !isChannelData(start) && !isStunMessage(start));
    if (isForeign) throw new FramingError('not STUN');
    if (size > this.#maxMessageBytes) throw new FramingError(`a message of ${size} bytes`);
    return size;
  }
}
