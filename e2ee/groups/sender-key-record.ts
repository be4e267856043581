// The sender keys of one sender for one distribution, newest first. Storage format version 1, our own.
import { inOperation, invalidProtobuf } from '../errors.ts';
import { MAX_SENDER_KEY_STATES } from '../limits.ts';
import { type Bytes, copyBytes } from '../primitives/bytes.ts';
import { ProtoReader } from '../proto/reader.ts';
import { ProtoWriter } from '../proto/writer.ts';
import { decodeSenderKeyState, encodeSenderKeyState, type SenderKeyState } from './sender-key-state.ts';

const FORMAT_VERSION = 1;
const TAG = { state: 1 } as const;

export class SenderKeyRecord {
  readonly #states: readonly SenderKeyState[];

  private constructor(states: readonly SenderKeyState[]) {
    this.#states = states;
  }

  static deserialize(buffer: Uint8Array): SenderKeyRecord {
    const copy = copyBytes(buffer);
    return inOperation('SenderKeyRecord_Deserialize', () => {
      if (copy[0] !== FORMAT_VERSION) throw invalidProtobuf();
      return new SenderKeyRecord(new ProtoReader(copy.subarray(1)).repeated(TAG.state).map(decodeSenderKeyState));
    });
  }

  static of(states: readonly SenderKeyState[]): SenderKeyRecord {
    return new SenderKeyRecord(states);
  }

  states(): readonly SenderKeyState[] {
    return this.#states;
  }

  serialize(): Bytes {
    return new ProtoWriter(FORMAT_VERSION).repeated(TAG.state, this.#states.map(encodeSenderKeyState)).finish();
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
