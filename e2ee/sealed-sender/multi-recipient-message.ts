// The sent form of sealed sender v2: what goes to the server once, to be split among the recipients.
import { failure, invalidArgument, invalidProtobuf, invalidSealedSender, inOperation } from '../errors.ts';
import { REGISTRATION_ID_MASK } from '../limits.ts';
import { type Bytes, concatBytes, copyBytes } from '../primitives/bytes.ts';
import { Cursor } from '../proto/cursor.ts';
import { varint } from '../proto/writer.ts';
import { isDeviceId } from '../protocol-address.ts';
import { Aci, SERVICE_ID_FIXED_WIDTH_BYTES, ServiceId } from '../service-id.ts';
import { UUID_BYTES } from '../uuid.ts';
import { AUTH_TAG_BYTES, MESSAGE_KEY_BYTES, RAW_KEY_BYTES } from './sealed-sender-v2.ts';

/** The received form; in the sent form it means that recipients are plain ACI UUIDs. */
export const SEALED_SENDER_V2_UUID = 0x22;
/** The sent form of today: recipients are service ids. */
export const SEALED_SENDER_V2_SERVICE_ID = 0x23;
const HAS_MORE_DEVICES = 0x8000;
const MAX_RECIPIENTS = 0xffff_ffff;
const HEADER_BYTES = MESSAGE_KEY_BYTES + AUTH_TAG_BYTES;

export interface RecipientDevice {
  readonly deviceId: number;
  /** 14 bits. */
  readonly registrationId: number;
}

export interface SealedRecipient {
  readonly serviceId: ServiceId;
  readonly devices: readonly RecipientDevice[];
  /** The encrypted key and the tag. */
  readonly header: Bytes;
}

/** Excluded recipients follow the real ones; they are counted and have no devices. */
export function encodeMultiRecipient(
  recipients: readonly SealedRecipient[],
  excluded: readonly ServiceId[],
  ephemeralRaw: Bytes,
  ciphertext: Bytes,
): Bytes {
  return concatBytes(
    Uint8Array.of(SEALED_SENDER_V2_SERVICE_ID),
    varint(recipients.length + excluded.length),
    ...recipients.flatMap(({ serviceId, devices, header }) => [
      serviceId.getServiceIdFixedWidthBinary(),
      encodeDevices(devices),
      header,
    ]),
    ...excluded.flatMap((serviceId) => [serviceId.getServiceIdFixedWidthBinary(), Uint8Array.of(0)]),
    ephemeralRaw,
    ciphertext,
  );
}

function encodeDevices(devices: readonly RecipientDevice[]): Bytes {
  const parts = devices.map(({ deviceId, registrationId }, i) => {
    const word = registrationId | (i < devices.length - 1 ? HAS_MORE_DEVICES : 0);
    return Uint8Array.of(deviceId, word >> 8, word & 0xff);
  });
  return concatBytes(...parts);
}

export interface ParsedMultiRecipient {
  /** In the order of the message. */
  readonly recipients: readonly SealedRecipient[];
  readonly excluded: readonly ServiceId[];
  /** Ephemeral key and ciphertext, which all recipients get. */
  readonly shared: Bytes;
}

export function parseMultiRecipient(data: Bytes): ParsedMultiRecipient {
  if (data.length === 0) throw invalidSealedSender('Message was empty');
  const version = data[0] ?? 0;
  if (version !== SEALED_SENDER_V2_UUID && version !== SEALED_SENDER_V2_SERVICE_ID) {
    throw failure(`unknown sealed sender message version ${version}`);
  }
  const cursor = new Cursor(data.subarray(1));
  const found = new Map<string, SealedRecipient>();
  for (let left = cursor.number(MAX_RECIPIENTS); left > 0; left--)
    mergeRecipient(found, readRecipient(cursor, version));
  const shared = cursor.rest();
  if (shared.length < RAW_KEY_BYTES) throw invalidProtobuf();
  const all = [...found.values()];
  const excluded = all.filter(({ devices }) => devices.length === 0).map(({ serviceId }) => serviceId);
  return { recipients: all.filter(({ devices }) => devices.length > 0), excluded, shared };
}

/** What one recipient is to receive. */
export function receivedForm(parsed: ParsedMultiRecipient, recipient: SealedRecipient): Bytes {
  return concatBytes(Uint8Array.of(SEALED_SENDER_V2_UUID), recipient.header, parsed.shared);
}

/** For tests, and for servers that send to one recipient only. */
export function sealedSenderMultiRecipientMessageForSingleRecipient(message: Bytes): Bytes {
  return inOperation('SealedSender_MultiRecipientMessageForSingleRecipient', () => {
    const parsed = parseMultiRecipient(copyBytes(message));
    const [recipient, ...others] = parsed.recipients;
    if (recipient === undefined || others.length + parsed.excluded.length > 0) {
      throw invalidArgument('only supports messages with exactly one recipient');
    }
    return receivedForm(parsed, recipient);
  });
}

function readRecipient(cursor: Cursor, version: number): SealedRecipient {
  const serviceId =
    version === SEALED_SENDER_V2_UUID
      ? Aci.fromUuidBytes(cursor.take(UUID_BYTES))
      : parseFixedWidth(cursor.take(SERVICE_ID_FIXED_WIDTH_BYTES));
  const devices = readDevices(cursor);
  return { serviceId, devices, header: cursor.take(devices.length === 0 ? 0 : HEADER_BYTES) };
}

function parseFixedWidth(binary: Bytes): ServiceId {
  try {
    return ServiceId.parseFromServiceIdFixedWidthBinary(binary);
  } catch {
    throw invalidProtobuf();
  }
}

function readDevices(cursor: Cursor): readonly RecipientDevice[] {
  const devices: RecipientDevice[] = [];
  for (;;) {
    const deviceId = cursor.byte();
    if (deviceId === 0 && devices.length === 0) return devices;
    if (!isDeviceId(deviceId)) throw invalidProtobuf();
    const word = (cursor.byte() << 8) | cursor.byte();
    devices.push({ deviceId, registrationId: word & REGISTRATION_ID_MASK });
    if ((word & HAS_MORE_DEVICES) === 0) return devices;
  }
}

/** A recipient may come twice if both have devices: they are joined, and the first header counts. */
function mergeRecipient(found: Map<string, SealedRecipient>, next: SealedRecipient): void {
  const key = next.serviceId.getServiceIdString();
  const known = found.get(key);
  if (known === undefined) {
    found.set(key, next);
    return;
  }
  if (known.devices.length === 0 || next.devices.length === 0) {
    throw invalidSealedSender('recipient redundantly encoded as empty');
  }
  found.set(key, { ...known, devices: [...known.devices, ...next.devices] });
}
