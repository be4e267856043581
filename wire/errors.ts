/** The one table of errors between client and server. docs/errors.md is made from it and from remedies.ts; a code never
 * changes its meaning. */

interface ErrorEntry {
  /** HTTP status of the control plane. */
  readonly status: number;
  /** WebSocket close code, where the error ends a connection (RFC 6455, section 7.4). */
  readonly closeCode?: number;
  /** Whether the same request can succeed later without a change. */
  readonly retryable: boolean;
  /** What is wrong, for a person. */
  readonly message: string;
}

const defineErrors = <T extends Record<string, ErrorEntry>>(table: T): { readonly [K in keyof T]: ErrorEntry } => table;

export const ERRORS = defineErrors({
  BAD_REQUEST: {
    status: 400,
    retryable: false,
    message: 'The request does not match the schema of this route.',
  },
  INVALID_KEY: {
    status: 400,
    retryable: false,
    message: 'A public key does not parse.',
  },
  INVALID_SIGNATURE: {
    status: 400,
    retryable: false,
    message: 'A prekey is not signed by the identity key of the account.',
  },
  UNAUTHORIZED: {
    status: 401,
    closeCode: 4401,
    retryable: false,
    message: 'The credentials are missing or no longer valid.',
  },
  FORBIDDEN: {
    status: 403,
    retryable: false,
    message: 'The role of this account does not allow that.',
  },
  INVITE_INVALID: {
    status: 403,
    retryable: false,
    message: 'The invite is unknown, expired, revoked or already used.',
  },
  LINK_TOKEN_INVALID: {
    status: 403,
    retryable: false,
    message: 'The link token is unknown, expired or already used.',
  },
  NOT_FOUND: {
    status: 404,
    retryable: false,
    message: 'There is nothing at this address.',
  },
  TOO_MANY_DEVICES: {
    status: 409,
    retryable: false,
    message: 'The account has as many devices as the server allows.',
  },
  TEAM_FULL: {
    status: 409,
    retryable: false,
    message: 'The team has as many members as the server allows.',
  },
  LAST_OWNER: {
    status: 409,
    retryable: false,
    message: 'A team needs an owner, and this is the last one.',
  },
  CONFLICT: {
    status: 409,
    retryable: false,
    message: 'Something newer is stored already.',
  },
  CONNECTED_ELSEWHERE: {
    status: 409,
    closeCode: 4409,
    retryable: false,
    message: 'This device has opened a newer connection.',
  },
  PAYLOAD_TOO_LARGE: {
    status: 413,
    closeCode: 1009,
    retryable: false,
    message: 'The request, frame or envelope is larger than the server accepts.',
  },
  MALFORMED_FRAME: {
    status: 422,
    closeCode: 4400,
    retryable: false,
    message: 'A frame does not parse, or is not allowed at this point.',
  },
  RATE_LIMITED: {
    status: 429,
    closeCode: 4429,
    retryable: true,
    message: 'Too many requests.',
  },
  ECHO_UNAVAILABLE: {
    status: 501,
    retryable: false,
    message: 'This server answers no test calls.',
  },
  ECHO_BUSY: {
    status: 503,
    retryable: true,
    message: 'The server answers as many test calls as it allows.',
  },
  PUSH_UNAVAILABLE: {
    status: 501,
    retryable: false,
    message: 'This server does not push over this provider.',
  },
  PUSH_ADDRESS_REFUSED: {
    status: 422,
    retryable: false,
    message: 'The server does not push to this address.',
  },
  RANGE_NOT_SATISFIABLE: {
    status: 416,
    retryable: false,
    message: 'The attachment is shorter than the range that was asked for.',
  },
  QUOTA_EXCEEDED: {
    status: 507,
    retryable: true,
    message: 'The attachments of this account take as much as the server allows.',
  },
  DISK_FULL: {
    status: 507,
    retryable: true,
    message: 'The server has no room for attachments.',
  },
  QUEUE_FULL: {
    status: 507,
    retryable: true,
    message: 'The message queue of a recipient device is full.',
  },
  KEEPALIVE_TIMEOUT: {
    status: 408,
    closeCode: 4408,
    retryable: true,
    message: 'Nothing came from the device for too long.',
  },
  SLOW_READER: {
    status: 408,
    closeCode: 4410,
    retryable: true,
    message: 'The device does not read what is delivered to it.',
  },
  TOO_MANY_CONNECTIONS: {
    status: 503,
    closeCode: 1013,
    retryable: true,
    message: 'The server has as many connections as it allows.',
  },
  DRAINING: {
    status: 503,
    closeCode: 1012,
    retryable: true,
    message: 'This server stops or restarts.',
  },
  STORAGE_UNAVAILABLE: {
    status: 503,
    closeCode: 1013,
    retryable: true,
    message: 'The message store does not answer, or cannot store more.',
  },
  INTERNAL: {
    status: 500,
    closeCode: 1011,
    retryable: true,
    message: 'The server made a mistake.',
  },
});

export type ErrorCode = keyof typeof ERRORS;

export function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(ERRORS, code);
}

/** An error of the table, thrown on either side. `detail` says where, and never holds content, keys or tokens. */
export class VantError extends Error {
  override readonly name = 'VantError';
  readonly code: ErrorCode;
  readonly detail: string | undefined;
  readonly retryAfterMs: number | undefined;

  constructor(code: ErrorCode, detail?: string, options: { retryAfterMs?: number; cause?: unknown } = {}) {
    super(detail === undefined ? ERRORS[code].message : `${ERRORS[code].message} ${detail}`, { cause: options.cause });
    this.code = code;
    this.detail = detail;
    this.retryAfterMs = options.retryAfterMs;
  }

  get isRetryable(): boolean {
    return ERRORS[this.code].retryable;
  }
}
