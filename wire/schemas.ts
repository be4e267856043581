/** JSON shapes of the control plane. Bytes are base64url without padding. */
import { Type, type Static } from 'typebox';
import { MAX_DEVICE_ID, MAX_ONE_TIME_PRE_KEYS, MAX_REGISTRATION_ID } from './limits.ts';

/** Closed objects: a misspelt field is an error, not silence. */
const closed = { additionalProperties: false };

/** Base64url of exactly `bytes` bytes. */
const bytesOf = (bytes: number, description: string) => {
  const length = Math.ceil((bytes * 4) / 3);
  return Type.String({ pattern: '^[A-Za-z0-9_-]*$', minLength: length, maxLength: length, description });
};
/** Base64url of up to `maxBytes` bytes. */
export const blob = (maxBytes: number, description: string) =>
  Type.String({ pattern: '^[A-Za-z0-9_-]*$', minLength: 1, maxLength: Math.ceil((maxBytes * 4) / 3), description });

export const AccountIdSchema = Type.String({
  pattern: '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$',
  description: 'AccountId: UUID in lower case',
});
export const DeviceIdSchema = Type.Integer({ minimum: 1, maximum: MAX_DEVICE_ID, description: 'DeviceId' });
export const SecretSchema = bytesOf(32, '32 random bytes');
export const HashSchema = bytesOf(32, 'SHA-256');
const TimestampSchema = Type.Integer({ minimum: 0, description: 'milliseconds since 1970' });
const KeyIdSchema = Type.Integer({ minimum: 0, maximum: 0xffffff, description: 'key id, chosen by the device' });
const IdentityKeySchema = bytesOf(33, 'IdentityKey: 0x05 and the X25519 public key');
const SignatureSchema = bytesOf(64, 'XEdDSA signature by the identity key over the serialized public key');
const KyberPublicSchema = bytesOf(1569, '0x08 and the Kyber-1024 public key');

export const RoleSchema = Type.Union([Type.Literal('owner'), Type.Literal('admin'), Type.Literal('member')]);
export type Role = Static<typeof RoleSchema>;

export const PreKeySchema = Type.Object({ keyId: KeyIdSchema, publicKey: bytesOf(33, 'X25519 public key') }, closed);
export const SignedPreKeySchema = Type.Object(
  { keyId: KeyIdSchema, publicKey: bytesOf(33, 'X25519 public key'), signature: SignatureSchema },
  closed,
);
export const KyberPreKeySchema = Type.Object(
  { keyId: KeyIdSchema, publicKey: KyberPublicSchema, signature: SignatureSchema },
  closed,
);
export type UploadedPreKey = Static<typeof PreKeySchema>;
export type UploadedSignedPreKey = Static<typeof SignedPreKeySchema>;
export type UploadedKyberPreKey = Static<typeof KyberPreKeySchema>;

const oneTime = <T extends Type.TSchema>(schema: T) => Type.Array(schema, { maxItems: MAX_ONE_TIME_PRE_KEYS });

/** The public half of everything a new device needs before others can write to it. */
export const DeviceRegistrationSchema = Type.Object(
  {
    registrationId: Type.Integer({ minimum: 1, maximum: MAX_REGISTRATION_ID }),
    identityKey: IdentityKeySchema,
    signedPreKey: SignedPreKeySchema,
    lastResortKyberPreKey: KyberPreKeySchema,
    preKeys: oneTime(PreKeySchema),
    kyberPreKeys: oneTime(KyberPreKeySchema),
    name: Type.Optional(blob(512, 'encrypted name of the device')),
  },
  closed,
);
export type DeviceRegistration = Static<typeof DeviceRegistrationSchema>;

export const KeyUploadSchema = Type.Object(
  {
    signedPreKey: Type.Optional(SignedPreKeySchema),
    lastResortKyberPreKey: Type.Optional(KyberPreKeySchema),
    preKeys: Type.Optional(oneTime(PreKeySchema)),
    kyberPreKeys: Type.Optional(oneTime(KyberPreKeySchema)),
  },
  closed,
);
export type KeyUpload = Static<typeof KeyUploadSchema>;

export const KeyCountsSchema = Type.Object({ preKeys: Type.Integer(), kyberPreKeys: Type.Integer() }, closed);
export type KeyCounts = Static<typeof KeyCountsSchema>;

export const PreKeyBundleSchema = Type.Object(
  {
    deviceId: DeviceIdSchema,
    registrationId: Type.Integer(),
    preKey: Type.Optional(PreKeySchema),
    signedPreKey: SignedPreKeySchema,
    kyberPreKey: KyberPreKeySchema,
  },
  closed,
);
export const PreKeyBundlesSchema = Type.Object(
  { identityKey: IdentityKeySchema, devices: Type.Array(PreKeyBundleSchema) },
  closed,
);
export type PreKeyBundles = Static<typeof PreKeyBundlesSchema>;

export const ServerInfoSchema = Type.Object(
  {
    name: Type.Literal('vant'),
    version: Type.String(),
    protocolVersion: Type.Integer(),
    trustRoot: bytesOf(33, 'public key that signs the ServerCertificate of sealed sender'),
    maxContentBytes: Type.Integer(),
    maxTtlSeconds: Type.Integer(),
    maxDevicesPerAccount: Type.Integer(),
  },
  closed,
);
export type ServerInfo = Static<typeof ServerInfoSchema>;

export const RegisteredSchema = Type.Object(
  { accountId: AccountIdSchema, deviceId: DeviceIdSchema, role: RoleSchema },
  closed,
);
export type Registered = Static<typeof RegisteredSchema>;

export const MemberSchema = Type.Object(
  {
    accountId: AccountIdSchema,
    role: RoleSchema,
    createdAt: TimestampSchema,
    profile: Type.Optional(Type.String({ description: 'profile, encrypted under the team key' })),
  },
  closed,
);
export const MembersSchema = Type.Object({ members: Type.Array(MemberSchema) }, closed);
export type Member = Static<typeof MemberSchema>;

export const DeviceSchema = Type.Object(
  {
    deviceId: DeviceIdSchema,
    createdAt: TimestampSchema,
    lastSeenDay: Type.Optional(Type.String({ description: 'day of the last connection, UTC, YYYY-MM-DD' })),
    name: Type.Optional(Type.String({ description: 'encrypted name of the device' })),
  },
  closed,
);
export const DevicesSchema = Type.Object({ devices: Type.Array(DeviceSchema) }, closed);
export type Device = Static<typeof DeviceSchema>;

export const InviteSchema = Type.Object(
  {
    inviteId: HashSchema,
    role: RoleSchema,
    createdAt: TimestampSchema,
    expiresAt: TimestampSchema,
    createdBy: Type.Optional(AccountIdSchema),
  },
  closed,
);
export const InvitesSchema = Type.Object({ invites: Type.Array(InviteSchema) }, closed);
export type Invite = Static<typeof InviteSchema>;

/** Every error of the control plane. `code` is an entry of the error table. */
export const ErrorBodySchema = Type.Object(
  {
    code: Type.String(),
    message: Type.String(),
    remedy: Type.String(),
    detail: Type.Optional(Type.String()),
    retryAfterMs: Type.Optional(Type.Integer()),
    requestId: Type.Optional(Type.String()),
  },
  closed,
);
export type ErrorBody = Static<typeof ErrorBodySchema>;
