/** The one table of errors between client and server. docs/errors.md is made from it; a code never changes its meaning. */

interface ErrorEntry {
  /** HTTP status of the control plane. */
  readonly status: number;
  /** WebSocket close code, where the error ends a connection (RFC 6455, section 7.4). */
  readonly closeCode?: number;
  /** Whether the same request can succeed later without a change. */
  readonly retryable: boolean;
  /** What is wrong, for a person. */
  readonly message: string;
  /** What to do about it. */
  readonly remedy: string;
}

const defineErrors = <T extends Record<string, ErrorEntry>>(table: T): { readonly [K in keyof T]: ErrorEntry } => table;

export const ERRORS = defineErrors({
  BAD_REQUEST: {
    status: 400,
    retryable: false,
    message: 'The request does not match the schema of this route.',
    remedy: 'Compare it with docs/openapi.json; the detail names the field.',
  },
  INVALID_KEY: {
    status: 400,
    retryable: false,
    message: 'A public key does not parse.',
    remedy: 'Upload the serialized form that libsignal gives: type byte and key.',
  },
  INVALID_SIGNATURE: {
    status: 400,
    retryable: false,
    message: 'A prekey is not signed by the identity key of the account.',
    remedy: 'Sign the serialized public key with the identity private key.',
  },
  UNAUTHORIZED: {
    status: 401,
    closeCode: 4401,
    retryable: false,
    message: 'The credentials are missing or no longer valid.',
    remedy: 'The device may have been removed: join or link it again.',
  },
  FORBIDDEN: {
    status: 403,
    retryable: false,
    message: 'The role of this account does not allow that.',
    remedy: 'Ask an owner or an admin of the team.',
  },
  INVITE_INVALID: {
    status: 403,
    retryable: false,
    message: 'The invite is unknown, expired, revoked or already used.',
    remedy: 'Ask for a new invite: each one is for one person and for a limited time.',
  },
  LINK_TOKEN_INVALID: {
    status: 403,
    retryable: false,
    message: 'The link token is unknown, expired or already used.',
    remedy: 'Start linking again on both devices.',
  },
  NOT_FOUND: {
    status: 404,
    retryable: false,
    message: 'There is nothing at this address.',
    remedy: 'Check the path, or the account and device in it.',
  },
  TOO_MANY_DEVICES: {
    status: 409,
    retryable: false,
    message: 'The account has as many devices as the server allows.',
    remedy: 'Remove a device first, or ask the admin to raise limits.max_devices_per_account.',
  },
  TEAM_FULL: {
    status: 409,
    retryable: false,
    message: 'The team has as many members as the server allows.',
    remedy: 'Ask the admin to raise limits.max_accounts.',
  },
  LAST_OWNER: {
    status: 409,
    retryable: false,
    message: 'A team needs an owner, and this is the last one.',
    remedy: 'Make another member an owner first.',
  },
  CONFLICT: {
    status: 409,
    retryable: false,
    message: 'Something newer is stored already.',
    remedy: 'Fetch the present state and apply the change to it.',
  },
  CONNECTED_ELSEWHERE: {
    status: 409,
    closeCode: 4409,
    retryable: false,
    message: 'This device has opened a newer connection.',
    remedy: 'Close one of the two programs that use the same device.',
  },
  PAYLOAD_TOO_LARGE: {
    status: 413,
    closeCode: 1009,
    retryable: false,
    message: 'The request, frame or envelope is larger than the server accepts.',
    remedy: 'Send less at once; Welcome and GET /v1/server tell the limits.',
  },
  MALFORMED_FRAME: {
    status: 422,
    closeCode: 4400,
    retryable: false,
    message: 'A frame does not parse, or is not allowed at this point.',
    remedy: 'Compare it with wire/proto/frames.proto and docs/protocol.md.',
  },
  RATE_LIMITED: {
    status: 429,
    closeCode: 4429,
    retryable: true,
    message: 'Too many requests.',
    remedy: 'Wait for the time given in Retry-After (HTTP) or retry_after_ms (frames).',
  },
  PUSH_UNAVAILABLE: {
    status: 501,
    retryable: false,
    message: 'This server does not push over this provider.',
    remedy:
      'Choose a kind that GET /v1/server names, or ask the admin to set it up (options under push; vant doctor push).',
  },
  PUSH_ADDRESS_REFUSED: {
    status: 422,
    retryable: false,
    message: 'The server does not push to this address.',
    remedy: 'Register an address of a public push service, or ask the admin to allow it (push.allow_private).',
  },
  RANGE_NOT_SATISFIABLE: {
    status: 416,
    retryable: false,
    message: 'The attachment is shorter than the range that was asked for.',
    remedy: 'Ask without Range, or for a range within the size that Content-Range gives.',
  },
  QUOTA_EXCEEDED: {
    status: 507,
    retryable: true,
    message: 'The attachments of this account take as much as the server allows.',
    remedy: 'Try again when older ones have expired, or ask the admin to raise attachments.quota_per_account.',
  },
  DISK_FULL: {
    status: 507,
    retryable: true,
    message: 'The server has no room for attachments.',
    remedy: 'Try again later; the admin makes room on the disk of attachments.directory.',
  },
  QUEUE_FULL: {
    status: 507,
    retryable: true,
    message: 'The message queue of a recipient device is full.',
    remedy: 'Try again when the recipient has been online.',
  },
  KEEPALIVE_TIMEOUT: {
    status: 408,
    closeCode: 4408,
    retryable: true,
    message: 'Nothing came from the device for too long.',
    remedy: 'Send a Keepalive within the time that Welcome gives, then connect again.',
  },
  SLOW_READER: {
    status: 408,
    closeCode: 4410,
    retryable: true,
    message: 'The device does not read what is delivered to it.',
    remedy: 'Connect again; everything that was not acknowledged is delivered again.',
  },
  TOO_MANY_CONNECTIONS: {
    status: 503,
    closeCode: 1013,
    retryable: true,
    message: 'The server has as many connections as it allows.',
    remedy: 'Try again later, or ask the admin to raise relay.max_connections.',
  },
  DRAINING: {
    status: 503,
    closeCode: 1012,
    retryable: true,
    message: 'This server stops or restarts.',
    remedy: 'Connect again after a moment.',
  },
  STORAGE_UNAVAILABLE: {
    status: 503,
    closeCode: 1013,
    retryable: true,
    message: 'The message store does not answer, or cannot store more.',
    remedy: 'Try again later; nothing that was accepted is lost. The admin finds the cause in the log.',
  },
  INTERNAL: {
    status: 500,
    closeCode: 1011,
    retryable: true,
    message: 'The server made a mistake.',
    remedy: 'Try again; the admin finds the cause in the log under the request id.',
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
