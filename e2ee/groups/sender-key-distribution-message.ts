// SenderKeyDistributionMessage: gives a member of a group the sender's chain. It travels inside a session, so unsigned.
import { inAsyncOperation, inOperation } from '../errors.ts';
import { createSenderKey } from './create-sender-key.ts';
import { PUBLIC_KEY_BYTES, PublicKey } from '../keys/public-key.ts';
import { type Bytes, copyBytes } from '../primitives/bytes.ts';
import { type RandomSource, systemRandom } from '../primitives/random.ts';
import { ProtoReader, required } from '../proto/reader.ts';
import { ProtoWriter } from '../proto/writer.ts';
import type { ProtocolAddress } from '../protocol-address.ts';
import type { SenderKeyStore } from '../stores.ts';
import { requireUuid, type Uuid } from '../uuid.ts';
import { readVersion, SENDER_KEY_VERSION, tooShort, versionByte } from '../messages/message-version.ts';
import { readDistributionId } from './sender-key-message.ts';

const TAG = { distributionId: 1, chainId: 2, iteration: 3, chainKey: 4, signingKey: 5 } as const;
const CHAIN_KEY_BYTES = 32;
const MIN_BYTES = 1 + 32 + 32;

interface DistributionFields {
  readonly version: number;
  readonly distributionId: Uuid;
  readonly chainId: number;
  readonly iteration: number;
  readonly chainKey: Bytes;
  readonly signingKey: PublicKey;
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
    return new SenderKeyDistributionMessage(encode(fields), fields);
  }

  static deserialize(buffer: Uint8Array): SenderKeyDistributionMessage {
    const serialized = copyBytes(buffer);
    return inOperation(
      'SenderKeyDistributionMessage_Deserialize',
      () => new SenderKeyDistributionMessage(serialized, decode(serialized)),
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

function encode(fields: DistributionFields): Bytes {
  return new ProtoWriter(versionByte(fields.version, SENDER_KEY_VERSION))
    .bytes(TAG.distributionId, requireUuid(fields.distributionId))
    .uint(TAG.chainId, fields.chainId)
    .uint(TAG.iteration, fields.iteration)
    .bytes(TAG.chainKey, fields.chainKey)
    .bytes(TAG.signingKey, fields.signingKey.serialize())
    .finish();
}

function decode(serialized: Bytes): DistributionFields {
  if (serialized.length < MIN_BYTES) throw tooShort(serialized.length);
  const version = readVersion(serialized[0] ?? 0, SENDER_KEY_VERSION, SENDER_KEY_VERSION);
  const reader = new ProtoReader(serialized.subarray(1));
  return {
    version,
    distributionId: readDistributionId(reader.bytes(TAG.distributionId)),
    chainId: required(reader.uint32(TAG.chainId)),
    iteration: required(reader.uint32(TAG.iteration)),
    chainKey: requireLength(reader.bytes(TAG.chainKey), CHAIN_KEY_BYTES),
    signingKey: PublicKey.deserialize(requireLength(reader.bytes(TAG.signingKey), PUBLIC_KEY_BYTES)),
  };
}

function requireLength(bytes: Bytes | undefined, length: number): Bytes {
  return required(bytes?.length === length ? bytes : undefined);
}
