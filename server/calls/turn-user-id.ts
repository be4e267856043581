import { createHmac } from 'node:crypto';
import type { Actor } from '../accounts/actor.ts';

const ID_BYTES = 16;

/** The name of a device at the TURN server: random to whoever has no secret, so that nobody there learns an account from it; the same
 * for the same device, so that its quota holds; another after the device was removed and its number given to a new one. */
export function toTurnUserId(secret: string, { account, accountId, deviceId }: Actor): string {
  const secretHash = account.devices.get(deviceId)?.secretHash ?? '';
  return createHmac('sha256', secret)
    .update(`vant turn user v1 ${accountId}.${deviceId}.${secretHash}`)
    .digest()
    .subarray(0, ID_BYTES)
    .toString('base64url');
}
