/** Why a connection will not come back, as the end of a command. */
import { ERRORS } from '../wire/errors.ts';
import type { ConnectionState } from '../client/transport/connection-keeper.ts';
import { CommandError } from './command-error.ts';
import { EXIT } from './exit-codes.ts';

export function toStopError(state: ConnectionState): CommandError | undefined {
  if (state.status !== 'stopped' || state.reason === undefined) return undefined;
  const { message, remedy } = ERRORS[state.reason];
  return new CommandError(state.reason === 'UNAUTHORIZED' ? EXIT.REFUSED : EXIT.ERROR, message, remedy);
}
