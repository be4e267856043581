/** What can go wrong at a client, apart from what a server answers (VantError in wire/errors.ts). */

const CLIENT_ERRORS = {
  NOT_JOINED: 'This device has not joined a team yet.',
  ALREADY_JOINED: 'This device belongs to a team already.',
  BAD_LINK: 'This is not a complete link.',
  WRONG_SERVER: 'The link belongs to another server.',
  UNREACHABLE: 'The server cannot be reached.',
  BAD_ANSWER: 'The server gave an answer that makes no sense.',
  UNANSWERED: 'The server did not answer in time.',
  STOPPED: 'The client has been closed.',
  TIMEOUT: 'It did not happen in time.',
  IDENTITY_CHANGED: 'The identity key of this member is not the one that is known.',
  NO_PROFILE: 'This member has no profile under the team key, so its identity key cannot be checked.',
  NO_TEAM_KEY: 'The link has no team key, so the names of the members cannot be read.',
  NOT_PRIMARY: 'Only the primary device can do this.',
  UNKNOWN_MEMBER: 'There is no such member.',
  NO_SUCH_CONVERSATION: 'There is no such conversation.',
  NO_SUCH_MESSAGE: 'This message is not there, or was deleted.',
  NOT_ALLOWED: 'This cannot be done.',
  TOO_LATE: 'The message is too old for this.',
  TOO_MANY_EDITS: 'The message has been edited too often.',
  NOT_IN_GROUP: 'This account is not a member of the group.',
  BLOCKED: 'This member is blocked.',
  BAD_BACKUP: 'This is not a complete history of Vant.',
} as const;

export type ClientErrorCode = keyof typeof CLIENT_ERRORS;
export const CLIENT_ERROR_CODES = Object.keys(CLIENT_ERRORS) as readonly ClientErrorCode[];

export class ClientError extends Error {
  override readonly name = 'ClientError';
  readonly code: ClientErrorCode;

  constructor(code: ClientErrorCode, detail?: string, options: { cause?: unknown } = {}) {
    super(detail === undefined ? CLIENT_ERRORS[code] : `${CLIENT_ERRORS[code]} ${detail}`, options);
    this.code = code;
  }
}

/** No answer came: the request may or may not have been carried out. */
export function isUnreachable(error: unknown): boolean {
  return error instanceof ClientError && (error.code === 'UNREACHABLE' || error.code === 'UNANSWERED');
}
