/** ChannelData messages (RFC 8656, section 12.4): channel number, length, data. */
import { padding, readUint16 } from './stun-message.ts';

export const CHANNEL_DATA_HEADER_BYTES = 4;
export const MIN_CHANNEL_NUMBER = 0x4000;
/** RFC 8656 stops at 0x4FFF. Clients of RFC 5766, coturn's of Debian 12 among them, choose from all of this and cannot do otherwise. */
export const MAX_CHANNEL_NUMBER = 0x7fff;

export const isChannelNumber = (number: number): boolean =>
  number >= MIN_CHANNEL_NUMBER && number <= MAX_CHANNEL_NUMBER;

export const isChannelData = (bytes: Uint8Array): boolean => ((bytes[0] ?? 0) & 0xc0) === 0x40;

/** @returns the number of data bytes, or -1 when the message is cut off. Padding behind them is allowed. */
export function readChannelDataLength(bytes: Uint8Array): number {
  if (bytes.length < CHANNEL_DATA_HEADER_BYTES) return -1;
  const length = readUint16(bytes, 2);
  return bytes.length >= CHANNEL_DATA_HEADER_BYTES + length ? length : -1;
}

/** @param isStream over TCP and TLS the message is padded to a multiple of four, over UDP it need not be. */
export function encodeChannelData(channelNumber: number, data: Uint8Array, isStream: boolean): Uint8Array {
  const length = data.length;
  const bytes = Buffer.allocUnsafe(CHANNEL_DATA_HEADER_BYTES + length + (isStream ? padding(length) : 0));
  bytes[0] = channelNumber >>> 8;
  bytes[1] = channelNumber & 0xff;
  bytes[2] = length >>> 8;
  bytes[3] = length & 0xff;
  bytes.set(data, CHANNEL_DATA_HEADER_BYTES);
  if (isStream) bytes.fill(0, CHANNEL_DATA_HEADER_BYTES + length);
  return bytes;
}
