import type { FastifyInstance } from 'fastify';
import type { AddressInfo } from 'node:net';
import type { Config } from '../config/schema.ts';
import { PROTOCOL_VERSION } from '../wire/limits.ts';
import type { ServerInfo } from '../wire/schemas.ts';
import type { Admin } from './admin/admin.ts';
import type { Parts } from './app-parts.ts';
import type { Turn } from './calls/turn.ts';
import { createRecords } from './create-records.ts';
import type { Rooms } from './create-rooms.ts';
import { DeviceAuthenticator } from './devices/device-authenticator.ts';
import { createClientAddress } from './http/client-address.ts';
import { createHandlers } from './http/handlers.ts';
import { createHttpServer } from './http/http-server.ts';
import { OpenSockets } from './http/open-sockets.ts';
import type { Health } from './observability/health.ts';
import { toLoggedAddress } from './observability/log.ts';
import { Gateway } from './relay/gateway.ts';
import type { Tls } from './tls/tls.ts';
import { VERSION } from './version.ts';

/** Only where it is wanted: an idle server behind a proxy needs none of it. */
export async function openTls(parts: Parts, turn: Turn): Promise<Tls | undefined> {
  return parts.config.tls.mode === 'off' ? undefined : (await import('./tls/create-tls.ts')).createTls(parts, turn);
}

interface Transported {
  readonly admin: Admin;
  readonly health: Health;
  readonly tls: Tls | undefined;
}

/** HTTP and the door to the relay, on one listener. */
export function createTransports(
  parts: Parts,
  rooms: Rooms & Transported,
): { readonly http: FastifyInstance; readonly sockets: OpenSockets } {
  const { config, live, log, webBundle } = parts;
  const { limiters, certificates, relay, devices, push } = rooms;
  const clientAddress = createClientAddress(config.server.trusted_proxies);
  const authenticator = new DeviceAuthenticator(rooms.directory);
  const sockets = new OpenSockets();
  const http = createHttpServer({
    handlers: createHandlers({
      ...rooms,
      pushAddresses: push.addresses,
      records: createRecords(parts, rooms),
      serverInfo: () => ({
        ...toServerInfo(live.current, certificates.trustRoot),
        push: push.info,
        hasEcho: rooms.echo.isOn,
      }),
      registrationsPerAddress: limiters.registrationsPerAddress,
      bundlesPerDevice: limiters.bundlesPerDevice,
      recordsPerAccount: limiters.recordsPerAccount,
    }),
    attachments: rooms.attachments,
    authenticator,
    clientAddress,
    trustedProxies: config.server.trusted_proxies,
    requestsPerDevice: limiters.requestsPerDevice,
    requestsPerAddress: limiters.requestsPerAddress,
    health: rooms.health,
    metrics: rooms.metrics,
    activity: rooms.activity,
    log,
    webBundle,
    tls: rooms.tls,
    sockets,
  });
  const gateway = new Gateway({
    relay,
    authenticator,
    devices,
    clientAddress,
    connectsPerAddress: limiters.connectsPerAddress,
    log,
    logAddress: (address) => toLoggedAddress(address, config.log.addresses),
    maxFrameBytes: config.limits.max_devices_per_account * (config.relay.max_content + 64) + 4096,
  });
  http.server.on('upgrade', gateway.handleUpgrade);
  return { http, sockets };
}

export const portOf = (http: FastifyInstance): number => (http.server.address() as AddressInfo).port;

/** With port 0 only the running server knows. */
export function findPublicUrl({ server: { listen, public_url } }: Config, http: FastifyInstance): string {
  return listen.port === 0 ? public_url.replace(/:0$/, `:${portOf(http)}`) : public_url;
}

function toServerInfo({ relay, limits, attachments }: Config, trustRoot: string): Omit<ServerInfo, 'push' | 'hasEcho'> {
  return {
    name: 'vant',
    version: VERSION,
    protocolVersion: PROTOCOL_VERSION,
    trustRoot,
    maxContentBytes: relay.max_content,
    maxTtlSeconds: Math.floor(relay.message_ttl / 1000),
    maxDevicesPerAccount: limits.max_devices_per_account,
    maxAttachmentBytes: attachments.max_size,
    attachmentTtlSeconds: Math.floor(attachments.ttl / 1000),
  };
}
