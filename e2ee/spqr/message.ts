// An SPQR message as it lies in field 5 of a SignalMessage.
import { type Bytes, concatBytes, copyBytes } from '../primitives/bytes.ts';
import { Cursor } from '../proto/cursor.ts';
import { varint } from '../proto/writer.ts';
import { type Chunk, CHUNK_BYTES } from './erasure-code.ts';
import { malformed } from './spqr-error.ts';

export const SPQR_VERSION = 1;

export const PayloadType = { None: 0, Header: 1, Ek: 2, EkCt1Ack: 3, Ct1Ack: 4, Ct1: 5, Ct2: 6 } as const;
export type PayloadType = (typeof PayloadType)[keyof typeof PayloadType];

export type Payload =
  | { readonly type: typeof PayloadType.None | typeof PayloadType.Ct1Ack }
  | {
      readonly type: Exclude<PayloadType, typeof PayloadType.None | typeof PayloadType.Ct1Ack>;
      readonly chunk: Chunk;
    };

export interface SpqrMessage {
  /** The epoch being agreed on; its keys are those of the epoch before. */
  readonly epoch: number;
  readonly keyIndex: number;
  readonly payload: Payload;
}

const MAX_KEY_INDEX = 0xffff_ffff;
const MAX_CHUNK_INDEX = 0xffff;

export function encodeSpqrMessage({ epoch, keyIndex, payload }: SpqrMessage): Bytes {
  const head = [Uint8Array.of(SPQR_VERSION), varint(epoch), varint(keyIndex), Uint8Array.of(payload.type)];
  if (!('chunk' in payload)) return concatBytes(...head);
  return concatBytes(...head, varint(payload.chunk.index), payload.chunk.data);
}

/**
 * Bytes after the message are ignored, as libsignal does. The version is exactly 1: libsignal lets a newer version pass
 * without a key, which would let someone who broke the curve but not the KEM do without SPQR. Version 0 (no field) and the
 * key index 0 of peers that tolerate it are refused for the same reason; both ends demand at least version 1.
 */
export function decodeSpqrMessage(data: Bytes): SpqrMessage {
  const cursor = new Cursor(data, malformed);
  if (cursor.byte() !== SPQR_VERSION) throw malformed();
  const epoch = cursor.number();
  const keyIndex = cursor.number(MAX_KEY_INDEX);
  if (epoch === 0 || keyIndex === 0) throw malformed();
  const type = readType(cursor.byte());
  if (type === PayloadType.None || type === PayloadType.Ct1Ack) return { epoch, keyIndex, payload: { type } };
  const chunk = { index: cursor.number(MAX_CHUNK_INDEX), data: copyBytes(cursor.take(CHUNK_BYTES)) };
  return { epoch, keyIndex, payload: { type, chunk } };
}

function readType(byte: number): PayloadType {
  const type = Object.values(PayloadType).find((value) => value === byte);
  if (type === undefined) throw malformed();
  return type;
}
