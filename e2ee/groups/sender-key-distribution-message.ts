// SenderKeyDistributionMessage: gives a member of a group the sender's chain. It travels inside a session, so unsigned.
import { inAsyncOperation, parsing } from '../errors.ts';
import { createSenderKey } from './create-sender-key.ts';
import { PUBLIC_KEY_BYTES, PublicKey } from '../keys/public-key.ts';
import { type Bytes, copyBytes } from '../primitives/bytes.ts';
import { type RandomSource, systemRandom } from '../primitives/random.ts';
import { bytes, converted, decode, encode, required, type Schema, uint32, type Values } from '../proto/message.ts';
import type { ProtocolAddress } from '../protocol-address.ts';
import type { SenderKeyStore } from '../stores.ts';
import { requireUuid, uuid, type Uuid } from '../uuid.ts';
import { readVersion, SENDER_KEY_VERSION, tooShort, versionByte } from '../messages/message-version.ts';

const CHAIN_KEY_BYTES = 32;
const MIN_BYTES = 1 + 32 + 32;

const DISTRIBUTION_MESSAGE = {
  distributionId: [1, uuid],
  chainId: [2, uint32],
  iteration: [3, uint32],
  chainKey: [
    4,
    converted(
      bytes,
      (raw) => requireLength(raw, CHAIN_KEY_BYTES),
      (key: Bytes) => key,
    ),
  ],
  signingKey: [5, converted(bytes, readSigningKey, (key: PublicKey) => key.serialize())],
} as const satisfies Schema;

interface DistributionFields extends Values<typeof DISTRIBUTION_MESSAGE> {
  readonly version: number;
}

export class SenderKeyDistributionMessage {
  readonly #serialized: Bytes;
  readonly #fields: DistributionFields;

  private constructor(serialized: Bytes, fields: DistributionFields) {
    this.#serialized = serialized;
    this.#fields = fields;
  }

  /** The sender's present chain for this distribution, made if there is none: never starts over an existing one. */
  static create(
    sender: ProtocolAddress,
    distributionId: Uuid,
    store: SenderKeyStore,
    random: RandomSource = systemRandom,
  ): Promise<SenderKeyDistributionMessage> {
    return inAsyncOperation('SenderKeyDistributionMessage_Create', async () => {
      requireUuid(distributionId);
      const state = await createSenderKey(sender, distributionId, store, random);
      return SenderKeyDistributionMessage.from({ ...state, distributionId });
    });
  }

  static _new(
    messageVersion: number,
    distributionId: Uuid,
    chainId: number,
    iteration: number,
    chainKey: Bytes,
    pk: PublicKey,
  ): SenderKeyDistributionMessage {
    const fields = { version: messageVersion, distributionId, chainId, iteration, signingKey: pk };
    return SenderKeyDistributionMessage.from({ ...fields, chainKey: copyBytes(chainKey) });
  }

  static from(fields: DistributionFields): SenderKeyDistributionMessage {
    return new SenderKeyDistributionMessage(
      encode(DISTRIBUTION_MESSAGE, fields, versionByte(fields.version, SENDER_KEY_VERSION)),
      fields,
    );
  }

  static deserialize(buffer: Uint8Array): SenderKeyDistributionMessage {
    return parsing(
      'SenderKeyDistributionMessage_Deserialize',
      buffer,
      (serialized) => new SenderKeyDistributionMessage(serialized, decodeFields(serialized)),
    );
  }

  serialize(): Bytes {
    return copyBytes(this.#serialized);
  }

  chainKey(): Bytes {
    return copyBytes(this.#fields.chainKey);
  }

  iteration(): number {
    return this.#fields.iteration;
  }

  chainId(): number {
    return this.#fields.chainId;
  }

  distributionId(): Uuid {
    return this.#fields.distributionId;
  }

  signingKey(): PublicKey {
    return this.#fields.signingKey;
  }

  messageVersion(): number {
    return this.#fields.version;
  }
}

function decodeFields(serialized: Bytes): DistributionFields {
  if (serialized.length < MIN_BYTES) throw tooShort(serialized.length);
  const version = readVersion(serialized[0] ?? 0, SENDER_KEY_VERSION, SENDER_KEY_VERSION);
  return { version, ...decode(DISTRIBUTION_MESSAGE, serialized.subarray(1)) };
}

function readSigningKey(raw: Bytes): PublicKey {
  return PublicKey.deserialize(requireLength(raw, PUBLIC_KEY_BYTES));
}

function requireLength(raw: Bytes, length: number): Bytes {
  return required(raw.length === length ? raw : null);
}
