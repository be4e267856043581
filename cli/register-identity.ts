/** What joining and linking have in common on this side: the folder is kept when it holds something that counts. */
import type { Account } from '../client/account/account-record.ts';
import type { VantClient } from '../client/client.ts';
import { discardIdentity, writeCard, type Identity } from './identity-home.ts';
import { withIdentity, type CommonOptions } from './run-command.ts';

export async function registerIdentity(
  options: CommonOptions,
  identity: Identity,
  register: (client: VantClient) => Promise<Account>,
): Promise<Account> {
  const outcome = { isWorthKeeping: false };
  try {
    const account = await withIdentity(options, identity, async (client) => {
      // Killed between the last answer and the end of the command.
      const existing = await client.account();
      if (existing?.isProfilePublished === true) return existing;
      return register(client).finally(async () => {
        // Without an answer the same keys have to be sent again.
        outcome.isWorthKeeping = (await client.hasPendingRegistration()) || (await client.account()) !== undefined;
      });
    });
    writeCard(identity, account);
    return account;
  } catch (error) {
    if (!outcome.isWorthKeeping) discardIdentity(identity);
    throw error;
  }
}
