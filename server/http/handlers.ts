/** What each route does: one line between the contract and the room that does it. */
import { VantError } from '../../wire/errors.ts';
import type { AccountId, DeviceId } from '../../wire/ids.ts';
import type { RouteBody, RouteName, RouteParams, RouteQuery, RouteResponse } from '../../wire/routes.ts';
import type { ServerInfo } from '../../wire/schemas.ts';
import type { Accounts } from '../accounts/accounts.ts';
import type { Actor } from '../accounts/actor.ts';
import type { Registration } from '../accounts/registration.ts';
import type { Admin } from '../admin/admin.ts';
import type { EchoService } from '../calls/echo/echo-service.ts';
import type { Turn } from '../calls/turn.ts';
import type { Devices } from '../devices/devices.ts';
import type { Invites } from '../invites/invites.ts';
import type { PreKeys } from '../keys/pre-keys.ts';
import type { SenderCertificates } from '../keys/sender-certificates.ts';
import type { PushAddresses } from '../push/push-addresses.ts';
import type { RateLimiter } from '../limits/rate-limiter.ts';
import type { AccountRecords } from '../records/account-records.ts';

export interface HandlerContext<N extends RouteName> {
  readonly params: RouteParams<N>;
  readonly query: RouteQuery<N>;
  readonly body: RouteBody<N>;
  readonly clientAddress: string;
  /** @throws VantError UNAUTHORIZED on a route without authentication: a mistake of ours. */
  readonly actor: Actor;
}

export type Handlers = {
  readonly [N in RouteName]: (context: HandlerContext<N>) => Promise<RouteResponse<N>> | RouteResponse<N>;
};

export interface Rooms {
  readonly registration: Registration;
  readonly accounts: Accounts;
  readonly devices: Devices;
  readonly invites: Invites;
  readonly preKeys: PreKeys;
  readonly certificates: SenderCertificates;
  readonly pushAddresses: PushAddresses;
  readonly records: AccountRecords;
  readonly admin: Admin;
  readonly turn: Turn;
  readonly echo: EchoService;
  readonly serverInfo: () => ServerInfo;
  readonly registrationsPerAddress: RateLimiter;
  readonly bundlesPerDevice: RateLimiter;
  readonly recordsPerAccount: RateLimiter;
}

export function createHandlers(rooms: Rooms): Handlers {
  const { registration, accounts, devices, invites, preKeys, certificates, pushAddresses } = rooms;
  const takeBundles = async (actor: Actor, accountId: string, deviceId?: number) => {
    await rooms.bundlesPerDevice.take(`${actor.accountId}.${actor.deviceId}`);
    return preKeys.takeBundles(actor, accountId as AccountId, deviceId as DeviceId | undefined);
  };
  return {
    getServer: () => rooms.serverInfo(),
    register: async ({ body, clientAddress }) => {
      await rooms.registrationsPerAddress.take(clientAddress);
      return registration.register(body);
    },
    listMembers: ({ query }) => accounts.list(query.known),
    removeAccount: ({ actor, params }) => done(accounts.remove(actor, params.accountId as AccountId)),
    setRole: ({ actor, params, body }) => done(accounts.setRole(actor, params.accountId as AccountId, body.role)),
    putProfile: ({ actor, body }) => done(accounts.setProfile(actor, body.profile)),
    createInvite: ({ actor, body }) => invites.create(actor, body),
    listInvites: async ({ actor }) => ({ invites: await invites.list(actor) }),
    revokeInvite: ({ actor, params }) => done(invites.revoke(actor, params.inviteId)),
    listDevices: ({ actor }) => ({ devices: devices.list(actor) }),
    removeDevice: ({ actor, params }) => done(devices.remove(actor, params.deviceId as DeviceId)),
    setDeviceName: ({ actor, body }) => done(devices.rename(actor, actor.deviceId, body.name)),
    renameDevice: ({ actor, params, body }) => done(devices.rename(actor, params.deviceId as DeviceId, body.name)),
    createLinkToken: ({ actor, body }) => done(devices.createLinkToken(actor, body.tokenHash)),
    linkDevice: async ({ body, clientAddress }) => {
      await rooms.registrationsPerAddress.take(clientAddress);
      return devices.link({ ...body, accountId: body.accountId as AccountId });
    },
    putProvisionEnvelope: ({ params, body }) => done(devices.putProvisionEnvelope(params.address, body.envelope)),
    takeProvisionEnvelope: async ({ params }) => ({ envelope: await devices.takeProvisionEnvelope(params.address) }),
    putKeys: ({ actor, body }) => preKeys.upload(actor, body),
    getKeyCounts: ({ actor }) => preKeys.count(actor),
    takePreKeyBundles: ({ actor, params }) => takeBundles(actor, params.accountId),
    takePreKeyBundle: ({ actor, params }) => takeBundles(actor, params.accountId, params.deviceId),
    putPushAddress: ({ actor, body }) => done(pushAddresses.put(actor, body)),
    getPushAddress: ({ actor }) => pushAddresses.find(actor),
    removePushAddress: ({ actor }) => done(pushAddresses.remove(actor)),
    testPush: ({ actor }) => pushAddresses.test(actor),
    getSenderCertificate: ({ actor }) => certificates.issue(actor),
    getAccountRecords: async ({ actor, clientAddress }) => {
      await rooms.recordsPerAccount.take(actor.accountId);
      return { sections: await rooms.records.collect({ ...actor, clientAddress }) };
    },
    getAdminStatus: ({ actor }) => rooms.admin.status(actor),
    getAdminHistory: ({ actor, query }) => rooms.admin.history(actor, query.since),
    getAdminConfig: ({ actor }) => rooms.admin.config(actor),
    getAdminCheckup: ({ actor }) => rooms.admin.checkup(actor),
    getTurnCredentials: ({ actor }) => rooms.turn.issue(actor),
    openEcho: ({ actor }) => rooms.echo.open(actor),
  };
}

async function done(work: Promise<void>): Promise<undefined> {
  await work;
}

/** Stands in for the actor where a route has no authentication. */
export function noActor(): never {
  throw new VantError('UNAUTHORIZED');
}
