import type { AccountId, DeviceId } from '../../wire/ids.ts';
import type { Role } from '../../wire/schemas.ts';

export interface DeviceRecord {
  readonly registrationId: number;
  /** SHA-256 of the device secret, base64url. */
  readonly secretHash: string;
  readonly createdAt: number;
  /** Encrypted by the client, base64url. */
  readonly name?: string;
  /** Day of the last connection (UTC): enough to find forgotten devices, too little to follow a person. */
  readonly lastSeenDay?: string;
}

/** All that the server knows of a member. */
export interface Account {
  readonly accountId: AccountId;
  readonly role: Role;
  readonly createdAt: number;
  /** Serialized public IdentityKey, base64url. */
  readonly identityKey: string;
  readonly devices: ReadonlyMap<DeviceId, DeviceRecord>;
}
