/** How a primary device hands the account to a new one: sealed to a key that the new device shows (docs/protocol.md,
 * "Linking a device"). */
import { ProvisionEnvelope, ProvisionMessage } from '../../wire/generated/directory.ts';
import { copyBytes } from '../bytes.ts';
import type { Bytes, SignalLibrary } from '../ports.ts';
import { deriveKey, NONCE_BYTES, open, seal } from './sealed-box.ts';

const LABEL = 'vant provisioning v1';

export function sealProvision(
  signal: SignalLibrary,
  target: { address: Bytes; publicKey: Bytes },
  message: ProvisionMessage,
): Bytes {
  const ephemeral = signal.PrivateKey.generate();
  const ephemeralPublicKey = copyBytes(ephemeral.getPublicKey().serialize());
  const shared = copyBytes(ephemeral.agree(signal.PublicKey.deserialize(target.publicKey)));
  const key = deriveKey(signal, shared, LABEL, ephemeralPublicKey, target.publicKey);
  const plaintext = copyBytes(ProvisionMessage.encode(message).finish());
  // The key is used for this one message, so the nonce may be constant.
  const ciphertext = seal(signal, key, new Uint8Array(NONCE_BYTES), plaintext, target.address);
  return copyBytes(ProvisionEnvelope.encode({ ephemeralPublicKey, ciphertext }).finish());
}

/** Throws when the envelope was not sealed to this key and address. */
export function openProvision(
  signal: SignalLibrary,
  target: { address: Bytes; privateKey: Bytes },
  envelope: Uint8Array,
): ProvisionMessage {
  const { ephemeralPublicKey, ciphertext } = ProvisionEnvelope.decode(envelope);
  const privateKey = signal.PrivateKey.deserialize(target.privateKey);
  const publicKey = privateKey.getPublicKey().serialize();
  const shared = copyBytes(privateKey.agree(signal.PublicKey.deserialize(copyBytes(ephemeralPublicKey))));
  const key = deriveKey(signal, shared, LABEL, ephemeralPublicKey, publicKey);
  return ProvisionMessage.decode(open(signal, key, ciphertext, target.address));
}
