/** The encryption of backup files: age (https://age-encryption.org/v1), so that they can be opened without Vant, too. */
import { Decrypter, Encrypter, generateX25519Identity, identityToRecipient } from 'age-encryption';
import { BackupError } from './manifest.ts';

/** Who can open the file. With recipients the server cannot read its own backups. */
export type SealKey =
  | { readonly kind: 'recipients'; readonly recipients: readonly string[] }
  | { readonly kind: 'passphrase'; readonly passphrase: string };

export type OpenKey =
  | { readonly kind: 'identities'; readonly identities: readonly string[] }
  | { readonly kind: 'passphrase'; readonly passphrase: string };

/** A new key pair: the recipient is public, the identity opens every backup that is made for it. */
export async function createBackupKey(): Promise<{ identity: string; recipient: string }> {
  const identity = await generateX25519Identity();
  return { identity, recipient: await identityToRecipient(identity) };
}

/** @throws BackupError when a recipient is none. */
export async function sealStream(
  plaintext: ReadableStream<Uint8Array>,
  key: SealKey,
): Promise<ReadableStream<Uint8Array>> {
  const encrypter = new Encrypter();
  if (key.kind === 'passphrase') encrypter.setPassphrase(key.passphrase);
  else for (const recipient of key.recipients) addRecipient(encrypter, recipient);
  return await encrypter.encrypt(plaintext);
}

function addRecipient(encrypter: Encrypter, recipient: string): void {
  try {
    encrypter.addRecipient(recipient);
  } catch (error) {
    throw new BackupError(
      `${recipient.slice(0, 12)}… is no age recipient.`,
      'It begins with age1, and vant backup-key prints it.',
      error,
    );
  }
}

/** @throws BackupError when the file is none, or the key does not fit. What is cut off or damaged shows while it is read. */
export async function openStream(
  ciphertext: ReadableStream<Uint8Array>,
  key: OpenKey,
): Promise<ReadableStream<Uint8Array>> {
  const decrypter = new Decrypter();
  try {
    if (key.kind === 'passphrase') decrypter.addPassphrase(key.passphrase);
    else for (const identity of key.identities) decrypter.addIdentity(identity);
  } catch (error) {
    throw new BackupError(
      'The key is no age identity.',
      'It is a line that begins with AGE-SECRET-KEY-1, as vant backup-key writes it.',
      error,
    );
  }
  try {
    return await decrypter.decrypt(ciphertext);
  } catch (error) {
    throw explainHeader(error as Error);
  }
}

function explainHeader(error: Error): BackupError {
  if (/no identity matched|incorrect passphrase|invalid tag/i.test(error.message)) {
    return new BackupError(
      'This key does not open the backup.',
      'Give the key whose recipient it was made for (--identity), or the passphrase (--passphrase-file).',
      error,
    );
  }
  return new BackupError(
    `The file is no age file, or its beginning is damaged (${error.message}).`,
    'Name another file, or copy it again.',
    error,
  );
}
