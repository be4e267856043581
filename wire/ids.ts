/** Identifiers that client and server exchange. Branded, so that a text of one kind is not taken for another. */
import { decodeHex, encodeHex } from './encoding.ts';
import { MAX_DEVICE_ID } from './limits.ts';

/** A member's account: a random UUID in lower case (Signal calls it ACI). Also the `name` of a ProtocolAddress. */
export type AccountId = string & { readonly __brand: 'AccountId' };
/** Number of a device within its account: 1 (primary) to 127, as libsignal limits it. */
export type DeviceId = number & { readonly __brand: 'DeviceId' };

export const PRIMARY_DEVICE_ID = 1 as DeviceId;

const UUID_PATTERN = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

export function isAccountId(text: string): text is AccountId {
  return UUID_PATTERN.test(text);
}

export function isDeviceId(value: number): value is DeviceId {
  return Number.isInteger(value) && value >= 1 && value <= MAX_DEVICE_ID;
}

/** @throws RangeError when the text is not a UUID in lower case. */
export function parseAccountId(text: string): AccountId {
  if (!isAccountId(text)) throw new RangeError('not an account id: expected a UUID in lower case');
  return text;
}

/** @throws RangeError outside 1..127. */
export function parseDeviceId(value: number): DeviceId {
  if (!isDeviceId(value)) throw new RangeError(`not a device id: expected 1 to ${MAX_DEVICE_ID}`);
  return value;
}

/** The UUID's 16 bytes as the text form. @throws RangeError for another length. */
export function accountIdFromBytes(bytes: Uint8Array): AccountId {
  if (bytes.length !== 16) throw new RangeError(`not an account id: expected 16 bytes, got ${bytes.length}`);
  const hex = encodeHex(bytes);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}` as AccountId;
}

/** The 16 bytes of the UUID. */
export function accountIdToBytes(accountId: AccountId): Uint8Array {
  return decodeHex(accountId.replaceAll('-', ''));
}
