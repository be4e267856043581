// One derivation per label of the protocol, from fixed inputs. Their values were written down (tests/vectors/derivations.json)
// when every one of them was proven against libsignal by the interop tests; a slip in a label or an order shows at once.
import { toHex, type Bytes } from '../../../e2ee/primitives/bytes.ts';
import { deriveRootStep } from '../../../e2ee/ratchet/root-key.ts';
import { advanceChain, deriveMessageKeys } from '../../../e2ee/ratchet/chain-key.ts';
import { advanceSenderChain, deriveSenderMessageKey } from '../../../e2ee/groups/sender-chain-key.ts';
import {
  createAuthenticator,
  deriveEpochSecret,
  macCiphertext,
  macHeader,
  updateAuthenticator,
} from '../../../e2ee/spqr/authenticator.ts';
import { addEpoch, createKeyChain, nextSendKey, Side } from '../../../e2ee/spqr/key-chain.ts';
import { encodeChunk } from '../../../e2ee/spqr/erasure-code.ts';
import { encapsulate1, generateDecapsulationKey, headerOf } from '../../../e2ee/spqr/incremental-ml-kem.ts';
import { agreeAsInitiator } from '../../../e2ee/pqxdh.ts';
import { KEMKeyPair } from '../../../e2ee/keys/kem-keys.ts';
import { generateKyberKeyPair, encapsulateKyber } from '../../../e2ee/primitives/kyber1024.ts';
import { deriveKeyPair } from '../../../e2ee/primitives/x25519.ts';
import { sealForRecipient, sealShared } from '../../../e2ee/sealed-sender/sealed-sender-v2.ts';
import { sealV1 } from '../../../e2ee/sealed-sender/sealed-sender-v1.ts';
import { sha256 } from '@noble/hashes/sha2.js';
import {
  CiphertextMessage,
  ContentHint,
  DecryptionErrorMessage,
  IdentityKeyPair,
  PlaintextContent,
  PrivateKey,
  SenderCertificate,
  ServerCertificate,
  UnidentifiedSenderMessageContent,
} from '../../../e2ee/index.ts';

const filled = (value: number, length = 32): Bytes => new Uint8Array(length).fill(value);
const fixed = (value: number) => (length: number) => filled(value, length);
const flat = (object: object): string =>
  Object.values(object)
    .map((v) => (v instanceof Uint8Array ? toHex(v) : String(v)))
    .join('/');
const digest = (bytes: Uint8Array): string => toHex(sha256(bytes));

export async function computeDerivations(): Promise<Record<string, string>> {
  return { ...ratchets(), ...spqr(), ...(await handshake()), ...(await sealing()) };
}

function ratchets(): Record<string, string> {
  const chain = { key: filled(1), index: 0 };
  const step = advanceChain(chain);
  const senderStep = advanceSenderChain({ key: filled(2), index: 0 });
  return {
    WhisperRatchet: flat(deriveRootStep(filled(1), filled(2))),
    'message seed': toHex(step.key),
    'next chain key': flat(step.next),
    WhisperMessageKeys: flat(deriveMessageKeys(filled(3), filled(4))),
    WhisperGroup: flat(deriveSenderMessageKey(senderStep.key)),
    'next sender chain key': flat({ iteration: senderStep.next.index, key: senderStep.next.key }),
  };
}

function spqr(): Record<string, string> {
  const auth = createAuthenticator(filled(5));
  const chain = createKeyChain(filled(6), Side.A, 25_000);
  const other = createKeyChain(filled(6), Side.B, 25_000);
  const dk = generateDecapsulationKey(filled(8, 64));
  const encapsulated = encapsulate1(headerOf(dk), filled(9));
  const message = Uint8Array.from({ length: 96 }, (_, i) => i * 7);
  return {
    'Authenticator Update': flat(auth),
    'Authenticator Update, epoch 2': flat(updateAuthenticator(auth, 2, filled(1))),
    ekheader: toHex(macHeader(auth, 1, filled(2, 64))),
    ciphertext: toHex(macCiphertext(auth, 1, filled(3, 1088))),
    'SCKA Key': toHex(deriveEpochSecret(filled(4), 3)),
    'Chain  Start, A': toHex(nextSendKey(chain, 0).key),
    'Chain  Start, B': toHex(nextSendKey(other, 0).key),
    'Chain Next': toHex(nextSendKey(nextSendKey(chain, 0).chain, 0).key),
    'Chain Add Epoch': toHex(nextSendKey(addEpoch(chain, 1, filled(7)), 1).key),
    'chunk 3 of three': toHex(encodeChunk(message, 3).data),
    'chunk 65,535 of three': toHex(encodeChunk(message, 65_535).data),
    'incremental ML-KEM-768, ct1': digest(encapsulated.ciphertext1),
    'incremental ML-KEM-768, secret': toHex(encapsulated.sharedSecret),
  };
}

async function handshake(): Promise<Record<string, string>> {
  const pair = (value: number): ReturnType<typeof deriveKeyPair> => deriveKeyPair(filled(value));
  const kem = KEMKeyPair.generate(fixed(10));
  const parameters = {
    identity: await pair(11),
    baseKey: await pair(12),
    theirIdentity: (await pair(13)).publicKey,
    theirSignedPreKey: (await pair(14)).publicKey,
    theirOneTimePreKey: (await pair(15)).publicKey,
    theirKyberPreKey: kem.getPublicKey(),
  };
  const full = await agreeAsInitiator(parameters, fixed(16));
  const without = await agreeAsInitiator({ ...parameters, theirOneTimePreKey: null }, fixed(16));
  const kyber = generateKyberKeyPair(filled(10, 64));
  return {
    PQXDH: flat(full.keys),
    'PQXDH without one-time pre-key': flat(without.keys),
    'PQXDH ciphertext': digest(full.kyberCiphertext),
    'Kyber-1024 secret': toHex(encapsulateKyber(kyber.publicKey, filled(16))!.sharedSecret),
  };
}

async function sealing(): Promise<Record<string, string>> {
  const own = IdentityKeyPair.generate(fixed(20));
  const recipient = PrivateKey.generate(fixed(21)).getPublicKey();
  const server = ServerCertificate.new(1, recipient, own.privateKey, fixed(22));
  const name = '9d0652a3-dcc3-4d11-975f-74d61598733f';
  const sender = SenderCertificate.new(name, null, 1, own.publicKey, 1000, server, own.privateKey, fixed(23));
  const report = DecryptionErrorMessage.forOriginal(new Uint8Array(0), 7, 45, 3);
  const message = CiphertextMessage.from(PlaintextContent.from(report));
  const content = UnidentifiedSenderMessageContent.new(message, sender, ContentHint.Implicit, filled(1, 3));
  const shared = await sealShared(content, filled(24));
  return {
    PlaintextContent: toHex(message.serialize()),
    SenderCertificate: digest(sender.serialize()),
    UnidentifiedDelivery: digest(await sealV1(content, recipient, own, fixed(25))),
    'Sealed Sender v2: r, K': digest(shared.ciphertext) + toHex(shared.ephemeral.publicKey),
    'Sealed Sender v2: DH, DH-sender': toHex(await sealForRecipient(shared, recipient, own)),
    Signal_PNI_Signature: digest(own.signAlternateIdentity(recipient, fixed(26))),
  };
}
