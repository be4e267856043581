/** JSON shapes of the control plane. Bytes are base64url without padding. */
import { array, boolean, integer, object, oneOf, string, type Schema, type Static } from './schema.ts';
import { MAX_DEVICE_ID, MAX_ONE_TIME_PRE_KEYS, MAX_PUSH_ENDPOINT_CHARS, MAX_REGISTRATION_ID } from './limits.ts';

/** Base64url of exactly `bytes` bytes. */
const bytesOf = (bytes: number, description: string) => {
  const length = Math.ceil((bytes * 4) / 3);
  return string({ pattern: '^[A-Za-z0-9_-]*$', minLength: length, maxLength: length, description });
};
/** Base64url of up to `maxBytes` bytes. */
export const blob = (maxBytes: number, description: string) =>
  string({ pattern: '^[A-Za-z0-9_-]*$', minLength: 1, maxLength: Math.ceil((maxBytes * 4) / 3), description });

export const AccountIdSchema = string({
  pattern: '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$',
  description: 'AccountId: UUID in lower case',
});
export const DeviceIdSchema = integer({ minimum: 1, maximum: MAX_DEVICE_ID, description: 'DeviceId' });
export const SecretSchema = bytesOf(32, '32 random bytes');
export const HashSchema = bytesOf(32, 'SHA-256');
export const TimestampSchema = integer({ minimum: 0, description: 'milliseconds since 1970' });
const KeyIdSchema = integer({ minimum: 0, maximum: 0xffffff, description: 'key id, chosen by the device' });
const IdentityKeySchema = bytesOf(33, 'IdentityKey: 0x05 and the X25519 public key');
const SignatureSchema = bytesOf(64, 'XEdDSA signature by the identity key over the serialized public key');
const KyberPublicSchema = bytesOf(1569, '0x08 and the Kyber-1024 public key');

export const RoleSchema = oneOf('owner', 'admin', 'member');
export type Role = Static<typeof RoleSchema>;

export const PreKeySchema = object({ keyId: KeyIdSchema, publicKey: bytesOf(33, 'X25519 public key') });
export const SignedPreKeySchema = object({
  keyId: KeyIdSchema,
  publicKey: bytesOf(33, 'X25519 public key'),
  signature: SignatureSchema,
});
export const KyberPreKeySchema = object({
  keyId: KeyIdSchema,
  publicKey: KyberPublicSchema,
  signature: SignatureSchema,
});
export type UploadedPreKey = Static<typeof PreKeySchema>;
export type UploadedSignedPreKey = Static<typeof SignedPreKeySchema>;
export type UploadedKyberPreKey = Static<typeof KyberPreKeySchema>;

const oneTime = <T>(schema: Schema<T>) => array(schema, { maxItems: MAX_ONE_TIME_PRE_KEYS });

/** The public half of everything a new device needs before others can write to it. */
export const DeviceRegistrationSchema = object(
  {
    registrationId: integer({ minimum: 1, maximum: MAX_REGISTRATION_ID }),
    identityKey: IdentityKeySchema,
    signedPreKey: SignedPreKeySchema,
    lastResortKyberPreKey: KyberPreKeySchema,
    preKeys: oneTime(PreKeySchema),
    kyberPreKeys: oneTime(KyberPreKeySchema),
  },
  { name: blob(512, 'encrypted name of the device') },
);
export type DeviceRegistration = Static<typeof DeviceRegistrationSchema>;

export const KeyUploadSchema = object(
  {},
  {
    signedPreKey: SignedPreKeySchema,
    lastResortKyberPreKey: KyberPreKeySchema,
    preKeys: oneTime(PreKeySchema),
    kyberPreKeys: oneTime(KyberPreKeySchema),
  },
);
export type KeyUpload = Static<typeof KeyUploadSchema>;

export const KeyCountsSchema = object({ preKeys: integer(), kyberPreKeys: integer() });
export type KeyCounts = Static<typeof KeyCountsSchema>;

export const PreKeyBundleSchema = object(
  {
    deviceId: DeviceIdSchema,
    registrationId: integer(),
    signedPreKey: SignedPreKeySchema,
    kyberPreKey: KyberPreKeySchema,
  },
  { preKey: PreKeySchema },
);
export const PreKeyBundlesSchema = object({ identityKey: IdentityKeySchema, devices: array(PreKeyBundleSchema) });
export type PreKeyBundles = Static<typeof PreKeyBundlesSchema>;

export const PUSH_KINDS = ['webPush', 'unifiedPush', 'apns', 'fcm'] as const;
export const PushKindSchema = oneOf(...PUSH_KINDS);
export type PushKind = Static<typeof PushKindSchema>;

/** RFC 8030 and 8291. UnifiedPush connectors make the same. */
const PushSubscriptionSchema = object({
  endpoint: string({
    pattern: '^https://[^\\s#]+$',
    maxLength: MAX_PUSH_ENDPOINT_CHARS,
    description: 'URL to push to',
  }),
  p256dh: bytesOf(65, 'public key of the subscription: an uncompressed point of P-256'),
  auth: bytesOf(16, 'authentication secret of the subscription'),
});
export type PushSubscriptionKeys = Static<typeof PushSubscriptionSchema>;
const ApnsTokenSchema = string({
  pattern: '^([0-9a-f]{2}){32,100}$',
  description: 'APNs device token, hex in lower case',
});

/** Where a device is woken: exactly one of these. */
export const PushAddressSchema = object(
  {},
  {
    webPush: PushSubscriptionSchema,
    unifiedPush: PushSubscriptionSchema,
    apns: object(
      {
        token: ApnsTokenSchema,
        topic: string({ pattern: '^[A-Za-z0-9.-]{1,128}$', description: 'bundle id of the app' }),
      },
      {
        voipToken: ApnsTokenSchema,
        sandbox: boolean({ description: 'the token comes from a development build' }),
      },
    ),
    fcm: object({ token: string({ pattern: '^[A-Za-z0-9_:.%-]{16,4096}$', description: 'FCM registration token' }) }),
  },
  { minProperties: 1, maxProperties: 1 },
);
export type PushAddress = Static<typeof PushAddressSchema>;

/** What the server knows of this device's push address. The address itself is not given back. */
export const PushRegistrationSchema = object(
  {},
  {
    kind: PushKindSchema,
    registeredAt: TimestampSchema,
    addressHash: bytesOf(32, 'SHA-256 of the endpoint or token in UTF-8, to compare with what the device has'),
    dropped: object(
      { at: TimestampSchema, reason: string() },
      {},
      { description: 'the address before was found dead by its provider: register a new one' },
    ),
  },
);
export type PushRegistration = Static<typeof PushRegistrationSchema>;

/** A test wake, step by step in the order in which they were taken. */
export const PushTestSchema = object(
  {
    isAccepted: boolean({ description: 'whether the provider has taken the wake' }),
    steps: array(
      object({
        name: oneOf('address', 'authorize', 'encrypt', 'resolve', 'connect', 'answer'),
        ms: integer({ minimum: 0, description: 'how long this step took' }),
      }),
    ),
  },
  { detail: string({ description: 'what went wrong, or what the provider said' }) },
);
export type PushTest = Static<typeof PushTestSchema>;
export type PushStep = PushTest['steps'][number]['name'];

export const ServerInfoSchema = object({
  name: oneOf('vant'),
  version: string(),
  protocolVersion: integer(),
  trustRoot: bytesOf(33, 'public key that signs the ServerCertificate of sealed sender'),
  maxContentBytes: integer(),
  maxTtlSeconds: integer(),
  maxDevicesPerAccount: integer(),
  maxAttachmentBytes: integer(),
  attachmentTtlSeconds: integer(),
  push: object(
    { kinds: array(PushKindSchema) },
    { vapidPublicKey: bytesOf(65, 'applicationServerKey for Web Push and UnifiedPush (RFC 8292)') },
  ),
  hasEcho: boolean({ description: 'whether test calls are answered' }),
});
export type ServerInfo = Static<typeof ServerInfoSchema>;

export const RegisteredSchema = object({ accountId: AccountIdSchema, deviceId: DeviceIdSchema, role: RoleSchema });
export type Registered = Static<typeof RegisteredSchema>;

export const MemberSchema = object(
  { accountId: AccountIdSchema, role: RoleSchema, createdAt: TimestampSchema },
  { profile: string({ description: 'profile, encrypted under the team key' }) },
);
export const MembersSchema = object(
  { version: string({ description: 'of this list: pass it as `known` the next time' }), members: array(MemberSchema) },
  { isUnchanged: boolean({ description: 'the list is the one of version `known`, and `members` is left empty' }) },
);
export type Members = Static<typeof MembersSchema>;
export type Member = Static<typeof MemberSchema>;

export const DeviceSchema = object(
  { deviceId: DeviceIdSchema, createdAt: TimestampSchema },
  {
    lastSeenDay: string({ description: 'day of the last connection, UTC, YYYY-MM-DD' }),
    name: string({ description: 'encrypted name of the device' }),
  },
);
export const DevicesSchema = object({ devices: array(DeviceSchema) });
export type Device = Static<typeof DeviceSchema>;

export const InviteSchema = object(
  { inviteId: HashSchema, role: RoleSchema, createdAt: TimestampSchema, expiresAt: TimestampSchema },
  {
    createdBy: { ...AccountIdSchema, description: 'who made it; forgotten when it is used' },
    usedBy: { ...AccountIdSchema, description: 'the account that came in by it; absent while it can be redeemed' },
  },
);
export const InvitesSchema = object({ invites: array(InviteSchema) });
export type Invite = Static<typeof InviteSchema>;

export const AttachmentSchema = object({
  attachmentId: { ...SecretSchema, description: '32 random bytes, made by the server: only who was told can fetch it' },
  expiresAt: TimestampSchema,
});
export type StoredAttachment = Static<typeof AttachmentSchema>;
export const TurnCredentialsSchema = object({
  urls: array(string({ description: 'RFC 7065, as RTCIceServer.urls takes them; empty when there is no relay' })),
  username: string({ description: 'RTCIceServer.username: expiry and an id that means nothing elsewhere' }),
  password: string({ description: 'RTCIceServer.credential' }),
  ttlSeconds: integer({ description: 'how long they open new allocations' }),
});
export type TurnCredentials = Static<typeof TurnCredentialsSchema>;

export const EchoSchema = object({
  accountId: { ...AccountIdSchema, description: 'whom to call. It is no member, and gone after the call' },
  identityKey: IdentityKeySchema,
  ttlSeconds: integer({ description: 'after which the call ends by itself' }),
});
export type Echo = Static<typeof EchoSchema>;

/** Every error of the control plane. `code` is an entry of the error table. */
export const ErrorBodySchema = object(
  { code: string(), message: string(), remedy: string() },
  { detail: string(), retryAfterMs: integer(), requestId: string() },
);
export type ErrorBody = Static<typeof ErrorBodySchema>;
