/** The domain rooms and the relay, each given its collaborators. */
import { AccountDirectory } from './accounts/account-directory.ts';
import { Accounts } from './accounts/accounts.ts';
import { Registration } from './accounts/registration.ts';
import type { Parts } from './app-parts.ts';
import { AttachmentFiles } from './attachments/attachment-files.ts';
import { Attachments } from './attachments/attachments.ts';
import { createTurn } from './calls/create-turn.ts';
import { EchoService } from './calls/echo/echo-service.ts';
import type { DeviceEvent } from './devices/device-events.ts';
import { Devices } from './devices/devices.ts';
import { Invites } from './invites/invites.ts';
import { PreKeys } from './keys/pre-keys.ts';
import { SenderCertificates } from './keys/sender-certificates.ts';
import { createRateLimiters } from './limits/rate-limiters.ts';
import {
  toAttachmentLimits,
  toEchoLimits,
  toFileLimits,
  toInvitePolicy,
  toRelayLimits,
  toSubmissionLimits,
} from './live-limits.ts';
import { Janitor } from './messages/janitor.ts';
import { Activity } from './observability/activity.ts';
import { NO_METRICS } from './observability/metrics.ts';
import { createPush } from './push/create-push.ts';
import { ConnectionRegistry } from './relay/connection-registry.ts';
import { Relay } from './relay/relay.ts';
import { Submission } from './relay/submission.ts';

type Limiters = ReturnType<typeof createRateLimiters>;

function createAttachments(
  { config, live, stores, log, now }: Pick<Parts, 'config' | 'live' | 'stores' | 'log' | 'now'>,
  limiters: Limiters,
): Attachments {
  const { directory } = config.attachments;
  return new Attachments({
    files: new AttachmentFiles(directory, () => toFileLimits(live.current), now),
    usage: stores.attachmentUsage,
    uploadsPerAccount: limiters.attachmentsPerAccount,
    limits: () => toAttachmentLimits(live.current),
    log,
    now,
  });
}

function createEcho(
  { live, stores, log, now, echoProgram }: Parts,
  rooms: { directory: AccountDirectory; limiters: Limiters; certificates: SenderCertificates },
): EchoService {
  return new EchoService({
    ...{ store: stores.accounts, directory: rooms.directory, log, now },
    program: echoProgram,
    trustRoot: rooms.certificates.trustRoot,
    limits: () => toEchoLimits(live.current),
    callsPerAccount: rooms.limiters.echoCallsPerAccount,
  });
}

/** Only where it is wanted: the library is a part of the memory of an idle server. */
async function loadPrometheus() {
  return (await import('./observability/prometheus.ts')).createPrometheusMetrics();
}

/** The domain rooms and the relay. */
export async function createRooms(parts: Parts) {
  const { config, secrets, live, stores, log, now } = parts;
  const prometheus = config.metrics.listen === undefined ? undefined : await loadPrometheus();
  const metrics = prometheus ?? NO_METRICS;
  const limiters = createRateLimiters(stores.rates, live, now);
  const directory = new AccountDirectory(stores.accounts, stores.accountEvents, now);
  const registry = new ConnectionRegistry();
  const activity = new Activity();
  // Rooms below the relay tell devices something through it; it is built after them.
  const notify = (device: string, event: DeviceEvent) => relay.notify(device, event);
  const preKeys = new PreKeys(stores.keys, directory, notify);
  const changes = limiters.pushChangesPerDevice;
  const push = await createPush({ config, secrets, live, stores, log, now, metrics, changes });
  const submission = new Submission({
    directory,
    store: stores.messages,
    registry,
    notify,
    mailArrived: (device, urgency) => relay.mailArrived(device, urgency),
    perDevice: limiters.sendPerDevice,
    perAccount: limiters.sendPerAccount,
    limits: () => toSubmissionLimits(live.current),
    activity,
    now,
  });
  const relay: Relay = new Relay({
    store: stores.messages,
    window: { maxEnvelopes: config.relay.delivery_window_envelopes, maxBytes: config.relay.delivery_window_bytes },
    registry,
    submission,
    bus: stores.deviceEvents,
    epochs: stores.epochs,
    directory,
    preKeys,
    waker: push,
    limits: () => toRelayLimits(live.current),
    metrics,
    activity,
    log,
    now,
  });
  const turn = createTurn(config, secrets, { directory, log, now });
  if (turn.counters !== undefined) prometheus?.observeTurn(turn.counters);
  const certificates = await SenderCertificates.open(stores.serverKeys, now);
  return {
    metrics,
    activity,
    registry,
    prometheus,
    turn,
    limiters,
    directory,
    preKeys,
    push,
    relay,
    attachments: createAttachments({ config, live, stores, log, now }, limiters),
    certificates,
    echo: createEcho(parts, { directory, limiters, certificates }),
    ...createMemberRooms(parts, directory),
  };
}

/** Who there is, and how one comes and goes. */
function createMemberRooms({ live, stores, now }: Parts, directory: AccountDirectory) {
  return {
    invites: new Invites(stores.invites, () => toInvitePolicy(live.current), now),
    accounts: new Accounts(stores.accounts, stores.invites, directory, now),
    registration: new Registration(stores.accounts, stores.invites, () => live.current.limits.max_accounts, now),
    devices: createDevices({ live, stores, now }, directory),
  };
}

function createDevices({ live, stores, now }: Pick<Parts, 'live' | 'stores' | 'now'>, directory: AccountDirectory) {
  return new Devices({
    store: stores.accounts,
    provisioning: stores.provisioning,
    directory,
    maxDevices: () => live.current.limits.max_devices_per_account,
    now,
  });
}

export type Rooms = Awaited<ReturnType<typeof createRooms>>;

export function createJanitor({ live, stores, log, now }: Parts, { activity, metrics, relay }: Rooms): Janitor {
  return new Janitor({
    accounts: stores.accounts,
    messages: stores.messages,
    lock: stores.janitorLock,
    messageTtlMs: () => live.current.relay.message_ttl,
    expired: (count) => {
      activity.expired += count;
      metrics.expiredEnvelopes.inc(count);
    },
    notify: (device, event) => relay.notify(device, event),
    log,
    now,
  });
}
