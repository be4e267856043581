import { isAccountId, isDeviceId, type AccountId, type DeviceId } from '../../wire/ids.ts';

/** One device of one account: libsignal's ProtocolAddress. */
export interface DeviceAddress {
  readonly accountId: AccountId;
  readonly deviceId: DeviceId;
}

/** As libsignal prints it: `<account>.<device>`. Good as a map key. */
export function toDeviceText(device: DeviceAddress): string {
  return `${device.accountId}.${device.deviceId}`;
}

/** The inverse; undefined when the text is no address. */
export function parseDeviceText(text: string): DeviceAddress | undefined {
  const dot = text.indexOf('.');
  const accountId = text.slice(0, dot);
  const deviceId = Number(text.slice(dot + 1));
  return dot > 0 && isAccountId(accountId) && isDeviceId(deviceId) ? { accountId, deviceId } : undefined;
}
