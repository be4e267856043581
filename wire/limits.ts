/** Limits that are part of the protocol: client and server hold to them without asking. Limits that an admin may
 * change are options (config/schema.ts), and the relay tells them in `Welcome` and `GET /v1/server`. */

/** Version in the path (`/v1`) and in the WebSocket subprotocol. */
export const PROTOCOL_VERSION = 1;
export const WEBSOCKET_SUBPROTOCOL = 'vant.v1';
/** A browser cannot set headers on a WebSocket: the credentials travel as a second subprotocol with this prefix. */
export const WEBSOCKET_BEARER_PREFIX = 'bearer.';

/** One-time prekeys of one kind in one upload, and the most that the server keeps of one kind for a device. */
export const MAX_ONE_TIME_PRE_KEYS = 100;
/** Below this the relay sends PreKeysLow. */
export const LOW_ONE_TIME_PRE_KEYS = 20;
/** Bytes of an encrypted profile: name, a sentence and a small avatar. */
export const MAX_PROFILE_BYTES = 128 * 1024;
export const MAX_DEVICE_NAME_BYTES = 512;
export const MAX_PROVISION_ENVELOPE_BYTES = 4 * 1024;
/** Push services hand out endpoints of 150 to 700 characters. */
export const MAX_PUSH_ENDPOINT_CHARS = 2048;
/** Random bytes of a device secret, an invite token, a link token and a provisioning address. */
export const SECRET_BYTES = 32;
/** libsignal's bound. */
export const MAX_DEVICE_ID = 127;
/** Registration ids have 14 bits: sealed sender v2 packs them beside two flags. */
export const MAX_REGISTRATION_ID = 0x3fff;
/** Length of a message id: enough random bits that two senders never choose the same. */
export const MESSAGE_ID_BYTES = 16;
