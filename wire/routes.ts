/** The control plane: every HTTP route, once. The server registers from this table, the client calls through it,
 * docs/openapi.json is made from it. */
import { integer, object, string, type Schema, type Static } from './schema.ts';
import { AdminConfigSchema, AdminHistorySchema, AdminStatusSchema } from './admin-schemas.ts';
import { MAX_DEVICE_NAME_BYTES, MAX_PROFILE_BYTES, MAX_PROVISION_ENVELOPE_BYTES } from './limits.ts';
import { AccountRecordsSchema } from './record-schemas.ts';
import {
  AccountIdSchema,
  AttachmentSchema,
  blob,
  DeviceIdSchema,
  DeviceRegistrationSchema,
  DevicesSchema,
  HashSchema,
  InviteSchema,
  InvitesSchema,
  KeyCountsSchema,
  KeyUploadSchema,
  MembersSchema,
  PreKeyBundlesSchema,
  PushAddressSchema,
  PushRegistrationSchema,
  PushTestSchema,
  RegisteredSchema,
  RoleSchema,
  SecretSchema,
  ServerInfoSchema,
  TimestampSchema,
  TurnCredentialsSchema,
} from './schemas.ts';

interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly path: string;
  readonly summary: string;
  /** `device`: `Authorization: Bearer <accountId>.<deviceId>.<deviceSecret>`. */
  readonly authentication: 'none' | 'device';
  readonly params?: Schema;
  /** What may follow `?`; all of it optional. */
  readonly query?: Schema;
  readonly body?: Schema;
  readonly response?: Schema;
}

const defineRoutes = <T extends Record<string, Route>>(table: T): T => table;
const accountParams = object({ accountId: AccountIdSchema });

export const ROUTES = defineRoutes({
  getServer: {
    method: 'GET',
    path: '/v1/server',
    summary: 'What this server is and what it accepts',
    authentication: 'none',
    response: ServerInfoSchema,
  },
  register: {
    method: 'POST',
    path: '/v1/accounts',
    summary: 'Redeem an invite: make an account with its primary device. Safe to repeat with the same secret.',
    authentication: 'none',
    body: object({ inviteToken: SecretSchema, deviceSecret: SecretSchema, device: DeviceRegistrationSchema }),
    response: RegisteredSchema,
  },
  listMembers: {
    method: 'GET',
    path: '/v1/accounts',
    summary: 'All members of the team with their encrypted profiles, or that nothing has changed since `known`',
    authentication: 'device',
    query: object({}, { known: string({ maxLength: 64, description: 'version of the list that the client has' }) }),
    response: MembersSchema,
  },
  removeAccount: {
    method: 'DELETE',
    path: '/v1/accounts/:accountId',
    summary: "Remove an account: one's own, or another as owner or admin",
    authentication: 'device',
    params: accountParams,
  },
  setRole: {
    method: 'PUT',
    path: '/v1/accounts/:accountId/role',
    summary: 'Change the role of a member (owners only)',
    authentication: 'device',
    params: accountParams,
    body: object({ role: RoleSchema }),
  },
  putProfile: {
    method: 'PUT',
    path: '/v1/profile',
    summary: "Replace one's own encrypted profile",
    authentication: 'device',
    body: object({ profile: blob(MAX_PROFILE_BYTES, 'profile, encrypted under the team key') }),
  },
  createInvite: {
    method: 'POST',
    path: '/v1/invites',
    summary: 'Make a single-use invite. The server gets only the SHA-256 of the token.',
    authentication: 'device',
    body: object(
      { tokenHash: HashSchema, role: RoleSchema },
      { ttlSeconds: integer({ minimum: 60, description: 'cut to the maximum of the server' }) },
    ),
    response: InviteSchema,
  },
  listInvites: {
    method: 'GET',
    path: '/v1/invites',
    summary: "Invites, used ones until they expire: all for owners and admins, one's own for members",
    authentication: 'device',
    response: InvitesSchema,
  },
  revokeInvite: {
    method: 'DELETE',
    path: '/v1/invites/:inviteId',
    summary: "Revoke an invite: any as owner or admin, one's own as member",
    authentication: 'device',
    params: object({ inviteId: HashSchema }),
  },
  listDevices: {
    method: 'GET',
    path: '/v1/devices',
    summary: "The devices of one's own account",
    authentication: 'device',
    response: DevicesSchema,
  },
  removeDevice: {
    method: 'DELETE',
    path: '/v1/devices/:deviceId',
    summary: "Remove a device of one's own account (the primary device any, a linked device itself)",
    authentication: 'device',
    params: object({ deviceId: DeviceIdSchema }),
  },
  setDeviceName: {
    method: 'PUT',
    path: '/v1/devices/name',
    summary: 'Set the encrypted name of this device',
    authentication: 'device',
    body: object({ name: blob(MAX_DEVICE_NAME_BYTES, 'encrypted name') }),
  },
  renameDevice: {
    method: 'PUT',
    path: '/v1/devices/:deviceId/name',
    summary:
      "Set the encrypted name of a device of one's own account (the primary device any, a linked device its own)",
    authentication: 'device',
    params: object({ deviceId: DeviceIdSchema }),
    body: object({ name: blob(MAX_DEVICE_NAME_BYTES, 'encrypted name') }),
  },
  createLinkToken: {
    method: 'POST',
    path: '/v1/devices/link-tokens',
    summary: 'Allow one new device to join this account (primary device only)',
    authentication: 'device',
    body: object({ tokenHash: HashSchema }),
  },
  linkDevice: {
    method: 'POST',
    path: '/v1/devices',
    summary: 'Register a linked device with a link token. Safe to repeat with the same secret.',
    authentication: 'none',
    body: object({
      accountId: AccountIdSchema,
      linkToken: SecretSchema,
      deviceSecret: SecretSchema,
      device: DeviceRegistrationSchema,
    }),
    response: RegisteredSchema,
  },
  putProvisionEnvelope: {
    method: 'PUT',
    path: '/v1/provisioning/:address',
    summary: 'Leave a sealed ProvisionEnvelope for a device that waits at this address',
    authentication: 'device',
    params: object({ address: SecretSchema }),
    body: object({ envelope: blob(MAX_PROVISION_ENVELOPE_BYTES, 'ProvisionEnvelope') }),
  },
  takeProvisionEnvelope: {
    method: 'GET',
    path: '/v1/provisioning/:address',
    summary: 'Take the ProvisionEnvelope at this address; NOT_FOUND until it is there',
    authentication: 'none',
    params: object({ address: SecretSchema }),
    response: object({ envelope: string() }),
  },
  putKeys: {
    method: 'PUT',
    path: '/v1/keys',
    summary: 'Upload prekeys of this device: what is given replaces (signed, last resort) or is added (one-time)',
    authentication: 'device',
    body: KeyUploadSchema,
    response: KeyCountsSchema,
  },
  getKeyCounts: {
    method: 'GET',
    path: '/v1/keys',
    summary: 'How many one-time prekeys of this device are left',
    authentication: 'device',
    response: KeyCountsSchema,
  },
  takePreKeyBundles: {
    method: 'GET',
    path: '/v1/keys/:accountId',
    summary: 'A PreKeyBundle for every device of an account; takes a one-time prekey of each kind from each device',
    authentication: 'device',
    params: accountParams,
    response: PreKeyBundlesSchema,
  },
  takePreKeyBundle: {
    method: 'GET',
    path: '/v1/keys/:accountId/:deviceId',
    summary: 'The PreKeyBundle of one device',
    authentication: 'device',
    params: object({ accountId: AccountIdSchema, deviceId: DeviceIdSchema }),
    response: PreKeyBundlesSchema,
  },
  getSenderCertificate: {
    method: 'GET',
    path: '/v1/certificate',
    summary: 'A SenderCertificate for this device, for sealed sender',
    authentication: 'device',
    response: object({ certificate: string(), expiresAt: integer() }),
  },
  putPushAddress: {
    method: 'PUT',
    path: '/v1/push',
    summary: 'Register where this device is woken while it has no connection; replaces what was there',
    authentication: 'device',
    body: PushAddressSchema,
  },
  getPushAddress: {
    method: 'GET',
    path: '/v1/push',
    summary: 'What is registered for this device, or why it was dropped',
    authentication: 'device',
    response: PushRegistrationSchema,
  },
  removePushAddress: {
    method: 'DELETE',
    path: '/v1/push',
    summary: 'Forget the push address of this device',
    authentication: 'device',
  },
  testPush: {
    method: 'POST',
    path: '/v1/push/test',
    summary: 'Send a wake to this device now, and tell how long each step took',
    authentication: 'device',
    response: PushTestSchema,
  },
  getAccountRecords: {
    method: 'GET',
    path: '/v1/account/records',
    summary: "Everything that the server holds about one's own account",
    authentication: 'device',
    response: AccountRecordsSchema,
  },
  getAdminStatus: {
    method: 'GET',
    path: '/v1/admin/status',
    summary: 'How the server is at this moment (owners and admins)',
    authentication: 'device',
    response: AdminStatusSchema,
  },
  getAdminHistory: {
    method: 'GET',
    path: '/v1/admin/history',
    summary: 'Figures by minute for a day and by hour for a month (owners and admins)',
    authentication: 'device',
    query: object({}, { since: { ...TimestampSchema, description: 'leave out what began before' } }),
    response: AdminHistorySchema,
  },
  getAdminConfig: {
    method: 'GET',
    path: '/v1/admin/config',
    summary:
      'Every option with its value and where it came from; of secrets only whether they are set (owners and admins)',
    authentication: 'device',
    response: AdminConfigSchema,
  },
  getTurnCredentials: {
    method: 'GET',
    path: '/v1/turn/credentials',
    summary: 'Time-limited credentials of this device for the TURN server, and where that is',
    authentication: 'device',
    response: TurnCredentialsSchema,
  },
});

/** Routes whose body or answer is bytes: `application/octet-stream`, never held in memory as a whole. */
export const BINARY_ROUTES = {
  uploadAttachment: {
    method: 'POST',
    path: '/v1/attachments',
    summary: 'Leave an encrypted file. Content-Length is required.',
    authentication: 'device',
    response: AttachmentSchema,
  },
  downloadAttachment: {
    method: 'GET',
    path: '/v1/attachments/:attachmentId',
    summary: 'Fetch an encrypted file, or one Range of it',
    authentication: 'device',
    params: object({ attachmentId: SecretSchema }),
  },
} as const satisfies Record<string, Route>;

export type RouteName = keyof typeof ROUTES;

type SchemaOf<R, K extends string> = R extends Record<K, infer S extends Schema> ? Static<S> : undefined;
export type RouteParams<N extends RouteName> = SchemaOf<(typeof ROUTES)[N], 'params'>;
export type RouteQuery<N extends RouteName> = SchemaOf<(typeof ROUTES)[N], 'query'>;
export type RouteBody<N extends RouteName> = SchemaOf<(typeof ROUTES)[N], 'body'>;
export type RouteResponse<N extends RouteName> = SchemaOf<(typeof ROUTES)[N], 'response'>;

/** Where a device opens its WebSocket. `?deliver=false`: send only, and leave deliveries to another connection. */
export const CONNECT_PATH = '/v1/connect';
