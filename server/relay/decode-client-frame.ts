/** Reads the two frames that devices send all day, at a fraction of what the general decoder costs: no reader object, no
 * copies. It knows only their usual form, and leaves whatever else it meets (unknown fields, other wire types, a field that
 * is split in two, lengths that do not fit) to the generated decoder. So there is one truth about odd frames. */
import { ClientFrame, type DeviceMessage, type SendRequest } from '../../wire/generated/frames.ts';

/** Tags as frames.proto gives them: field number and wire type 2 (length-delimited) or 0 (varint). */
const CLIENT_FRAME_SEND = (1 << 3) | 2;
const CLIENT_FRAME_ACK = (2 << 3) | 2;
const ACK_DELIVERY_IDS = (1 << 3) | 2;
const REQUEST_ID = 1 << 3;
const RECIPIENT = (2 << 3) | 2;
const MESSAGE_ID = (3 << 3) | 2;
const CLIENT_TIMESTAMP = 4 << 3;
const MESSAGES = (5 << 3) | 2;
const URGENT = 6 << 3;
const EPHEMERAL = 7 << 3;
const TTL_SECONDS = 8 << 3;
const RESEND = 9 << 3;
const CALL = 10 << 3;
const DEVICE_ID = 1 << 3;
const REGISTRATION_ID = 2 << 3;
const CONTENT = (3 << 3) | 2;

const UINT32_LIMIT = 2 ** 32;
/** A varint of eight bytes ends below 2^56; the general decoder judges what is beyond a safe integer. */
const MAX_VARINT_FACTOR = 0x80 ** 6;

/** Something that only the general decoder understands. Thrown, never seen: made once, because a stack trace is dear. */
const UNUSUAL = new RangeError('an unusual frame');

/** @throws Error when the bytes are no ClientFrame. */
export function decodeClientFrame(data: Buffer): ClientFrame {
  try {
    return new FrameReader(data).readFrame();
  } catch {
    return ClientFrame.decode(data);
  }
}

class FrameReader {
  readonly #data: Buffer;
  #at = 0;

  constructor(data: Buffer) {
    this.#data = data;
  }

  readFrame(): ClientFrame {
    const tag = this.#readVarint();
    const end = this.#readEnd(this.#data.length);
    // Nothing may follow: a second body would take the place of the first.
    if (end !== this.#data.length) throw UNUSUAL;
    if (tag === CLIENT_FRAME_SEND) return { body: { $case: 'send', value: this.#readSend(end) } };
    if (tag === CLIENT_FRAME_ACK) return { body: { $case: 'ack', value: { deliveryIds: this.#readIds(end) } } };
    throw UNUSUAL;
  }

  #readSend(end: number): SendRequest {
    const request = emptyRequest();
    while (this.#at < end) this.#readSendField(request, this.#readVarint(), end);
    if (this.#at !== end) throw UNUSUAL;
    return request;
  }

  #readSendField(request: SendRequest, tag: number, end: number): void {
    switch (tag) {
      case REQUEST_ID:
        request.requestId = this.#readUint32();
        break;
      case RECIPIENT:
        request.recipient = this.#readBytes(end);
        break;
      case MESSAGE_ID:
        request.messageId = this.#readBytes(end);
        break;
      case CLIENT_TIMESTAMP:
        request.clientTimestamp = this.#readVarint();
        break;
      case MESSAGES:
        request.messages.push(this.#readMessage(this.#readEnd(end)));
        break;
      case URGENT:
        request.urgent = this.#readBoolean();
        break;
      case EPHEMERAL:
        request.ephemeral = this.#readBoolean();
        break;
      case TTL_SECONDS:
        request.ttlSeconds = this.#readUint32();
        break;
      case RESEND:
        request.resend = this.#readBoolean();
        break;
      case CALL:
        request.call = this.#readBoolean();
        break;
      default:
        throw UNUSUAL;
    }
  }

  #readMessage(end: number): DeviceMessage {
    const message: DeviceMessage = { deviceId: 0, registrationId: 0, content: EMPTY };
    while (this.#at < end) {
      const tag = this.#readVarint();
      if (tag === DEVICE_ID) message.deviceId = this.#readUint32();
      else if (tag === REGISTRATION_ID) message.registrationId = this.#readUint32();
      else if (tag === CONTENT) message.content = this.#readBytes(end);
      else throw UNUSUAL;
    }
    if (this.#at !== end) throw UNUSUAL;
    return message;
  }

  /** The packed form, which all encoders write. */
  #readIds(end: number): number[] {
    const ids: number[] = [];
    if (this.#at === end) return ids;
    if (this.#readVarint() !== ACK_DELIVERY_IDS || this.#readEnd(end) !== end) throw UNUSUAL;
    while (this.#at < end) ids.push(this.#readVarint());
    if (this.#at !== end) throw UNUSUAL;
    return ids;
  }

  /** A length. @returns where that many bytes end, which is not after `limit`. */
  #readEnd(limit: number): number {
    const length = this.#readVarint();
    const end = this.#at + length;
    if (end > limit) throw UNUSUAL;
    return end;
  }

  /** A view: the frame's memory lives as long as the request. */
  #readBytes(limit: number): Uint8Array {
    const end = this.#readEnd(limit);
    const bytes = this.#data.subarray(this.#at, end);
    this.#at = end;
    return bytes;
  }

  #readBoolean(): boolean {
    return this.#readVarint() !== 0;
  }

  #readUint32(): number {
    const value = this.#readVarint();
    if (value >= UINT32_LIMIT) throw UNUSUAL;
    return value;
  }

  #readVarint(): number {
    let value = 0;
    for (let factor = 1; factor <= MAX_VARINT_FACTOR; factor *= 0x80) {
      const byte = this.#data[this.#at++];
      if (byte === undefined) throw UNUSUAL;
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return value;
    }
    throw UNUSUAL;
  }
}

const EMPTY = new Uint8Array(0);

function emptyRequest(): SendRequest {
  return {
    requestId: 0,
    recipient: EMPTY,
    messageId: EMPTY,
    clientTimestamp: 0,
    messages: [],
    urgent: false,
    ephemeral: false,
    ttlSeconds: 0,
    resend: false,
    call: false,
  };
}
