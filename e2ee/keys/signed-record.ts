// The layout that signed pre-keys and Kyber pre-keys share in storage.
import { EMPTY } from '../primitives/bytes.ts';
import { bytes, type FieldType, fixed64, uint32 } from '../proto/message.ts';

type SignedRecordSchema<Public, Private> = {
  readonly id: readonly [1, FieldType<number>, 0];
  readonly publicKey: readonly [2, FieldType<Public>];
  readonly privateKey: readonly [3, FieldType<Private>];
  readonly signature: readonly [4, typeof bytes, typeof EMPTY];
  /** Milliseconds since 1970. */
  readonly timestamp: readonly [5, FieldType<number>, 0];
};

export function signedRecord<Public, Private>(
  publicKey: FieldType<Public>,
  privateKey: FieldType<Private>,
): SignedRecordSchema<Public, Private> {
  return {
    id: [1, uint32, 0],
    publicKey: [2, publicKey],
    privateKey: [3, privateKey],
    signature: [4, bytes, EMPTY],
    timestamp: [5, fixed64, 0],
  };
}
