/** Before anything else is written: which form has what is stored, and is it ours? */
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { RedisConnection } from '../connection.ts';
import type { StorageKeys } from '../keys.ts';
import type { Log } from '../options.ts';
import { loadScript } from '../script.ts';
import { StorageSetupError } from '../storage-setup-error.ts';
import { FIRST_FORM, MIGRATIONS, type Migration } from './migrations.ts';

interface Means {
  readonly redis: RedisConnection;
  readonly keys: StorageKeys;
  /** Of this program. */
  readonly version: string;
  readonly log: Log;
  readonly migrations?: readonly Migration[];
  /** How long a node that died in the middle holds up the others. */
  readonly lockMs?: number;
}

/** What is noted beside the data: in a hash in Redis, in a file in the data directory. */
export interface FormNote {
  readonly form: number;
  /** The version of Vant that has written it. */
  readonly writtenBy: string;
}

const RENEW_LEASE = loadScript('renew-lease');
const RELEASE_LEASE = loadScript('release-lease');
const LOCK_MS = 10_000;
const LOOK_AGAIN_MS = 200;

/** Runs what is missing, one node at a time. The new form is noted after each step: who is killed in between begins with that step.
 * @throws StorageSetupError when the data are of a newer Vant: they are then as they were. */
export async function bringUpToDate(means: Means): Promise<void> {
  const migrations = means.migrations ?? MIGRATIONS;
  const current = migrations.at(-1)?.to ?? FIRST_FORM;
  for (;;) {
    const note = await readNote(means);
    if (note !== undefined) refuseNewer(note, current, means.version, 'The data in Redis');
    if (note?.form === current) return;
    if (await tryMigrating(means, migrations, current)) return;
    // Another node is at it.
    await delay(LOOK_AGAIN_MS);
  }
}

export function refuseNewer(note: FormNote, current: number, version: string, what: string): void {
  if (note.form <= current) return;
  throw new StorageSetupError(
    `${what} have form ${note.form}, written by Vant ${note.writtenBy}; this is Vant ${version}, which knows forms up to ${current} ` +
      'and has changed nothing. Start the newer version again, or restore a backup from before the upgrade (vant restore).',
  );
}

/** @returns false when another node has the lock */
async function tryMigrating(means: Means, migrations: readonly Migration[], current: number): Promise<boolean> {
  const { redis, keys, log, lockMs = LOCK_MS } = means;
  const owner = randomUUID();
  const hold = () => redis.evaluate(RENEW_LEASE, [keys.formLock], [owner, `${lockMs}`]);
  if ((await hold()) === 0) return false;
  // Should the renewal fail, so will the migration.
  const renewal = setInterval(() => void hold().catch(() => undefined), lockMs / 3);
  try {
    // Looked at under the lock: another node may have been through in between.
    const from = (await readNote(means))?.form ?? FIRST_FORM;
    for (const migration of migrations.filter(({ to }) => to > from)) {
      log('info', `The stored data are brought to form ${migration.to}: ${migration.what}`);
      await migration.run(redis, keys);
      await writeNote(means, migration.to);
    }
    if (migrations.every(({ to }) => to <= from)) await writeNote(means, Math.max(from, current));
    return true;
  } finally {
    clearInterval(renewal);
    await redis.evaluate(RELEASE_LEASE, [keys.formLock], [owner]).catch(() => undefined);
  }
}

/** Undefined: new, or from before it was noted. Both have the first form. */
async function readNote({ redis, keys }: Means): Promise<FormNote | undefined> {
  const fields = ['form', 'writtenBy'];
  const [form, writtenBy] = (await redis.execute(keys.form, ['HMGET', keys.form, ...fields])) as (Buffer | null)[];
  return form === null || form === undefined
    ? undefined
    : { form: Number(form.toString()), writtenBy: writtenBy?.toString() ?? 'of unknown version' };
}

async function writeNote({ redis, keys, version }: Means, form: number): Promise<void> {
  await redis.execute(keys.form, ['HSET', keys.form, 'form', `${form}`, 'writtenBy', version]);
}
