/** What the relay writes all day, put together by hand: an Envelope, a Delivery (a few bytes of header before the stored
 * Envelope), a SendAccepted. Byte for byte what the generated encoders write; everything else goes through those. */
import { EnvelopeType, ServerFrame, type Envelope, type SendResponse } from '../../wire/generated/frames.ts';

/** Protobuf tags: field number and wire type 2 (length-delimited) or 0 (varint). */
const SERVER_FRAME_SEND_RESPONSE = (2 << 3) | 2;
const SERVER_FRAME_DELIVERY = (3 << 3) | 2;
const RESPONSE_REQUEST_ID = 1 << 3;
const RESPONSE_ACCEPTED = (2 << 3) | 2;
const ACCEPTED_SERVER_TIMESTAMP = 1 << 3;
const DELIVERY_ID = 1 << 3;
const DELIVERY_ENVELOPE = (2 << 3) | 2;
const ENVELOPE_TYPE = 1 << 3;
const ENVELOPE_CONTENT = (2 << 3) | 2;
const ENVELOPE_MESSAGE_ID = (3 << 3) | 2;
const ENVELOPE_CLIENT_TIMESTAMP = 4 << 3;
const ENVELOPE_SERVER_TIMESTAMP = 5 << 3;
const ENVELOPE_URGENT = 6 << 3;
const ENVELOPE_EPHEMERAL = 7 << 3;

/** ServerFrame{delivery: {deliveryId, envelope}}. */
export function encodeDelivery(deliveryId: number, envelope: Uint8Array): Buffer {
  const deliveryLength = varintFieldLength(deliveryId) + 1 + varintLength(envelope.length) + envelope.length;
  const frame = Buffer.allocUnsafe(1 + varintLength(deliveryLength) + deliveryLength);
  frame[0] = SERVER_FRAME_DELIVERY;
  let at = writeVarint(frame, 1, deliveryLength);
  at = writeVarintField(frame, at, DELIVERY_ID, deliveryId);
  writeBytes(frame, at, DELIVERY_ENVELOPE, envelope);
  return frame;
}

/** Neither content nor messageId may be empty: the general encoder would leave such a field out. */
export function encodeEnvelope(envelope: Omit<Envelope, 'type'>): Buffer {
  const { content, messageId, clientTimestamp, serverTimestamp, urgent, ephemeral } = envelope;
  const bytes = Buffer.allocUnsafe(
    2 +
      (1 + varintLength(content.length) + content.length) +
      (1 + varintLength(messageId.length) + messageId.length) +
      varintFieldLength(clientTimestamp) +
      varintFieldLength(serverTimestamp) +
      2 * Number(urgent) +
      2 * Number(ephemeral),
  );
  let at = writeVarintField(bytes, 0, ENVELOPE_TYPE, EnvelopeType.UNIDENTIFIED_SENDER);
  at = writeBytes(bytes, at, ENVELOPE_CONTENT, content);
  at = writeBytes(bytes, at, ENVELOPE_MESSAGE_ID, messageId);
  at = writeVarintField(bytes, at, ENVELOPE_CLIENT_TIMESTAMP, clientTimestamp);
  at = writeVarintField(bytes, at, ENVELOPE_SERVER_TIMESTAMP, serverTimestamp);
  at = writeVarintField(bytes, at, ENVELOPE_URGENT, Number(urgent));
  writeVarintField(bytes, at, ENVELOPE_EPHEMERAL, Number(ephemeral));
  return bytes;
}

export function encodeSendResponse(requestId: number, result: NonNullable<SendResponse['result']>): Uint8Array {
  if (result.$case === 'accepted') return encodeAccepted(requestId, result.value.serverTimestamp);
  return encodeFrame({ $case: 'sendResponse', value: { requestId, result } });
}

export function encodeFrame(body: NonNullable<ServerFrame['body']>): Uint8Array {
  return ServerFrame.encode({ body }).finish();
}

/** ServerFrame{sendResponse: {requestId, accepted: {serverTimestamp}}}: below 128 bytes, so lengths take one byte. */
function encodeAccepted(requestId: number, serverTimestamp: number): Buffer {
  const acceptedLength = varintFieldLength(serverTimestamp);
  const responseLength = varintFieldLength(requestId) + 2 + acceptedLength;
  const frame = Buffer.allocUnsafe(2 + responseLength);
  frame[0] = SERVER_FRAME_SEND_RESPONSE;
  frame[1] = responseLength;
  let at = writeVarintField(frame, 2, RESPONSE_REQUEST_ID, requestId);
  frame[at++] = RESPONSE_ACCEPTED;
  frame[at++] = acceptedLength;
  writeVarintField(frame, at, ACCEPTED_SERVER_TIMESTAMP, serverTimestamp);
  return frame;
}

/** proto3 leaves out a field that is zero. */
function varintFieldLength(value: number): number {
  return value === 0 ? 0 : 1 + varintLength(value);
}

function varintLength(value: number): number {
  let length = 1;
  for (let rest = value; rest >= 0x80; rest = Math.floor(rest / 0x80)) length++;
  return length;
}

/** Each of these returns where the next byte goes. */
function writeVarintField(target: Buffer, offset: number, tag: number, value: number): number {
  if (value === 0) return offset;
  target[offset] = tag;
  return writeVarint(target, offset + 1, value);
}

function writeBytes(target: Buffer, offset: number, tag: number, bytes: Uint8Array): number {
  target[offset] = tag;
  const at = writeVarint(target, offset + 1, bytes.length);
  target.set(bytes, at);
  return at + bytes.length;
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
