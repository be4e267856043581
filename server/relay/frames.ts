/** Frames that the relay writes all day, put together from bytes that are there already: a delivery is a few bytes of
 * header before the stored Envelope. Everything else goes through the generated encoders. */
import { ServerFrame, type SendResponse } from '../../wire/generated/frames.ts';

/** Protobuf tags: field number and wire type 2 (length-delimited) or 0 (varint). */
const SERVER_FRAME_DELIVERY = (3 << 3) | 2;
const DELIVERY_ID = (1 << 3) | 0;
const DELIVERY_ENVELOPE = (2 << 3) | 2;

/** ServerFrame{delivery: {deliveryId, envelope}}. */
export function encodeDelivery(deliveryId: number, envelope: Uint8Array): Buffer {
  const idLength = deliveryId === 0 ? 0 : 1 + varintLength(deliveryId);
  const deliveryLength = idLength + 1 + varintLength(envelope.length) + envelope.length;
  const frame = Buffer.allocUnsafe(1 + varintLength(deliveryLength) + deliveryLength);
  let at = frame.writeUInt8(SERVER_FRAME_DELIVERY, 0);
  at = writeVarint(frame, at, deliveryLength);
  if (deliveryId !== 0) {
    at = frame.writeUInt8(DELIVERY_ID, at);
    at = writeVarint(frame, at, deliveryId);
  }
  at = frame.writeUInt8(DELIVERY_ENVELOPE, at);
  at = writeVarint(frame, at, envelope.length);
  frame.set(envelope, at);
  return frame;
}

export function encodeSendResponse(requestId: number, result: NonNullable<SendResponse['result']>): Uint8Array {
  return encodeFrame({ $case: 'sendResponse', value: { requestId, result } });
}

export function encodeFrame(body: NonNullable<ServerFrame['body']>): Uint8Array {
  return ServerFrame.encode({ body }).finish();
}

function varintLength(value: number): number {
  let length = 1;
  for (let rest = value; rest >= 0x80; rest = Math.floor(rest / 0x80)) length++;
  return length;
}

function writeVarint(target: Buffer, offset: number, value: number): number {
  let at = offset;
  let rest = value;
  while (rest >= 0x80) {
    target[at++] = (rest % 0x80) | 0x80;
    rest = Math.floor(rest / 0x80);
  }
  target[at++] = rest;
  return at;
}
