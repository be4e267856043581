// A device of an account: the unit that has a session.
import { failure, inOperation } from './errors.ts';
import { MAX_DEVICE_ID } from './limits.ts';
import { type Bytes, concatBytes } from './primitives/bytes.ts';
import { parseServiceId, type ServiceId } from './service-id.ts';

export class ProtocolAddress {
  readonly #addressName: string;
  readonly #device: number;

  private constructor(name: string, deviceId: number) {
    this.#addressName = name;
    this.#device = deviceId;
  }

  /** @param deviceId 1 to 127 */
  static new(name: string | ServiceId, deviceId: number): ProtocolAddress {
    const text = typeof name === 'string' ? name : name.getServiceIdString();
    return inOperation('ProtocolAddress_New', () => {
      if (isDeviceId(deviceId)) return new ProtocolAddress(text, deviceId);
      const message = `protocol address is invalid: ${text}.${deviceId}`;
      throw failure(message, 'InvalidProtocolAddress', { name: text, deviceId });
    });
  }

  name(): string {
    return this.#addressName;
  }

  /** Null unless the name is a service id. */
  serviceId(): ServiceId | null {
    return parseServiceId(this.#addressName);
  }

  deviceId(): number {
    return this.#device;
  }

  toString(): string {
    return `${this.#addressName}.${this.#device}`;
  }
}

export function isDeviceId(value: number): boolean {
  return Number.isInteger(value) && value >= 1 && value <= MAX_DEVICE_ID;
}

/**
 * Sender and recipient as the first message of a session carries them inside its MAC, so that a message cannot be passed
 * off as another device's: 17 bytes of service id and one of device, twice. Null if a name is no service id.
 */
export function encodeAddressPair(sender: ProtocolAddress, recipient: ProtocolAddress): Bytes | null {
  const from = sender.serviceId();
  const to = recipient.serviceId();
  if (from === null || to === null) return null;
  return concatBytes(
    from.getServiceIdFixedWidthBinary(),
    Uint8Array.of(sender.deviceId()),
    to.getServiceIdFixedWidthBinary(),
    Uint8Array.of(recipient.deviceId()),
  );
}

/** Two devices of one account: the same identity key on both sides, and the same service id. */
export function isSameAccount(
  local: { readonly address: ProtocolAddress; readonly identity: Bytes },
  remote: { readonly address: ProtocolAddress; readonly identity: Bytes },
): boolean {
  if (local.identity.some((byte, i) => byte !== remote.identity[i])) return false;
  const own = local.address.serviceId();
  const other = remote.address.serviceId();
  return own !== null && other !== null && own.isEqual(other);
}
