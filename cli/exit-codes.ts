/** What a script can tell from the end of a command. Documented in docs/cli.md; a number never changes its meaning. */
export const EXIT = {
  OK: 0,
  ERROR: 1,
  /** The command line makes no sense. */
  USAGE: 2,
  /** There is no identity here, or it must be said which. */
  NOT_JOINED: 3,
  /** The server cannot be reached. A message that was to be sent stays queued. */
  UNREACHABLE: 4,
  /** The server does not accept these credentials any more. */
  REFUSED: 5,
  /** The identity key of a member is not the one that is known. */
  IDENTITY_CHANGED: 6,
  /** It did not happen in the time given. */
  TIMEOUT: 7,
  /** No member has this name, or several have. */
  UNKNOWN_MEMBER: 8,
  /** The message was refused for good. */
  FAILED: 9,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
