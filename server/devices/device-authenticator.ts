import { VantError } from '../../wire/errors.ts';
import type { AccountDirectory } from '../accounts/account-directory.ts';
import type { Actor } from '../accounts/actor.ts';
import { parseDeviceText } from './device-address.ts';
import { isSecret } from './device-secret.ts';

const CREDENTIALS_PATTERN = /^([0-9a-f-]{36}\.[0-9]{1,3})\.([A-Za-z0-9_-]{43})$/;

export class DeviceAuthenticator {
  readonly #directory: AccountDirectory;

  constructor(directory: AccountDirectory) {
    this.#directory = directory;
  }

  /** @param credentials `accountId.deviceId.deviceSecret`
   * @throws VantError UNAUTHORIZED, with nothing that tells which part was wrong. */
  async authenticate(credentials: string | undefined): Promise<Actor> {
    const [, deviceText = '', secret = ''] = CREDENTIALS_PATTERN.exec(credentials ?? '') ?? [];
    const device = parseDeviceText(deviceText);
    if (device === undefined) throw new VantError('UNAUTHORIZED');
    const account = await this.#directory.findFresh(device.accountId);
    const record = account?.devices.get(device.deviceId);
    if (account === undefined || record === undefined || !isSecret(secret, record.secretHash)) {
      throw new VantError('UNAUTHORIZED');
    }
    return { account, ...device };
  }
}
