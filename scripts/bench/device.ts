import { randomBytes, randomUUID } from 'node:crypto';
import { parseAccountId, type AccountId } from '../../wire/ids.ts';

/** What the generator must know to connect as a device and to send to it. */
export interface BenchDevice {
  readonly accountId: AccountId;
  readonly registrationId: number;
  /** `accountId.deviceId.deviceSecret`; every device here is the first of its account. */
  readonly credentials: string;
}

export const newSecret = (): string => randomBytes(32).toString('base64url');

export function createDevice(accountId: AccountId, secret: string, registrationId = 1): BenchDevice {
  return { accountId, registrationId, credentials: `${accountId}.1.${secret}` };
}

/** Devices for the bare programs, which believe whatever is offered. */
export function inventDevices(count: number): BenchDevice[] {
  return Array.from({ length: count }, () => createDevice(parseAccountId(randomUUID()), newSecret()));
}
