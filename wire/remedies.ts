/** What to do about each error of wire/errors.ts. A file of its own: a browser says it in the language of the person, and need
 * not load this. */
import type { ErrorCode } from './errors.ts';

export const REMEDIES: Readonly<Record<ErrorCode, string>> = {
  BAD_REQUEST: 'Compare it with docs/openapi.json; the detail names the field.',
  INVALID_KEY: 'Upload the serialized form that libsignal gives: type byte and key.',
  INVALID_SIGNATURE: 'Sign the serialized public key with the identity private key.',
  UNAUTHORIZED: 'The device may have been removed: join or link it again.',
  FORBIDDEN: 'Ask an owner or an admin of the team.',
  INVITE_INVALID: 'Ask for a new invite: each one is for one person and for a limited time.',
  LINK_TOKEN_INVALID: 'Start linking again on both devices.',
  NOT_FOUND: 'Check the path, or the account and device in it.',
  TOO_MANY_DEVICES: 'Remove a device first, or ask the admin to raise limits.max_devices_per_account.',
  TEAM_FULL: 'Ask the admin to raise limits.max_accounts.',
  LAST_OWNER: 'Make another member an owner first.',
  CONFLICT: 'Fetch the present state and apply the change to it.',
  CONNECTED_ELSEWHERE: 'Close one of the two programs that use the same device.',
  PAYLOAD_TOO_LARGE: 'Send less at once; Welcome and GET /v1/server tell the limits.',
  MALFORMED_FRAME: 'Compare it with wire/proto/frames.proto and docs/protocol.md.',
  RATE_LIMITED: 'Wait for the time given in Retry-After (HTTP) or retry_after_ms (frames).',
  ECHO_UNAVAILABLE: 'Ask the admin to switch it on: calls.echo.',
  ECHO_BUSY: 'Try again in a minute, or ask the admin to raise calls.echo_max_calls.',
  PUSH_UNAVAILABLE:
    'Choose a kind that GET /v1/server names, or ask the admin to set it up (options under push; vant doctor push).',
  PUSH_ADDRESS_REFUSED:
    'Register an address of a public push service, or ask the admin to allow it (push.allow_private).',
  RANGE_NOT_SATISFIABLE: 'Ask without Range, or for a range within the size that Content-Range gives.',
  QUOTA_EXCEEDED: 'Try again when older ones have expired, or ask the admin to raise attachments.quota_per_account.',
  DISK_FULL: 'Try again later; the admin makes room on the disk of attachments.directory.',
  QUEUE_FULL: 'Try again when the recipient has been online.',
  KEEPALIVE_TIMEOUT: 'Send a Keepalive within the time that Welcome gives, then connect again.',
  SLOW_READER: 'Connect again; everything that was not acknowledged is delivered again.',
  TOO_MANY_CONNECTIONS: 'Try again later, or ask the admin to raise relay.max_connections.',
  DRAINING: 'Connect again after a moment.',
  STORAGE_UNAVAILABLE: 'Try again later; nothing that was accepted is lost. The admin finds the cause in the log.',
  INTERNAL: 'Try again; the admin finds the cause in the log under the request id.',
};
