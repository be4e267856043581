/** What push addresses are sealed with, and the VAPID key. Both are bound to the data key, which all nodes of a team share. */
import type { Config } from '../../config/schema.ts';
import type { Log } from '../observability/log.ts';
import type { PushStore } from './push-store.ts';
import { Seal } from './target-seal.ts';
import { createVapidKey, Vapid } from './vapid.ts';

/** The data directory's key (storage/data-key.ts). */
export interface KeySource {
  readonly id: string;
  derive(purpose: string): Buffer;
}

export interface PushSecrets {
  readonly seal: Seal;
  readonly vapid: Vapid;
}

interface Means {
  readonly store: PushStore;
  readonly dataKey: KeySource;
  readonly config: () => Config;
  readonly clock: { now(): number };
  readonly log: Log;
}

const VAPID_CONTEXT = 'vapid';

/** @returns undefined where other nodes use another key: this one can then neither register nor push. */
export async function openPushSecrets(means: Means): Promise<PushSecrets | undefined> {
  const { store, dataKey, config, clock, log } = means;
  const seal = new Seal(dataKey.derive('push addresses'));
  const contact = config().push.web_push.contact;
  const now = () => clock.now();
  if (!(await isKeyOfTeam(means))) {
    log.error(
      'Another node uses another secret.key, so this one does not push. Copy secret.key from the data directory of that node to this one, and restart',
    );
    return undefined;
  }
  const stored = await store.claimVapid(seal.seal(createVapidKey(), VAPID_CONTEXT));
  const known = seal.open(stored, VAPID_CONTEXT);
  if (known !== undefined) return { seal, vapid: new Vapid(known, contact, now) };
  // From before the data key was lost: subscriptions made for it are sealed with that key, too, and are dropped one by one.
  const made = createVapidKey();
  await store.replaceVapid(seal.seal(made, VAPID_CONTEXT));
  return { seal, vapid: new Vapid(made, contact, now) };
}

async function isKeyOfTeam({ store, dataKey, config, log }: Means): Promise<boolean> {
  if ((await store.claimKeyId(dataKey.id)) === dataKey.id) return true;
  if (config().redis.mode === 'external') return false;
  log.warn('secret.key is not the one that push addresses were sealed with: devices are asked to register again');
  await store.replaceKeyId(dataKey.id);
  return true;
}
