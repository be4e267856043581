/** The control plane: every HTTP route, once. The server registers from this table, the client calls through it,
 * docs/openapi.json is made from it. */
import { ROUTE_ADDRESSES, type RouteAddress } from './route-addresses.ts';
import { integer, object, string, type Schema, type Static } from './schema.ts';
import { AdminCheckupSchema, AdminConfigSchema, AdminHistorySchema, AdminStatusSchema } from './admin-schemas.ts';
import { MAX_DEVICE_NAME_BYTES, MAX_PROFILE_BYTES, MAX_PROVISION_ENVELOPE_BYTES } from './limits.ts';
import { AccountRecordsSchema } from './record-schemas.ts';
import {
  AccountIdSchema,
  AttachmentSchema,
  blob,
  DeviceIdSchema,
  DeviceRegistrationSchema,
  DevicesSchema,
  EchoSchema,
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

interface Route extends Omit<RouteAddress, 'hasAnswer'> {
  readonly summary: string;
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
    ...ROUTE_ADDRESSES.getServer,
    summary: 'What this server is and what it accepts',
    response: ServerInfoSchema,
  },
  register: {
    ...ROUTE_ADDRESSES.register,
    summary: 'Redeem an invite: make an account with its primary device. Safe to repeat with the same secret.',
    body: object({ inviteToken: SecretSchema, deviceSecret: SecretSchema, device: DeviceRegistrationSchema }),
    response: RegisteredSchema,
  },
  listMembers: {
    ...ROUTE_ADDRESSES.listMembers,
    summary: 'All members of the team with their encrypted profiles, or that nothing has changed since `known`',
    query: object({}, { known: string({ maxLength: 64, description: 'version of the list that the client has' }) }),
    response: MembersSchema,
  },
  removeAccount: {
    ...ROUTE_ADDRESSES.removeAccount,
    summary: "Remove an account: one's own, or another as owner or admin",
    params: accountParams,
  },
  setRole: {
    ...ROUTE_ADDRESSES.setRole,
    summary: 'Change the role of a member (owners only)',
    params: accountParams,
    body: object({ role: RoleSchema }),
  },
  putProfile: {
    ...ROUTE_ADDRESSES.putProfile,
    summary: "Replace one's own encrypted profile",
    body: object({ profile: blob(MAX_PROFILE_BYTES, 'profile, encrypted under the team key') }),
  },
  createInvite: {
    ...ROUTE_ADDRESSES.createInvite,
    summary: 'Make a single-use invite. The server gets only the SHA-256 of the token.',
    body: object(
      { tokenHash: HashSchema, role: RoleSchema },
      { ttlSeconds: integer({ minimum: 60, description: 'cut to the maximum of the server' }) },
    ),
    response: InviteSchema,
  },
  listInvites: {
    ...ROUTE_ADDRESSES.listInvites,
    summary: "Invites, used ones until they expire: all for owners and admins, one's own for members",
    response: InvitesSchema,
  },
  revokeInvite: {
    ...ROUTE_ADDRESSES.revokeInvite,
    summary: "Revoke an invite: any as owner or admin, one's own as member",
    params: object({ inviteId: HashSchema }),
  },
  listDevices: {
    ...ROUTE_ADDRESSES.listDevices,
    summary: "The devices of one's own account",
    response: DevicesSchema,
  },
  removeDevice: {
    ...ROUTE_ADDRESSES.removeDevice,
    summary: "Remove a device of one's own account (the primary device any, a linked device itself)",
    params: object({ deviceId: DeviceIdSchema }),
  },
  setDeviceName: {
    ...ROUTE_ADDRESSES.setDeviceName,
    summary: 'Set the encrypted name of this device',
    body: object({ name: blob(MAX_DEVICE_NAME_BYTES, 'encrypted name') }),
  },
  renameDevice: {
    ...ROUTE_ADDRESSES.renameDevice,
    summary:
      "Set the encrypted name of a device of one's own account (the primary device any, a linked device its own)",
    params: object({ deviceId: DeviceIdSchema }),
    body: object({ name: blob(MAX_DEVICE_NAME_BYTES, 'encrypted name') }),
  },
  createLinkToken: {
    ...ROUTE_ADDRESSES.createLinkToken,
    summary: 'Allow one new device to join this account (primary device only)',
    body: object({ tokenHash: HashSchema }),
  },
  linkDevice: {
    ...ROUTE_ADDRESSES.linkDevice,
    summary: 'Register a linked device with a link token. Safe to repeat with the same secret.',
    body: object({
      accountId: AccountIdSchema,
      linkToken: SecretSchema,
      deviceSecret: SecretSchema,
      device: DeviceRegistrationSchema,
    }),
    response: RegisteredSchema,
  },
  putProvisionEnvelope: {
    ...ROUTE_ADDRESSES.putProvisionEnvelope,
    summary: 'Leave a sealed ProvisionEnvelope for a device that waits at this address',
    params: object({ address: SecretSchema }),
    body: object({ envelope: blob(MAX_PROVISION_ENVELOPE_BYTES, 'ProvisionEnvelope') }),
  },
  takeProvisionEnvelope: {
    ...ROUTE_ADDRESSES.takeProvisionEnvelope,
    summary: 'Take the ProvisionEnvelope at this address; NOT_FOUND until it is there',
    params: object({ address: SecretSchema }),
    response: object({ envelope: string() }),
  },
  putKeys: {
    ...ROUTE_ADDRESSES.putKeys,
    summary: 'Upload prekeys of this device: what is given replaces (signed, last resort) or is added (one-time)',
    body: KeyUploadSchema,
    response: KeyCountsSchema,
  },
  getKeyCounts: {
    ...ROUTE_ADDRESSES.getKeyCounts,
    summary: 'How many one-time prekeys of this device are left',
    response: KeyCountsSchema,
  },
  takePreKeyBundles: {
    ...ROUTE_ADDRESSES.takePreKeyBundles,
    summary: 'A PreKeyBundle for every device of an account; takes a one-time prekey of each kind from each device',
    params: accountParams,
    response: PreKeyBundlesSchema,
  },
  takePreKeyBundle: {
    ...ROUTE_ADDRESSES.takePreKeyBundle,
    summary: 'The PreKeyBundle of one device',
    params: object({ accountId: AccountIdSchema, deviceId: DeviceIdSchema }),
    response: PreKeyBundlesSchema,
  },
  getSenderCertificate: {
    ...ROUTE_ADDRESSES.getSenderCertificate,
    summary: 'A SenderCertificate for this device, for sealed sender',
    response: object({ certificate: string(), expiresAt: integer() }),
  },
  putPushAddress: {
    ...ROUTE_ADDRESSES.putPushAddress,
    summary: 'Register where this device is woken while it has no connection; replaces what was there',
    body: PushAddressSchema,
  },
  getPushAddress: {
    ...ROUTE_ADDRESSES.getPushAddress,
    summary: 'What is registered for this device, or why it was dropped',
    response: PushRegistrationSchema,
  },
  removePushAddress: {
    ...ROUTE_ADDRESSES.removePushAddress,
    summary: 'Forget the push address of this device',
  },
  testPush: {
    ...ROUTE_ADDRESSES.testPush,
    summary: 'Send a wake to this device now, and tell how long each step took',
    response: PushTestSchema,
  },
  getAccountRecords: {
    ...ROUTE_ADDRESSES.getAccountRecords,
    summary: "Everything that the server holds about one's own account",
    response: AccountRecordsSchema,
  },
  getAdminStatus: {
    ...ROUTE_ADDRESSES.getAdminStatus,
    summary: 'How the server is at this moment (owners and admins)',
    response: AdminStatusSchema,
  },
  getAdminHistory: {
    ...ROUTE_ADDRESSES.getAdminHistory,
    summary: 'Figures by minute for a day and by hour for a month (owners and admins)',
    query: object({}, { since: { ...TimestampSchema, description: 'leave out what began before' } }),
    response: AdminHistorySchema,
  },
  getAdminConfig: {
    ...ROUTE_ADDRESSES.getAdminConfig,
    summary:
      'Every option with its value and where it came from; of secrets only whether they are set (owners and admins)',
    response: AdminConfigSchema,
  },
  getAdminCheckup: {
    ...ROUTE_ADDRESSES.getAdminCheckup,
    summary: 'What is wrong with the server and how to mend it: the checks of vant doctor (owners and admins)',
    response: AdminCheckupSchema,
  },
  getTurnCredentials: {
    ...ROUTE_ADDRESSES.getTurnCredentials,
    summary: 'Time-limited credentials of this device for the TURN server, and where that is',
    response: TurnCredentialsSchema,
  },
  openEcho: {
    ...ROUTE_ADDRESSES.openEcho,
    summary: 'Open an account for one test call, whose device gives back what it hears; ends the test call before',
    response: EchoSchema,
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
