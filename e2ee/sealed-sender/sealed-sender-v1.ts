// Sealed sender, version 1: one message to one account. The sender is known to nobody but the receiver.
//
// Two layers: an ephemeral key hides the sender's identity key, and the identity keys' agreement hides the message, which
// also authenticates the sender.
import { invalidSealedSender } from '../errors.ts';
import type { IdentityKeyPair } from '../keys/identity-key-pair.ts';
import { agreeRaw } from '../keys/private-key.ts';
import { publicKey } from '../keys/key-fields.ts';
import { PublicKey } from '../keys/public-key.ts';
import { applyAesCtr } from '../primitives/aes.ts';
import { type Bytes, concatBytes, EMPTY, equalBytes } from '../primitives/bytes.ts';
import { hkdf, hmacSha256 } from '../primitives/hkdf.ts';
import type { RandomSource } from '../primitives/random.ts';
import { encodeUtf8 } from '../primitives/utf8.ts';
import { deriveKeyPair } from '../primitives/x25519.ts';
import { bytes, decode, encode, type Schema } from '../proto/message.ts';
import { UnidentifiedSenderMessageContent } from './unidentified-sender-message-content.ts';

export const SEALED_SENDER_V1 = 0x11;
const ENVELOPE = {
  ephemeralPublic: [1, publicKey],
  encryptedStatic: [2, bytes],
  encryptedMessage: [3, bytes],
} as const satisfies Schema;
const SALT_PREFIX = encodeUtf8('UnidentifiedDelivery');
const MAC_BYTES = 10;

interface LayerKeys {
  readonly chain: Bytes;
  readonly cipher: Bytes;
  readonly mac: Bytes;
}

export async function sealV1(
  content: UnidentifiedSenderMessageContent,
  recipient: PublicKey,
  own: IdentityKeyPair,
  random: RandomSource,
): Promise<Bytes> {
  const ephemeral = await deriveKeyPair(random(32));
  const ephemeralPublic = PublicKey.fromRaw(ephemeral.publicKey);
  const agreement = await agreeRaw(ephemeral.privateKey, recipient.getPublicKeyBytes());
  const outer = deriveOuter(agreement, recipient, ephemeralPublic);
  const encryptedStatic = encryptThenMac(outer, own.publicKey.serialize());
  const inner = deriveInner(
    await agreeRaw(own.privateKey.serialize(), recipient.getPublicKeyBytes()),
    outer.chain,
    encryptedStatic,
  );
  const encryptedMessage = encryptThenMac(inner, content.serialize());
  return encode(ENVELOPE, { ephemeralPublic, encryptedStatic, encryptedMessage }, SEALED_SENDER_V1);
}

/** @param data without the version byte */
export async function openV1(data: Bytes, own: IdentityKeyPair): Promise<UnidentifiedSenderMessageContent> {
  const { ephemeralPublic: ephemeral, encryptedStatic, encryptedMessage } = decode(ENVELOPE, data);
  const privateKey = own.privateKey.serialize();
  const outer = deriveOuter(await agreeRaw(privateKey, ephemeral.getPublicKeyBytes()), own.publicKey, ephemeral);
  const senderKeyBytes = checkThenDecrypt(outer, encryptedStatic, 'key');
  const senderKey = PublicKey.deserialize(senderKeyBytes);
  const inner = deriveInner(await agreeRaw(privateKey, senderKey.getPublicKeyBytes()), outer.chain, encryptedStatic);
  const content = UnidentifiedSenderMessageContent.deserialize(checkThenDecrypt(inner, encryptedMessage, 'contents'));
  // The certificate must be for the key that made the inner layer; else a certificate could be stolen from any message.
  if (!equalBytes(senderKeyBytes, content.senderCertificate().key().serialize())) {
    throw invalidSealedSender('sender certificate key does not match message key');
  }
  return content;
}

function deriveOuter(agreement: Bytes, recipient: PublicKey, ephemeral: PublicKey): LayerKeys {
  return deriveLayer(agreement, concatBytes(SALT_PREFIX, recipient.serialize(), ephemeral.serialize()));
}

function deriveInner(agreement: Bytes, chain: Bytes, encryptedStatic: Bytes): LayerKeys {
  return deriveLayer(agreement, concatBytes(chain, encryptedStatic));
}

function deriveLayer(agreement: Bytes, salt: Bytes): LayerKeys {
  const derived = hkdf(agreement, salt, EMPTY, 96);
  return { chain: derived.slice(0, 32), cipher: derived.slice(32, 64), mac: derived.slice(64) };
}

function encryptThenMac(keys: LayerKeys, plaintext: Bytes): Bytes {
  const ciphertext = applyAesCtr(keys.cipher, plaintext);
  return concatBytes(ciphertext, hmacSha256(keys.mac, ciphertext).subarray(0, MAC_BYTES));
}

function checkThenDecrypt(keys: LayerKeys, sealed: Bytes, what: 'key' | 'contents'): Bytes {
  const ciphertext = sealed.subarray(0, Math.max(0, sealed.length - MAC_BYTES));
  const mac = hmacSha256(keys.mac, ciphertext).subarray(0, MAC_BYTES);
  if (!equalBytes(mac, sealed.subarray(ciphertext.length))) {
    throw invalidSealedSender(`failed to decrypt sealed sender v1 message ${what}`);
  }
  return applyAesCtr(keys.cipher, ciphertext);
}
