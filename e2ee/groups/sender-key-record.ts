// The sender keys of one sender for one distribution, newest first. Storage format version 1, our own.
import { inOperation, invalidProtobuf } from '../errors.ts';
import { MAX_SENDER_KEY_STATES } from '../limits.ts';
import { type Bytes, copyBytes } from '../primitives/bytes.ts';
import { decode, encode, repeated, type Schema } from '../proto/message.ts';
import { senderKeyState, type SenderKeyState } from './sender-key-state.ts';

const FORMAT_VERSION = 1;
const RECORD = { states: [1, repeated(senderKeyState), []] } as const satisfies Schema;

export class SenderKeyRecord {
  readonly #states: readonly SenderKeyState[];

  private constructor(states: readonly SenderKeyState[]) {
    this.#states = states;
  }

  static deserialize(buffer: Uint8Array): SenderKeyRecord {
    const copy = copyBytes(buffer);
    return inOperation('SenderKeyRecord_Deserialize', () => {
      if (copy[0] !== FORMAT_VERSION) throw invalidProtobuf();
      return new SenderKeyRecord(decode(RECORD, copy.subarray(1)).states);
    });
  }

  static of(states: readonly SenderKeyState[]): SenderKeyRecord {
    return new SenderKeyRecord(states);
  }

  states(): readonly SenderKeyState[] {
    return this.#states;
  }

  serialize(): Bytes {
    return encode(RECORD, { states: this.#states }, FORMAT_VERSION);
  }
}

/**
 * The states with `added` first. A chain that is known with the same signing key stays as far as it is, so that a repeated
 * distribution message turns nothing back; with another key it is replaced.
 */
export function withSenderKeyState(
  states: readonly SenderKeyState[],
  added: SenderKeyState,
): readonly SenderKeyState[] {
  const known = states.find((state) => state.chainId === added.chainId && state.signingKey.equals(added.signingKey));
  const others = states.filter((state) => state.chainId !== added.chainId);
  return [known ?? added, ...others.slice(0, MAX_SENDER_KEY_STATES - 1)];
}
