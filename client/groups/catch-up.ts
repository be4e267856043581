/** Members who have missed changes ask for the state; those who see that another has missed some tell them. */
import type { AccountId } from '../../wire/ids.ts';
import type { Account } from '../account/account-record.ts';
import { loadPresence } from '../directory/former-members.ts';
import { enqueueNew, type ComposePorts } from '../messaging/compose.ts';
import type { StorageTransaction } from '../ports.ts';
import { defineTable } from '../storage/table.ts';
import { isGroupAdmin } from './group-rules.ts';
import { isIn, toContext, toWire, type GroupState, type StateName } from './group-state.ts';
import { getGroup } from './group-store.ts';

interface Exchange {
  /** The state that it was about. */
  readonly what: string;
  readonly since: number;
  /** How many since then. */
  readonly count: number;
}

/** `${conversation}/${accountId}`: what was last asked of, or told to, someone. */
const asked = defineTable<Exchange>('group-asked');
const told = defineTable<Exchange>('group-told');
/** The same is asked or told again after this time, in case it got lost. */
const PERIOD_MS = 60 * 60 * 1000;
/** Whoever makes up states must not keep others busy. */
const MAX_PER_PERIOD = 30;
/** Of several admins it is enough to ask a few. */
const MAX_ASKED_ADMINS = 3;

type Context = { readonly ports: ComposePorts; readonly tx: StorageTransaction; readonly account: Account };

/** `missing` is the one that someone has named. */
export async function askForState(
  { ports, tx }: Context,
  conversation: string,
  whom: AccountId,
  missing: StateName,
): Promise<void> {
  if (!(await isDue(tx, asked, `${conversation}/${whom}`, missing, ports.clock.now()))) return;
  const known = (await getGroup(tx, conversation))?.state ?? { revision: 0, stateId: '' };
  const group = toContext({ ...known, id: conversation });
  await enqueueNew(ports, tx, whom, { $case: 'groupStateRequest', value: {} }, {}, group);
}

/** Those who decide in the group by what is known here. */
export async function askAdmins(context: Context, state: GroupState, missing: StateName): Promise<void> {
  const isPresent = await loadPresence(context.tx);
  const admins = state.members
    .map(({ accountId }) => accountId)
    .filter((accountId) => accountId !== context.account.accountId && isGroupAdmin(state, accountId, isPresent));
  for (const admin of admins.slice(0, MAX_ASKED_ADMINS)) await askForState(context, state.id, admin, missing);
}

/** Only members are told anything, and those who were removed what they were sent when that happened. */
export async function tellState({ ports, tx }: Context, state: GroupState, whom: AccountId): Promise<void> {
  if (!isIn(state, whom)) return;
  if (!(await isDue(tx, told, `${state.id}/${whom}`, state, ports.clock.now()))) return;
  await enqueueNew(ports, tx, whom, { $case: 'groupUpdate', value: { state: toWire(state) } }, {}, toContext(state));
}

/** Whether an admin should say once more what holds, against this state. */
export function mayReassert({ ports, tx, account }: Context, against: GroupState): Promise<boolean> {
  return isDue(tx, told, `${against.id}/${account.accountId}`, against, ports.clock.now());
}

async function isDue(
  tx: StorageTransaction,
  table: typeof asked,
  key: string,
  { revision, stateId }: StateName,
  now: number,
): Promise<boolean> {
  const what = `${revision}/${stateId}`;
  const stored = await table.get(tx, key);
  const last = stored !== undefined && Math.abs(now - stored.since) < PERIOD_MS ? stored : undefined;
  if (last?.what === what || (last?.count ?? 0) >= MAX_PER_PERIOD) return false;
  await table.put(tx, key, { what, since: last?.since ?? now, count: (last?.count ?? 0) + 1 });
  return true;
}
