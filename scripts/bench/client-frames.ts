/** Frames that the generator sends: made once with the real encoder, masked once, and then only patched in place. */
import { randomBytes } from 'node:crypto';
import { ClientFrame } from '../../wire/generated/frames.ts';
import { accountIdToBytes } from '../../wire/ids.ts';
import type { BenchDevice } from './device.ts';

/** At the start of every content: when it was sent (Float64), and the slot that it belongs to (Uint32). Little endian. */
const STAMP_BYTES = 12;
/** Request ids of one length, so that a frame's layout does not depend on the number. */
export const FIRST_REQUEST_ID = 1 << 21;
/** RFC 6455, 5.3 wants an unpredictable mask against proxies; for the server's work any mask that is not zero will do. */
const MASK = Buffer.of(0x5a, 0xc3, 0x96, 0x3c);

const OPCODE_BINARY = 0x82;
const IS_MASKED = 0x80;
const CLIENT_FRAME_ACK = (2 << 3) | 2;
const ACK_DELIVERY_IDS = (1 << 3) | 2;

export class SendFrame {
  readonly bytes: Buffer;
  readonly #payloadAt: number;
  readonly #stampAt: number;
  readonly #messageIdAt: number;

  constructor(recipient: BenchDevice, slot: number, contentBytes: number) {
    const content = randomBytes(contentBytes);
    content.writeUInt32LE(slot, 8);
    const messageId = randomBytes(16);
    const payload = Buffer.from(encodeSend(recipient, FIRST_REQUEST_ID + slot, messageId, content));
    this.#stampAt = payload.indexOf(content.subarray(0, STAMP_BYTES));
    this.#messageIdAt = payload.indexOf(messageId);
    this.bytes = toMaskedFrame(payload);
    this.#payloadAt = this.bytes.length - payload.length;
  }

  /** @param count of sends so far: makes the message id a new one. */
  stamp(sentAtMs: number, count: number): void {
    SCRATCH_FLOAT[0] = sentAtMs;
    this.#patch(this.#stampAt, 8);
    SCRATCH_INT[0] = count;
    this.#patch(this.#messageIdAt, 4);
  }

  #patch(at: number, length: number): void {
    for (let i = 0; i < length; i++) {
      this.bytes[this.#payloadAt + at + i] = SCRATCH[i]! ^ MASK[(at + i) & 3]!;
    }
  }
}

const SCRATCH = new Uint8Array(8);
const SCRATCH_FLOAT = new Float64Array(SCRATCH.buffer);
const SCRATCH_INT = new Uint32Array(SCRATCH.buffer);

/** One Ack that names one delivery. */
export function encodeAckFrame(deliveryId: number): Buffer {
  const payload = [CLIENT_FRAME_ACK, 0, ACK_DELIVERY_IDS, 0];
  let rest = deliveryId;
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) payload.push((rest % 0x80) | 0x80);
  payload.push(rest);
  payload[1] = payload.length - 2;
  payload[3] = payload.length - 4;
  return toMaskedFrame(Uint8Array.from(payload));
}

function encodeSend(recipient: BenchDevice, requestId: number, messageId: Uint8Array, content: Uint8Array): Uint8Array {
  const value = {
    requestId,
    recipient: accountIdToBytes(recipient.accountId),
    messageId,
    clientTimestamp: Date.now(),
    messages: [{ deviceId: 1, registrationId: recipient.registrationId, content }],
    urgent: true,
    ephemeral: false,
    ttlSeconds: 0,
    resend: false,
    call: false,
  };
  return ClientFrame.encode({ body: { $case: 'send', value } }).finish();
}

function toMaskedFrame(payload: Uint8Array): Buffer {
  const isShort = payload.length < 126;
  const headerLength = (isShort ? 2 : 4) + MASK.length;
  const frame = Buffer.allocUnsafe(headerLength + payload.length);
  frame[0] = OPCODE_BINARY;
  frame[1] = IS_MASKED | (isShort ? payload.length : 126);
  if (!isShort) frame.writeUInt16BE(payload.length, 2);
  frame.set(MASK, headerLength - MASK.length);
  for (let i = 0; i < payload.length; i++) frame[headerLength + i] = payload[i]! ^ MASK[i & 3]!;
  return frame;
}
