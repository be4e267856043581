// The public face: the names, arguments and errors of @signalapp/libsignal-client that messaging needs.
//
// First the libraries, for bundlers keep the order of imports, and gzip finds what is repeated only within 32 KB: noble's
// modules have much in common with each other, and ours with each other. It saves 1.5 KB.
import './primitives/xeddsa.ts';
import './primitives/x25519.ts';
import './primitives/aes.ts';
import './primitives/kyber1024.ts';
import './fingerprint/fingerprint.ts';
import './spqr/spqr.ts';
import './groups/group-cipher.ts';
export { LibSignalErrorBase, ErrorCode, type ErrorName, type LibSignalError } from './errors.ts';
export { Aci, Pni, ServiceId, ServiceIdKind } from './service-id.ts';
export { ProtocolAddress } from './protocol-address.ts';
export type { Uuid } from './uuid.ts';
export type { Bytes } from './primitives/bytes.ts';
export type { RandomSource } from './primitives/random.ts';
export { PublicKey } from './keys/public-key.ts';
export { PrivateKey } from './keys/private-key.ts';
export { IdentityKeyPair } from './keys/identity-key-pair.ts';
export { KEMKeyPair, KEMPublicKey, KEMSecretKey } from './keys/kem-keys.ts';
export { PreKeyRecord } from './keys/pre-key-record.ts';
export { SignedPreKeyRecord, type SignedPublicPreKey } from './keys/signed-pre-key-record.ts';
export { KyberPreKeyRecord, type SignedKyberPublicPreKey } from './keys/kyber-pre-key-record.ts';
export { PreKeyBundle } from './keys/pre-key-bundle.ts';
export {
  Direction,
  IdentityChange,
  IdentityKeyStore,
  KyberPreKeyStore,
  PreKeyStore,
  SenderKeyStore,
  SessionStore,
  SignedPreKeyStore,
} from './stores.ts';
export {
  CiphertextMessage,
  type CiphertextMessageConvertible,
  CiphertextMessageType,
} from './messages/ciphertext-message.ts';
export { SignalMessage } from './messages/signal-message.ts';
export { PreKeySignalMessage } from './messages/pre-key-signal-message.ts';
export { PlaintextContent } from './messages/plaintext-content.ts';
export { DecryptionErrorMessage } from './messages/decryption-error-message.ts';
export { SessionRecord } from './session/session-record.ts';
export { processPreKeyBundle } from './session/process-pre-key-bundle.ts';
export { signalEncrypt } from './session/signal-encrypt.ts';
export { signalDecrypt } from './session/signal-decrypt.ts';
export { signalDecryptPreKey } from './session/signal-decrypt-pre-key.ts';
export { SenderKeyMessage } from './groups/sender-key-message.ts';
export { SenderKeyDistributionMessage } from './groups/sender-key-distribution-message.ts';
export { SenderKeyRecord } from './groups/sender-key-record.ts';
export { groupDecrypt, groupEncrypt, processSenderKeyDistributionMessage } from './groups/group-cipher.ts';
export { ServerCertificate } from './sealed-sender/server-certificate.ts';
export { SenderCertificate } from './sealed-sender/sender-certificate.ts';
export { ContentHint, UnidentifiedSenderMessageContent } from './sealed-sender/unidentified-sender-message-content.ts';
export {
  sealedSenderEncrypt,
  sealedSenderEncryptMessage,
  sealedSenderMultiRecipientEncrypt,
  type SealedSenderMultiRecipientEncryptOptions,
} from './sealed-sender/sealed-sender-encrypt.ts';
export {
  sealedSenderDecryptMessage,
  SealedSenderDecryptionResult,
  sealedSenderDecryptToUsmc,
} from './sealed-sender/sealed-sender-decrypt.ts';
export { sealedSenderMultiRecipientMessageForSingleRecipient } from './sealed-sender/multi-recipient-message.ts';
export {
  type Recipient,
  SealedSenderMultiRecipientMessage,
} from './sealed-sender/sealed-sender-multi-recipient-message.ts';
export { Fingerprint } from './fingerprint/fingerprint.ts';
export { DisplayableFingerprint } from './fingerprint/displayable-fingerprint.ts';
export { ScannableFingerprint } from './fingerprint/scannable-fingerprint.ts';
export { hkdf } from './hkdf.ts';
export { Aes256GcmSiv } from './aes-256-gcm-siv.ts';
