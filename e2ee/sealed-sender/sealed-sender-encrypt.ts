// Sealing: version 1 for one recipient, version 2 for many.
import { failure, inAsyncOperation, invalidArgument, LibSignalErrorBase, sessionNotFound } from '../errors.ts';
import type { IdentityKeyPair } from '../keys/identity-key-pair.ts';
import type { PublicKey } from '../keys/public-key.ts';
import { REGISTRATION_ID_MASK } from '../limits.ts';
import type { Bytes } from '../primitives/bytes.ts';
import { type RandomSource, systemRandom } from '../primitives/random.ts';
import { ProtocolAddress } from '../protocol-address.ts';
import type { ServiceId } from '../service-id.ts';
import { signalEncrypt } from '../session/signal-encrypt.ts';
import type { SessionRecord } from '../session/session-record.ts';
import type { IdentityKeyStore, SessionStore } from '../stores.ts';
import { encodeMultiRecipient, type RecipientDevice, type SealedRecipient } from './multi-recipient-message.ts';
import { MESSAGE_KEY_BYTES, sealForRecipient, sealShared, type SharedPart } from './sealed-sender-v2.ts';
import { sealV1 } from './sealed-sender-v1.ts';
import type { SenderCertificate } from './sender-certificate.ts';
import { ContentHint, UnidentifiedSenderMessageContent } from './unidentified-sender-message-content.ts';

/** Encrypts in the session, then seals. */
export async function sealedSenderEncryptMessage(
  message: Bytes,
  address: ProtocolAddress,
  senderCert: SenderCertificate,
  sessionStore: SessionStore,
  identityStore: IdentityKeyStore,
): Promise<Bytes> {
  const localAddress = ProtocolAddress.new(senderCert.senderUuid(), senderCert.senderDeviceId());
  const encrypted = await signalEncrypt(message, address, localAddress, sessionStore, identityStore);
  const content = UnidentifiedSenderMessageContent.new(encrypted, senderCert, ContentHint.Default, null);
  return sealedSenderEncrypt(content, address, identityStore);
}

export function sealedSenderEncrypt(
  content: UnidentifiedSenderMessageContent,
  address: ProtocolAddress,
  identityStore: IdentityKeyStore,
  random: RandomSource = systemRandom,
): Promise<Bytes> {
  return inAsyncOperation('SealedSender_Encrypt', async () => {
    const own = await identityStore.getIdentityKeyPair();
    const recipient = await requireIdentity(identityStore, address, 'sealed_sender_encrypt_from_usmc');
    return sealV1(content, recipient, own, random);
  });
}

export interface SealedSenderMultiRecipientEncryptOptions {
  content: UnidentifiedSenderMessageContent;
  recipients: ProtocolAddress[];
  /** Recipients that the server must not send to, though they are in the group. */
  excludedRecipients?: ServiceId[];
  identityStore: IdentityKeyStore;
  sessionStore: SessionStore;
}

export function sealedSenderMultiRecipientEncrypt(options: SealedSenderMultiRecipientEncryptOptions): Promise<Bytes>;
export function sealedSenderMultiRecipientEncrypt(
  content: UnidentifiedSenderMessageContent,
  recipients: ProtocolAddress[],
  identityStore: IdentityKeyStore,
  sessionStore: SessionStore,
): Promise<Bytes>;
export async function sealedSenderMultiRecipientEncrypt(
  contentOrOptions: UnidentifiedSenderMessageContent | SealedSenderMultiRecipientEncryptOptions,
  recipients?: ProtocolAddress[],
  identityStore?: IdentityKeyStore,
  sessionStore?: SessionStore,
): Promise<Bytes> {
  if (!(contentOrOptions instanceof UnidentifiedSenderMessageContent)) return sealForAll(contentOrOptions);
  if (!recipients || !identityStore || !sessionStore) {
    throw new Error('missing arguments for sealedSenderMultiRecipientEncrypt');
  }
  return sealForAll({ content: contentOrOptions, recipients, identityStore, sessionStore });
}

async function sealForAll(options: SealedSenderMultiRecipientEncryptOptions): Promise<Bytes> {
  const { content, recipients, excludedRecipients = [], identityStore, sessionStore } = options;
  const sessions = await sessionStore.getExistingSessions(recipients);
  return inAsyncOperation('SealedSender_MultiRecipientEncrypt', async () => {
    if (sessions.length !== recipients.length) {
      throw invalidArgument('must have the same number of destination sessions as addresses');
    }
    const own = await identityStore.getIdentityKeyPair();
    const shared = await sealShared(content, systemRandom(MESSAGE_KEY_BYTES));
    const sealed: SealedRecipient[] = [];
    for (const group of groupByName(recipients, sessions)) {
      sealed.push(await sealForAccount(group, shared, own, identityStore));
    }
    return encodeMultiRecipient(sealed, excludedRecipients, shared.ephemeral.publicKey, shared.ciphertext);
  });
}

interface Destination {
  readonly address: ProtocolAddress;
  readonly session: SessionRecord;
}

/** Neighbouring devices of one account share a header. */
function groupByName(recipients: readonly ProtocolAddress[], sessions: readonly SessionRecord[]): Destination[][] {
  const groups: Destination[][] = [];
  for (const [i, session] of sessions.entries()) {
    const address = recipients[i];
    if (address === undefined) continue;
    const last = groups.at(-1);
    if (last?.[0]?.address.name() === address.name()) last.push({ address, session });
    else groups.push([{ address, session }]);
  }
  return groups;
}

async function sealForAccount(
  destinations: readonly Destination[],
  shared: SharedPart,
  own: IdentityKeyPair,
  identityStore: IdentityKeyStore,
): Promise<SealedRecipient> {
  const [first] = destinations;
  if (first === undefined) throw invalidArgument('a recipient without devices');
  const operation = 'sealed_sender_multi_recipient_encrypt_impl';
  const identity = await requireIdentity(identityStore, first.address, operation);
  const serviceId = first.address.serviceId();
  if (serviceId === null) {
    const name = first.address.name();
    throw invalidArgument(`multi-recipient sealed sender requires recipients' ServiceId (not ${name})`);
  }
  return { serviceId, devices: destinations.map(toDevice), header: await sealForRecipient(shared, identity, own) };
}

function toDevice({ address, session }: Destination): RecipientDevice {
  const registrationId = registrationIdOf(address, session);
  if ((registrationId & REGISTRATION_ID_MASK) !== registrationId) {
    const hex = registrationId.toString(16).toUpperCase();
    const message = `session for ${address.toString()} has invalid registration ID ${hex}`;
    throw failure(message, 'InvalidRegistrationId', { _addr: address });
  }
  return { deviceId: address.deviceId(), registrationId };
}

function registrationIdOf(address: ProtocolAddress, session: SessionRecord): number {
  try {
    return session.remoteRegistrationId();
  } catch (error) {
    if (!(error instanceof LibSignalErrorBase)) throw error;
    const reason = `cannot get registration ID from session with ${address.toString()} (maybe it was recently archived)`;
    throw failure(`invalid state for call to sealed_sender_multi_recipient_encrypt to succeed: ${reason}`);
  }
}

async function requireIdentity(
  store: IdentityKeyStore,
  address: ProtocolAddress,
  operation: string,
): Promise<PublicKey> {
  const identity = await store.getIdentity(address);
  if (identity === null) throw sessionNotFound(address, operation);
  return identity;
}
