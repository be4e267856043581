/** Where every HTTP route of wire/routes.ts is, without the schemas: all that a client needs at run time, so that a browser
 * does not load what only the server checks. */

export interface RouteAddress {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly path: string;
  /** `device`: `Authorization: Bearer <accountId>.<deviceId>.<deviceSecret>`. */
  readonly authentication: 'none' | 'device';
  /** Whether a successful answer has a body. */
  readonly hasAnswer: boolean;
}

/** Short, because there are many. */
const open = <const M extends RouteAddress['method']>(method: M, path: string) =>
  ({ method, path, authentication: 'none', hasAnswer: true }) as const;
const device = <const M extends RouteAddress['method']>(method: M, path: string, hasAnswer = true) =>
  ({ method, path, authentication: 'device', hasAnswer }) as const;

export const ROUTE_ADDRESSES = {
  getServer: open('GET', '/v1/server'),
  register: open('POST', '/v1/accounts'),
  listMembers: device('GET', '/v1/accounts'),
  removeAccount: device('DELETE', '/v1/accounts/:accountId', false),
  setRole: device('PUT', '/v1/accounts/:accountId/role', false),
  putProfile: device('PUT', '/v1/profile', false),
  createInvite: device('POST', '/v1/invites'),
  listInvites: device('GET', '/v1/invites'),
  revokeInvite: device('DELETE', '/v1/invites/:inviteId', false),
  listDevices: device('GET', '/v1/devices'),
  removeDevice: device('DELETE', '/v1/devices/:deviceId', false),
  setDeviceName: device('PUT', '/v1/devices/name', false),
  renameDevice: device('PUT', '/v1/devices/:deviceId/name', false),
  createLinkToken: device('POST', '/v1/devices/link-tokens', false),
  linkDevice: open('POST', '/v1/devices'),
  putProvisionEnvelope: device('PUT', '/v1/provisioning/:address', false),
  takeProvisionEnvelope: open('GET', '/v1/provisioning/:address'),
  putKeys: device('PUT', '/v1/keys'),
  getKeyCounts: device('GET', '/v1/keys'),
  takePreKeyBundles: device('GET', '/v1/keys/:accountId'),
  takePreKeyBundle: device('GET', '/v1/keys/:accountId/:deviceId'),
  getSenderCertificate: device('GET', '/v1/certificate'),
  putPushAddress: device('PUT', '/v1/push', false),
  getPushAddress: device('GET', '/v1/push'),
  removePushAddress: device('DELETE', '/v1/push', false),
  testPush: device('POST', '/v1/push/test'),
  getAccountRecords: device('GET', '/v1/account/records'),
  getAdminStatus: device('GET', '/v1/admin/status'),
  getAdminHistory: device('GET', '/v1/admin/history'),
  getAdminConfig: device('GET', '/v1/admin/config'),
  getAdminCheckup: device('GET', '/v1/admin/checkup'),
  getTurnCredentials: device('GET', '/v1/turn/credentials'),
  openEcho: device('POST', '/v1/calls/echo'),
} satisfies Record<string, RouteAddress>;

/** Where a device opens its WebSocket. `?deliver=false`: send only, and leave deliveries to another connection. */
export const CONNECT_PATH = '/v1/connect';
