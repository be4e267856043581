// Sealed sender, version 2: one ciphertext for many recipients, each with a small header of its own (Barnes's construction:
// the ephemeral key is derived from the message key, so a recipient can check that all got the same).
import { invalidProtobuf, invalidSealedSender } from '../errors.ts';
import type { IdentityKeyPair } from '../keys/identity-key-pair.ts';
import { agreeRaw } from '../keys/private-key.ts';
import { PublicKey } from '../keys/public-key.ts';
import { openAesGcmSiv, sealAesGcmSiv } from '../primitives/aes.ts';
import { type Bytes, concatBytes, EMPTY, equalBytes, xorBytes } from '../primitives/bytes.ts';
import { hkdf } from '../primitives/hkdf.ts';
import { encodeUtf8 } from '../primitives/utf8.ts';
import { deriveKeyPair, type X25519KeyPair } from '../primitives/x25519.ts';
import { UnidentifiedSenderMessageContent } from './unidentified-sender-message-content.ts';

export const MESSAGE_KEY_BYTES = 32;
export const AUTH_TAG_BYTES = 16;
export const RAW_KEY_BYTES = 32;

const LABEL_R = encodeUtf8('Sealed Sender v2: r (2023-08)');
const LABEL_K = encodeUtf8('Sealed Sender v2: K');
const LABEL_DH = encodeUtf8('Sealed Sender v2: DH');
const LABEL_DH_SENDER = encodeUtf8('Sealed Sender v2: DH-sender');
/** Each key encrypts once. */
const NONCE = new Uint8Array(12);

export interface SharedPart {
  readonly messageKey: Bytes;
  readonly ephemeral: X25519KeyPair;
  readonly ciphertext: Bytes;
}

/** What is the same for all recipients. @param messageKey 32 fresh random bytes */
export async function sealShared(content: UnidentifiedSenderMessageContent, messageKey: Bytes): Promise<SharedPart> {
  const ephemeral = await deriveEphemeral(messageKey);
  const ciphertext = sealAesGcmSiv(deriveCipherKey(messageKey), NONCE, content.serialize(), EMPTY);
  return { messageKey, ephemeral, ciphertext };
}

/** What one recipient needs: the message key, encrypted, and proof of who sent it. */
export async function sealForRecipient(shared: SharedPart, recipient: PublicKey, own: IdentityKeyPair): Promise<Bytes> {
  const ephemeralPublic = PublicKey.fromRaw(shared.ephemeral.publicKey);
  const mask = await deriveMask(shared.ephemeral.privateKey, recipient, ephemeralPublic, recipient);
  const encryptedKey = xorBytes(shared.messageKey, mask);
  const identities = { sender: own.publicKey, recipient };
  const tag = await computeTag(own.privateKey.serialize(), recipient, ephemeralPublic, encryptedKey, identities);
  return concatBytes(encryptedKey, tag);
}

/** @param data without the version byte: encrypted key, tag, ephemeral key, ciphertext */
export async function openV2(data: Bytes, own: IdentityKeyPair): Promise<UnidentifiedSenderMessageContent> {
  const { encryptedKey, tag, ephemeralRaw, ciphertext } = split(data);
  const ephemeralPublic = PublicKey.fromRaw(ephemeralRaw);
  const privateKey = own.privateKey.serialize();
  const mask = await deriveMask(privateKey, ephemeralPublic, ephemeralPublic, own.publicKey);
  const messageKey = xorBytes(encryptedKey, mask);
  if (!equalBytes((await deriveEphemeral(messageKey)).publicKey, ephemeralRaw)) {
    throw invalidSealedSender('derived ephemeral key did not match key provided in message');
  }
  const plaintext = openAesGcmSiv(deriveCipherKey(messageKey), NONCE, ciphertext, EMPTY);
  if (plaintext === null) throw invalidSealedSender('failed to decrypt inner message: aead::Error');
  const content = UnidentifiedSenderMessageContent.deserialize(plaintext);
  const sender = content.senderCertificate().key();
  const identities = { sender, recipient: own.publicKey };
  const expected = await computeTag(privateKey, sender, ephemeralPublic, encryptedKey, identities);
  if (!equalBytes(expected, tag)) {
    throw invalidSealedSender('sender certificate key does not match authentication tag');
  }
  return content;
}

function split(data: Bytes): { encryptedKey: Bytes; tag: Bytes; ephemeralRaw: Bytes; ciphertext: Bytes } {
  const tagAt = MESSAGE_KEY_BYTES;
  const ephemeralAt = tagAt + AUTH_TAG_BYTES;
  const ciphertextAt = ephemeralAt + RAW_KEY_BYTES;
  if (data.length < ciphertextAt) throw invalidProtobuf();
  return {
    encryptedKey: data.slice(0, tagAt),
    tag: data.slice(tagAt, ephemeralAt),
    ephemeralRaw: data.slice(ephemeralAt, ciphertextAt),
    ciphertext: data.slice(ciphertextAt),
  };
}

function deriveEphemeral(messageKey: Bytes): Promise<X25519KeyPair> {
  return deriveKeyPair(hkdf(messageKey, null, LABEL_R, 32));
}

function deriveCipherKey(messageKey: Bytes): Bytes {
  return hkdf(messageKey, null, LABEL_K, 32);
}

async function deriveMask(
  ourPrivateKey: Bytes,
  theirKey: PublicKey,
  ephemeral: PublicKey,
  recipient: PublicKey,
): Promise<Bytes> {
  const agreement = await agreeRaw(ourPrivateKey, theirKey.getPublicKeyBytes());
  const input = concatBytes(agreement, ephemeral.serialize(), recipient.serialize());
  return hkdf(input, null, LABEL_DH, MESSAGE_KEY_BYTES);
}

async function computeTag(
  ourPrivateKey: Bytes,
  theirKey: PublicKey,
  ephemeral: PublicKey,
  encryptedKey: Bytes,
  identities: { readonly sender: PublicKey; readonly recipient: PublicKey },
): Promise<Bytes> {
  const agreement = await agreeRaw(ourPrivateKey, theirKey.getPublicKeyBytes());
  const { sender, recipient } = identities;
  const keys = concatBytes(ephemeral.serialize(), encryptedKey, sender.serialize(), recipient.serialize());
  return hkdf(concatBytes(agreement, keys), null, LABEL_DH_SENDER, AUTH_TAG_BYTES);
}
