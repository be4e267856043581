/** What this account may do, as the directory says it now: the account itself only remembers how it came in. */
import type { Role } from '../../wire/schemas.ts';
import type { AppState } from './app-state.ts';

export function ownRole({ account, members }: AppState): Role {
  const self = account.value;
  return members.value.get(self?.accountId ?? '')?.role ?? self?.role ?? 'member';
}
