/** An end of a command that a person can do something about: what is wrong, how to mend it, and the exit code. */
import { VantError } from '../wire/errors.ts';
import { REMEDIES } from '../wire/remedies.ts';
import { ClientError, type ClientErrorCode } from '../client/errors.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';

export class CommandError extends Error {
  override readonly name = 'CommandError';
  readonly exitCode: ExitCode;
  readonly remedy: string | undefined;

  constructor(exitCode: ExitCode, message: string, remedy?: string) {
    super(message);
    this.exitCode = exitCode;
    this.remedy = remedy;
  }
}

const CLIENT_ERRORS: Readonly<Partial<Record<ClientErrorCode, { exitCode: ExitCode; remedy: string }>>> = {
  NOT_JOINED: { exitCode: EXIT.NOT_JOINED, remedy: 'Join with an invite link: vant join LINK --name "Your Name"' },
  ALREADY_JOINED: {
    exitCode: EXIT.USAGE,
    remedy: 'Use another identity for another team: vant join LINK --as OTHER --name "Your Name"',
  },
  BAD_LINK: { exitCode: EXIT.USAGE, remedy: 'Copy the whole link, and put it in single quotes.' },
  WRONG_SERVER: { exitCode: EXIT.USAGE, remedy: 'Show the link with the address of this server on the new device.' },
  UNREACHABLE: { exitCode: EXIT.UNREACHABLE, remedy: 'Check the network and the address, then try again.' },
  UNANSWERED: { exitCode: EXIT.UNREACHABLE, remedy: 'Try again.' },
  BAD_ANSWER: { exitCode: EXIT.ERROR, remedy: 'Check the address.' },
  TIMEOUT: { exitCode: EXIT.TIMEOUT, remedy: 'Try again.' },
  IDENTITY_CHANGED: {
    exitCode: EXIT.IDENTITY_CHANGED,
    remedy: 'Ask this member in person; if it is right, run: vant members accept NAME',
  },
  NO_PROFILE: { exitCode: EXIT.IDENTITY_CHANGED, remedy: 'Ask this member to connect once with a current client.' },
  NO_TEAM_KEY: { exitCode: EXIT.ERROR, remedy: 'Ask for a new invite, and use the whole link.' },
  NOT_PRIMARY: { exitCode: EXIT.ERROR, remedy: 'Run this where you joined.' },
  UNKNOWN_MEMBER: { exitCode: EXIT.UNKNOWN_MEMBER, remedy: 'vant members lists them.' },
};

/** Undefined for what nobody expected. */
export function toCommandError(error: unknown): CommandError | undefined {
  if (error instanceof CommandError) return error;
  if (error instanceof ClientError) {
    const entry = CLIENT_ERRORS[error.code];
    return new CommandError(entry?.exitCode ?? EXIT.ERROR, error.message, entry?.remedy);
  }
  if (error instanceof VantError) return fromVantError(error);
  return undefined;
}

function fromVantError(error: VantError): CommandError {
  const exitCode = error.code === 'UNAUTHORIZED' ? EXIT.REFUSED : error.isRetryable ? EXIT.UNREACHABLE : EXIT.ERROR;
  return new CommandError(exitCode, error.message, REMEDIES[error.code]);
}
