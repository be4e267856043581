/** Why a connection will not come back, as the end of a command. */
import { ERRORS } from '../wire/errors.ts';
import { REMEDIES } from '../wire/remedies.ts';
import type { ConnectionState } from '../client/transport/connection-keeper.ts';
import { CommandError } from './command-error.ts';
import { EXIT } from './exit-codes.ts';

export function toStopError(state: ConnectionState): CommandError | undefined {
  if (state.status !== 'stopped' || state.reason === undefined) return undefined;
  const exitCode = state.reason === 'UNAUTHORIZED' ? EXIT.REFUSED : EXIT.ERROR;
  return new CommandError(exitCode, ERRORS[state.reason].message, REMEDIES[state.reason]);
}
