/** From a delivered envelope to what is in it. Runs inside the transaction that stores the outcome. */
import type * as Libsignal from '@signalapp/libsignal-client';
import { Content } from '../../wire/generated/content.ts';
import { EnvelopeType, type Envelope } from '../../wire/generated/frames.ts';
import { isAccountId, isDeviceId, type AccountId, type DeviceId } from '../../wire/ids.ts';
import { encodeHex } from '../../wire/encoding.ts';
import type { Account } from '../account/account-record.ts';
import { copyBytes, equalBytes } from '../bytes.ts';
import { isGuest } from '../directory/guests.ts';
import { isBlocked } from '../directory/member-settings.ts';
import { judgeIdentity, type JudgeIdentity, type Trust } from '../directory/trust.ts';
import type { SignalLibrary, StorageTransaction } from '../ports.ts';
import { throwStorageFailure } from '../storage/store.ts';
import type { KnownCertificates } from './known-certificates.ts';
import { unpad } from './padding.ts';
import { hasSeen } from './seen-ids.ts';
import { CIPHERTEXT_TYPE } from './signal-errors.ts';
import { createSignalStores, type SignalStores } from './signal-stores.ts';

export interface Sender {
  readonly accountId: AccountId;
  readonly deviceId: DeviceId;
}

export type Opened =
  | {
      readonly kind: 'content';
      readonly sender: Sender;
      readonly content: Content;
      /** What `content` was decoded from. */
      readonly bytes: Uint8Array;
      /** This account wants nothing from them: it is decrypted, so that the session stays whole, and dropped. */
      readonly isBlocked: boolean;
      /** No member, but the other end of a test call. */
      readonly isGuest: boolean;
    }
  | { readonly kind: 'retry-request'; readonly sender: Sender; readonly request: Libsignal.DecryptionErrorMessage }
  | { readonly kind: 'duplicate' }
  /** Nobody can ever make sense of it. */
  | { readonly kind: 'rejected'; readonly reason: string; readonly sender?: Sender }
  /** It cannot be said yet whether it comes from whom it says. */
  | { readonly kind: 'untrusted'; readonly sender: Sender; readonly trust: Exclude<Trust, 'trusted'> };

/** The session cannot read it; whoever sent it can be asked to send it again. */
export class UnreadableMessage extends Error {
  override readonly name = 'UnreadableMessage';
  readonly sender: Sender;
  readonly usmc: Libsignal.UnidentifiedSenderMessageContent;

  constructor(sender: Sender, usmc: Libsignal.UnidentifiedSenderMessageContent, cause: unknown) {
    super('a message could not be decrypted', { cause });
    this.sender = sender;
    this.usmc = usmc;
  }
}

/** @throws UnreadableMessage, and what the store throws. */
export async function openEnvelope(
  signal: SignalLibrary,
  tx: StorageTransaction,
  account: Account,
  certificates: KnownCertificates,
  envelope: Envelope,
  judge: JudgeIdentity = judgeIdentity,
): Promise<Opened> {
  if (envelope.type !== EnvelopeType.UNIDENTIFIED_SENDER) return { kind: 'rejected', reason: 'envelope type' };
  const stores = createSignalStores(signal, tx, account, judge);
  const usmc = await unseal(signal, tx, stores, envelope);
  if (usmc === undefined) return { kind: 'rejected', reason: 'sealed sender' };
  const certificate = usmc.senderCertificate();
  // The relay's time of acceptance: a certificate may well expire while its message waits in the queue.
  if (!certificates.isValid(certificate, envelope.serverTimestamp)) return { kind: 'rejected', reason: 'certificate' };
  const sender = senderOf(certificate);
  if (sender === undefined) return { kind: 'rejected', reason: 'sender' };
  if (sender.accountId === account.accountId && sender.deviceId === account.deviceId) {
    return { kind: 'rejected', reason: 'own device' };
  }
  if (await hasSeen(tx, sender.accountId, encodeHex(envelope.messageId))) return { kind: 'duplicate' };
  const trust = await judge(tx, account, sender.accountId, certificate.key().serialize());
  if (trust !== 'trusted') return { kind: 'untrusted', sender, trust };
  if (usmc.msgType() === CIPHERTEXT_TYPE.PLAINTEXT) return openRetryRequest(signal, sender, usmc);
  return decrypt(signal, tx, account, stores, { sender, usmc, envelope });
}

async function unseal(
  signal: SignalLibrary,
  tx: StorageTransaction,
  stores: SignalStores,
  envelope: Envelope,
): Promise<Libsignal.UnidentifiedSenderMessageContent | undefined> {
  try {
    return await signal.sealedSenderDecryptToUsmc(copyBytes(envelope.content), stores.identity);
  } catch {
    throwStorageFailure(tx);
    return undefined;
  }
}

function senderOf(certificate: Libsignal.SenderCertificate): Sender | undefined {
  const accountId = certificate.senderUuid();
  const deviceId = certificate.senderDeviceId();
  return isAccountId(accountId) && isDeviceId(deviceId) ? { accountId, deviceId } : undefined;
}

function openRetryRequest(
  signal: SignalLibrary,
  sender: Sender,
  usmc: Libsignal.UnidentifiedSenderMessageContent,
): Opened {
  try {
    const body = signal.PlaintextContent.deserialize(copyBytes(usmc.contents())).body();
    const request = signal.DecryptionErrorMessage.extractFromSerializedBody(copyBytes(body));
    return { kind: 'retry-request', sender, request };
  } catch {
    return { kind: 'rejected', reason: 'plaintext content' };
  }
}

async function decrypt(
  signal: SignalLibrary,
  tx: StorageTransaction,
  account: Account,
  stores: SignalStores,
  { sender, usmc, envelope }: { sender: Sender; usmc: Libsignal.UnidentifiedSenderMessageContent; envelope: Envelope },
): Promise<Opened> {
  let plaintext: Uint8Array;
  try {
    plaintext = await decryptBody(signal, account, stores, sender, usmc);
  } catch (error) {
    throwStorageFailure(tx);
    // Its message id was not seen before, so it is not the same message again: its sender has gone back to an old state,
    // and uses message keys a second time. That is a broken session like any other.
    throw new UnreadableMessage(sender, usmc, error);
  }
  let content: Content;
  let bytes: Uint8Array;
  try {
    bytes = unpad(plaintext);
    content = Content.decode(bytes);
  } catch {
    return { kind: 'rejected', reason: 'content', sender };
  }
  // Otherwise the relay could swap ids, and have one message dropped as the duplicate of another.
  const isConsistent =
    equalBytes(content.messageId, envelope.messageId) && content.timestamp === envelope.clientTimestamp;
  if (!isConsistent) return { kind: 'rejected', reason: 'message id', sender };
  const isFromGuest = await isGuest(tx, sender.accountId);
  if (isFromGuest && content.body?.$case !== 'call') return { kind: 'rejected', reason: 'guest', sender };
  return {
    ...{ kind: 'content', sender, content, bytes },
    isBlocked: await isBlocked(tx, sender.accountId),
    isGuest: isFromGuest,
  };
}

async function decryptBody(
  signal: SignalLibrary,
  account: Account,
  stores: SignalStores,
  sender: Sender,
  usmc: Libsignal.UnidentifiedSenderMessageContent,
): Promise<Uint8Array> {
  const remote = signal.ProtocolAddress.new(sender.accountId, sender.deviceId);
  const local = signal.ProtocolAddress.new(account.accountId, account.deviceId);
  const bytes = copyBytes(usmc.contents());
  if (usmc.msgType() === CIPHERTEXT_TYPE.PRE_KEY) {
    return signal.signalDecryptPreKey(
      signal.PreKeySignalMessage.deserialize(bytes),
      remote,
      local,
      stores.session,
      stores.identity,
      stores.preKey,
      stores.signedPreKey,
      stores.kyberPreKey,
    );
  }
  const message = signal.SignalMessage.deserialize(bytes);
  return signal.signalDecrypt(message, remote, local, stores.session, stores.identity);
}
