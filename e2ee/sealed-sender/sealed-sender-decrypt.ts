// Opening what was sealed, and the message inside.
import { failure, inAsyncOperation, invalidMessage, invalidSealedSender } from '../errors.ts';
import type { PublicKey } from '../keys/public-key.ts';
import { CiphertextMessageType } from '../messages/ciphertext-message.ts';
import { PreKeySignalMessage } from '../messages/pre-key-signal-message.ts';
import { SignalMessage } from '../messages/signal-message.ts';
import { type Bytes, copyBytes } from '../primitives/bytes.ts';
import { ProtocolAddress } from '../protocol-address.ts';
import type { Aci } from '../service-id.ts';
import { signalDecrypt } from '../session/signal-decrypt.ts';
import { signalDecryptPreKey } from '../session/signal-decrypt-pre-key.ts';
import type { IdentityKeyStore, KyberPreKeyStore, PreKeyStore, SessionStore, SignedPreKeyStore } from '../stores.ts';
import { openV1 } from './sealed-sender-v1.ts';
import { openV2 } from './sealed-sender-v2.ts';
import type { SenderCertificate } from './sender-certificate.ts';
import type { UnidentifiedSenderMessageContent } from './unidentified-sender-message-content.ts';

export class SealedSenderDecryptionResult {
  readonly #plaintext: Bytes;
  readonly #sender: SenderCertificate;

  private constructor(plaintext: Bytes, sender: SenderCertificate) {
    this.#plaintext = plaintext;
    this.#sender = sender;
  }

  static of(plaintext: Bytes, sender: SenderCertificate): SealedSenderDecryptionResult {
    return new SealedSenderDecryptionResult(plaintext, sender);
  }

  message(): Bytes {
    return copyBytes(this.#plaintext);
  }

  senderE164(): string | null {
    return this.#sender.senderE164();
  }

  senderUuid(): string {
    return this.#sender.senderUuid();
  }

  senderAci(): Aci | null {
    return this.#sender.senderAci();
  }

  deviceId(): number {
    return this.#sender.senderDeviceId();
  }
}

/** Opens the envelope only: neither is the certificate validated nor the message inside decrypted. */
export function sealedSenderDecryptToUsmc(
  message: Uint8Array,
  identityStore: IdentityKeyStore,
): Promise<UnidentifiedSenderMessageContent> {
  const copy = copyBytes(message);
  return inAsyncOperation('SealedSender_DecryptToUsmc', () => open(copy, identityStore));
}

/** @param timestamp the time that the certificate must be valid at, in milliseconds since 1970 */
export function sealedSenderDecryptMessage(
  message: Uint8Array,
  trustRoot: PublicKey,
  timestamp: number,
  localE164: string | null,
  localUuid: string,
  localDeviceId: number,
  sessionStore: SessionStore,
  identityStore: IdentityKeyStore,
  prekeyStore: PreKeyStore,
  signedPrekeyStore: SignedPreKeyStore,
  kyberPrekeyStore: KyberPreKeyStore,
): Promise<SealedSenderDecryptionResult> {
  const copy = copyBytes(message);
  return inAsyncOperation('SealedSender_DecryptMessage', async () => {
    const local = ProtocolAddress.new(localUuid, localDeviceId);
    const content = await open(copy, identityStore);
    const sender = content.senderCertificate();
    if (!(await sender.validateAsync(trustRoot, timestamp))) throw invalidSealedSender('trust root validation failed');
    refuseSelfSend(sender, local, localE164);
    const remote = ProtocolAddress.new(sender.senderUuid(), sender.senderDeviceId());
    const stores = { sessionStore, identityStore, prekeyStore, signedPrekeyStore, kyberPrekeyStore };
    return SealedSenderDecryptionResult.of(await decryptContent(content, remote, local, stores), sender);
  });
}

async function open(message: Bytes, identityStore: IdentityKeyStore): Promise<UnidentifiedSenderMessageContent> {
  const own = await identityStore.getIdentityKeyPair();
  const [versionByte] = message;
  if (versionByte === undefined) throw invalidSealedSender('Message was empty');
  const body = message.subarray(1);
  switch (versionByte >> 4) {
    case 0:
    case 1:
      return openV1(body, own);
    case 2:
      return openV2(body, own);
    default:
      throw failure(`unknown sealed sender message version ${versionByte >> 4}`);
  }
}

/** A message of our own that the server sends back to us would look like another device's. */
function refuseSelfSend(sender: SenderCertificate, local: ProtocolAddress, localE164: string | null): void {
  const isOwnAccount =
    sender.senderUuid() === local.name() || (localE164 !== null && sender.senderE164() === localE164);
  if (isOwnAccount && sender.senderDeviceId() === local.deviceId()) {
    throw failure('self send of a sealed sender message', 'SealedSenderSelfSend');
  }
}

interface AllStores {
  readonly sessionStore: SessionStore;
  readonly identityStore: IdentityKeyStore;
  readonly prekeyStore: PreKeyStore;
  readonly signedPrekeyStore: SignedPreKeyStore;
  readonly kyberPrekeyStore: KyberPreKeyStore;
}

function decryptContent(
  content: UnidentifiedSenderMessageContent,
  remote: ProtocolAddress,
  local: ProtocolAddress,
  stores: AllStores,
): Promise<Bytes> {
  const { sessionStore, identityStore, prekeyStore, signedPrekeyStore, kyberPrekeyStore } = stores;
  switch (content.msgType()) {
    case CiphertextMessageType.Whisper: {
      const message = SignalMessage.deserialize(content.contents());
      return signalDecrypt(message, remote, local, sessionStore, identityStore);
    }
    case CiphertextMessageType.PreKey: {
      const message = PreKeySignalMessage.deserialize(content.contents());
      const preKeyStores = [prekeyStore, signedPrekeyStore, kyberPrekeyStore] as const;
      return signalDecryptPreKey(message, remote, local, sessionStore, identityStore, ...preKeyStores);
    }
    default:
      throw unexpectedType(content.msgType());
  }
}

function unexpectedType(type: number): Error {
  const name = Object.entries(CiphertextMessageType).find(([, number]) => number === type)?.[0] ?? 'Unknown';
  return invalidMessage(name, `unexpected message type for sealed_sender_decrypt: ${name}`);
}
