// The layout that signed pre-keys and Kyber pre-keys share in storage.
import { type Bytes, copyBytes } from '../primitives/bytes.ts';
import { ProtoReader, required } from '../proto/reader.ts';
import { ProtoWriter } from '../proto/writer.ts';

const TAG = { id: 1, publicKey: 2, privateKey: 3, signature: 4, timestamp: 5 } as const;

export interface SignedRecordFields {
  readonly id: number;
  readonly publicKey: Bytes;
  readonly privateKey: Bytes;
  readonly signature: Bytes;
  /** Milliseconds since 1970. */
  readonly timestamp: number;
}

export function encodeSignedRecord(fields: SignedRecordFields): Bytes {
  return new ProtoWriter()
    .uint(TAG.id, fields.id)
    .bytes(TAG.publicKey, fields.publicKey)
    .bytes(TAG.privateKey, fields.privateKey)
    .bytes(TAG.signature, fields.signature)
    .fixed64(TAG.timestamp, fields.timestamp)
    .finish();
}

export function decodeSignedRecord(serialized: Bytes): SignedRecordFields {
  const reader = new ProtoReader(serialized);
  return {
    id: reader.uint32(TAG.id) ?? 0,
    publicKey: required(reader.bytes(TAG.publicKey)),
    privateKey: required(reader.bytes(TAG.privateKey)),
    signature: copyBytes(reader.bytes(TAG.signature) ?? new Uint8Array(0)),
    timestamp: reader.fixed64(TAG.timestamp) ?? 0,
  };
}
