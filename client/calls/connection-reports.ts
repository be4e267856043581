/** How calls would go from the devices of the team, as their members have told it to owners and admins: inside encrypted messages,
 * so the server never learns it (docs/decisions/0019). */
import { ConnectionWay, type ConnectionReport as WireReport } from '../../wire/generated/content.ts';
import type { AccountId, DeviceId } from '../../wire/ids.ts';
import type { Arrival } from '../conversations/apply-content.ts';
import { appendJournal } from '../conversations/journal.ts';
import { getMember, listDirectory } from '../directory/directory.ts';
import { enqueueNew } from '../messaging/compose.ts';
import type { ActionContext } from '../messaging/message-actions.ts';
import type { StorageTransaction } from '../ports.ts';
import { defineTable } from '../storage/table.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
/** What a network was like a month ago says little about it now. */
export const REPORT_TTL_MS = 30 * DAY_MS;

export const CONNECTION_WAYS = ['stun', 'turn-udp', 'turn-tcp', 'turn-tls'] as const;
export type ConnectionWayName = (typeof CONNECTION_WAYS)[number];

/** Whether each way that was tested can be gone. */
export type ConnectionResults = Readonly<Partial<Record<ConnectionWayName, boolean>>>;

export interface ConnectionReport {
  readonly accountId: AccountId;
  readonly deviceId: DeviceId;
  /** Midnight (UTC) of the day of the test. */
  readonly testedOn: number;
  readonly results: ConnectionResults;
}

const WIRE_WAYS: Readonly<Record<ConnectionWayName, ConnectionWay>> = {
  stun: ConnectionWay.STUN,
  'turn-udp': ConnectionWay.TURN_UDP,
  'turn-tcp': ConnectionWay.TURN_TCP,
  'turn-tls': ConnectionWay.TURN_TLS,
};

/** The newest of each device, by account and device. */
const reports = defineTable<ConnectionReport>('connection-reports');

/** To every owner and admin; those of this account are told, too, on their other devices. */
export async function sendConnectionReport(context: ActionContext, results: ConnectionResults): Promise<void> {
  const { ports, tx, account } = context;
  const day = Math.floor(ports.clock.now() / DAY_MS);
  const body = { $case: 'connectionReport' as const, value: toWire(day, results) };
  for (const { accountId, role, isMember } of await listDirectory(tx)) {
    if (isMember && role !== 'member') await enqueueNew(ports, tx, accountId, body);
  }
  const own = { accountId: account.accountId, deviceId: account.deviceId, testedOn: day * DAY_MS, results };
  await keep(tx, own, ports.clock.now());
}

/** Of whichever member: whether this account looks after the server is not asked, as it may have begun to a moment ago. */
export async function receiveConnectionReport(
  tx: StorageTransaction,
  { author, authorDevice, receivedAt }: Arrival,
  { testedOn, results }: WireReport,
): Promise<void> {
  if ((await getMember(tx, author))?.isMember !== true) return;
  // A clock that is ahead must not keep a report for ever.
  const at = Math.min(testedOn * DAY_MS, Math.floor(receivedAt / DAY_MS) * DAY_MS);
  const report = { accountId: author, deviceId: authorDevice as DeviceId, testedOn: at, results: fromWire(results) };
  await keep(tx, report, receivedAt);
}

/** Of those who are in the team, from the last thirty days. */
export async function listConnectionReports(tx: StorageTransaction, now: number): Promise<ConnectionReport[]> {
  const members = new Set((await listDirectory(tx)).flatMap((entry) => (entry.isMember ? [entry.accountId] : [])));
  const all = (await reports.list(tx)).map(({ value }) => value);
  return all.filter((report) => members.has(report.accountId) && !isOld(report, now));
}

async function keep(tx: StorageTransaction, report: ConnectionReport, now: number): Promise<void> {
  for (const { key, value } of await reports.list(tx)) if (isOld(value, now)) await reports.delete(tx, key);
  if (isOld(report, now)) return;
  await reports.put(tx, `${report.accountId}.${report.deviceId}`, report);
  await appendJournal(tx, { type: 'connection-report' });
}

const isOld = ({ testedOn }: ConnectionReport, now: number): boolean => now - testedOn > REPORT_TTL_MS;

const toWire = (testedOn: number, results: ConnectionResults): WireReport => ({
  testedOn,
  results: CONNECTION_WAYS.flatMap((name) => {
    const isReachable = results[name];
    return isReachable === undefined ? [] : [{ way: WIRE_WAYS[name], isReachable }];
  }),
});

/** Ways that a newer version may know are left out. */
const fromWire = (results: WireReport['results']): ConnectionResults =>
  Object.fromEntries(
    CONNECTION_WAYS.flatMap((name) => {
      const found = results.find(({ way }) => way === WIRE_WAYS[name]);
      return found === undefined ? [] : [[name, found.isReachable]];
    }),
  );
