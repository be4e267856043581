/** From a plaintext to one sealed ciphertext for each device (docs/protocol.md, "Inside an envelope"). */
import type * as Libsignal from '@signalapp/libsignal-client';
import type { DeviceMessage } from '../../wire/generated/frames.ts';
import type { AccountId, DeviceId } from '../../wire/ids.ts';
import type { Account } from '../account/account-record.ts';
import { copyBytes } from '../bytes.ts';
import { ClientError } from '../errors.ts';
import type { Bytes, SignalLibrary, StorageTransaction } from '../ports.ts';
import { pad } from './padding.ts';
import { createSignalStores } from './signal-stores.ts';
import { isUntrustedIdentity } from './signal-errors.ts';

/** libsignal's ContentHint: whether the sender can send again what a recipient cannot read. */
export const CONTENT_HINT = { DEFAULT: 0, RESENDABLE: 1, IMPLICIT: 2 } as const;

export interface EncryptContext {
  readonly signal: SignalLibrary;
  readonly tx: StorageTransaction;
  readonly account: Account;
  readonly certificate: Bytes;
  readonly now: number;
}

export type Payload =
  | { readonly kind: 'content'; readonly bytes: Uint8Array; readonly hint: number }
  /** A serialized PlaintextContent: it asks for what a broken session could not carry, so no session encrypts it. */
  | { readonly kind: 'retry-request'; readonly bytes: Uint8Array };

export async function encryptToDevices(
  context: EncryptContext,
  recipient: AccountId,
  devices: readonly { deviceId: DeviceId; registrationId: number }[],
  payload: Payload,
): Promise<DeviceMessage[]> {
  const { signal, tx, account } = context;
  const stores = createSignalStores(signal, tx, account);
  const certificate = signal.SenderCertificate.deserialize(context.certificate);
  const local = signal.ProtocolAddress.new(account.accountId, account.deviceId);
  const plaintext = payload.kind === 'content' ? pad(payload.bytes) : copyBytes(payload.bytes);
  const hint = payload.kind === 'content' ? payload.hint : CONTENT_HINT.IMPLICIT;
  const messages: DeviceMessage[] = [];
  for (const { deviceId, registrationId } of devices) {
    const address = signal.ProtocolAddress.new(recipient, deviceId);
    const encrypt = (): Promise<Libsignal.CiphertextMessage> =>
      signal.signalEncrypt(plaintext, address, local, stores.session, stores.identity, new Date(context.now));
    const ciphertext =
      payload.kind === 'content'
        ? await encrypt().catch(refuseUntrusted)
        : signal.PlaintextContent.deserialize(plaintext).asCiphertextMessage();
    const usmc = signal.UnidentifiedSenderMessageContent.new(ciphertext, certificate, hint, null);
    const content = await signal.sealedSenderEncrypt(usmc, address, stores.identity);
    messages.push({ deviceId, registrationId, content });
  }
  return messages;
}

function refuseUntrusted(error: unknown): never {
  if (isUntrustedIdentity(error)) throw new ClientError('IDENTITY_CHANGED', undefined, { cause: error });
  throw error;
}
