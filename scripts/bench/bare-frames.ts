/** The bare programs' whole knowledge of the protocol: where a request says whom it is for and what it holds. */
import { Cursor } from './fields.ts';

/** Numbers of fields in frames.proto. */
const CLIENT_FRAME_SEND = 1;
const CLIENT_FRAME_ACK = 2;
const REQUEST_MESSAGES = 5;
const MESSAGE_CONTENT = 3;

const SERVER_FRAME_DELIVERY_TAG = (3 << 3) | 2;
const DELIVERY_ID_TAG = 1 << 3;
const DELIVERY_ENVELOPE_TAG = (2 << 3) | 2;
const ENVELOPE_CONTENT_TAG = (2 << 3) | 2;
const SERVER_FRAME_SEND_RESPONSE_TAG = (2 << 3) | 2;
const RESPONSE_REQUEST_ID_TAG = 1 << 3;
const RESPONSE_ACCEPTED_TAG = (2 << 3) | 2;

export type BareFrame =
  | { readonly kind: 'send'; readonly requestId: number; readonly recipient: string; readonly content: Buffer }
  | { readonly kind: 'ack'; readonly deliveryId: number };

const cursor = new Cursor();

export function parseFrame(data: Buffer): BareFrame {
  cursor.open(data, 0, data.length).next();
  if (cursor.field === CLIENT_FRAME_ACK) {
    // The generator names one delivery in an Ack: the packed list is one varint.
    cursor.enter().next();
    return { kind: 'ack', deliveryId: readVarint(data, cursor.start) };
  }
  if (cursor.field !== CLIENT_FRAME_SEND) throw new RangeError('not a frame of the generator');
  cursor.enter().next();
  const requestId = cursor.value;
  cursor.next();
  const recipient = data.toString('latin1', cursor.start, cursor.start + cursor.value);
  if (!cursor.find(REQUEST_MESSAGES) || !cursor.enter().find(MESSAGE_CONTENT)) throw new RangeError('no content');
  return { kind: 'send', requestId, recipient, content: data.subarray(cursor.start, cursor.start + cursor.value) };
}

/** ServerFrame{delivery{deliveryId, envelope{content}}}. */
export function encodeDelivery(deliveryId: number, content: Uint8Array): Buffer {
  const envelope = [ENVELOPE_CONTENT_TAG, ...toVarint(content.length)];
  const envelopeLength = envelope.length + content.length;
  const delivery = [DELIVERY_ID_TAG, ...toVarint(deliveryId), DELIVERY_ENVELOPE_TAG, ...toVarint(envelopeLength)];
  const header = [SERVER_FRAME_DELIVERY_TAG, ...toVarint(delivery.length + envelopeLength), ...delivery, ...envelope];
  const frame = Buffer.allocUnsafe(header.length + content.length);
  frame.set(header);
  frame.set(content, header.length);
  return frame;
}

/** ServerFrame{sendResponse{requestId, accepted{}}}. */
export function encodeAccepted(requestId: number): Buffer {
  const response = [RESPONSE_REQUEST_ID_TAG, ...toVarint(requestId), RESPONSE_ACCEPTED_TAG, 0];
  return Buffer.from([SERVER_FRAME_SEND_RESPONSE_TAG, response.length, ...response]);
}

function toVarint(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes.push((rest % 0x80) | 0x80);
  bytes.push(rest);
  return bytes;
}

function readVarint(data: Buffer, at: number): number {
  let value = 0;
  for (let i = at, factor = 1; ; i++, factor *= 0x80) {
    const byte = data[i]!;
    value += (byte & 0x7f) * factor;
    if (byte < 0x80) return value;
  }
}
