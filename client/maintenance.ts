/** What has to be done from time to time: forget what has expired, renew keys, publish the profile. */
import { loadAccount, type Account } from './account/account-record.ts';
import { purgeEarly } from './conversations/early.ts';
import { rotateKeys } from './devices/prekey-upkeep.ts';
import { purgeWaiting } from './groups/waiting.ts';
import { purgeRequests } from './messaging/healing.ts';
import { purgeSeenIds, SEEN_MS } from './messaging/seen-ids.ts';
import { purgeSentLog } from './messaging/sent-log.ts';
import type { ClientPorts } from './ports.ts';
import type { Api } from './transport/api.ts';

export const MAINTENANCE_MS = 60 * 60 * 1000;

export async function maintain(ports: ClientPorts, api: Api, account: Account): Promise<void> {
  const stored = (await ports.storage.transaction((tx) => loadAccount(tx))) ?? account;
  if (!stored.isProfilePublished) {
    const { publishProfile } = await import('./account/register.ts');
    await publishProfile(ports, stored);
  }
  await rotateKeys(ports, api, account);
  const now = ports.clock.now();
  await ports.storage.transaction(async (tx) => {
    await purgeSeenIds(tx, now);
    await purgeSentLog(tx, now);
    await purgeRequests(tx, now);
    await purgeEarly(tx, now - SEEN_MS);
    await purgeWaiting(tx, now - SEEN_MS);
  });
}
