// Group messages: encrypted once with the sender's chain, for everyone who was given it.
import { duplicatedMessage, failure, inAsyncOperation, invalidMessage } from '../errors.ts';
import { MAX_FORWARD_JUMPS } from '../limits.ts';
import { CiphertextMessage, CiphertextMessageType } from '../messages/ciphertext-message.ts';
import { decryptAesCbc, encryptAesCbc } from '../primitives/aes.ts';
import type { Bytes } from '../primitives/bytes.ts';
import { type RandomSource, systemRandom } from '../primitives/random.ts';
import type { ProtocolAddress } from '../protocol-address.ts';
import { skipMessages } from '../skip-messages.ts';
import { takeSkippedKey } from '../skipped-keys.ts';
import type { SenderKeyStore } from '../stores.ts';
import { requireUuid, type Uuid } from '../uuid.ts';
import { invalidSenderKeySession } from './create-sender-key.ts';
import { advanceSenderChain, deriveSenderMessageKey } from './sender-chain-key.ts';
import type { SenderKeyDistributionMessage } from './sender-key-distribution-message.ts';
import { SenderKeyMessage } from './sender-key-message.ts';
import { SenderKeyRecord, withSenderKeyState } from './sender-key-record.ts';
import { createSenderKeyState, type SenderKeyState } from './sender-key-state.ts';

export function groupEncrypt(
  sender: ProtocolAddress,
  distributionId: Uuid,
  store: SenderKeyStore,
  message: Bytes,
  random: RandomSource = systemRandom,
): Promise<CiphertextMessage> {
  return inAsyncOperation('GroupCipher_EncryptMessage', async () => {
    requireUuid(distributionId);
    const record = await store.getSenderKey(sender, distributionId);
    if (record === null) throw missingState(distributionId);
    const [state, ...others] = record.states();
    if (state === undefined || state.signingPrivateKey === null) throw invalidSenderKeySession(distributionId);
    const { version, chainId, chain, signingPrivateKey } = state;
    const { key, next } = advanceSenderChain(chain);
    const keys = deriveSenderMessageKey(key);
    const ciphertext = encryptAesCbc(keys.cipherKey, keys.iv, message);
    const sealed = SenderKeyMessage._new(
      version,
      distributionId,
      chainId,
      chain.index,
      ciphertext,
      signingPrivateKey,
      random,
    );
    const advanced = { ...state, chain: next };
    await store.saveSenderKey(sender, distributionId, SenderKeyRecord.of([advanced, ...others]));
    return CiphertextMessage.of(CiphertextMessageType.SenderKey, sealed.serialize());
  });
}

export function groupDecrypt(sender: ProtocolAddress, store: SenderKeyStore, message: Bytes): Promise<Bytes> {
  return inAsyncOperation('GroupCipher_DecryptMessage', async () => {
    const sealed = SenderKeyMessage.deserialize(message);
    const distributionId = sealed.distributionId();
    const states = (await store.getSenderKey(sender, distributionId))?.states() ?? [];
    const position = states.findIndex((state) => state.chainId === sealed.chainId());
    const state = states[position];
    if (state === undefined) throw missingState(distributionId);
    await requireAuthentic(sealed, state);
    const { state: advanced, seed } = await takeSeed(state, sealed.iteration());
    const keys = deriveSenderMessageKey(seed);
    const plaintext = decryptAesCbc(keys.cipherKey, keys.iv, sealed.ciphertext());
    if (plaintext === null) throw invalidMessage('SenderKey', 'decryption failed: invalid ciphertext');
    await store.saveSenderKey(sender, distributionId, SenderKeyRecord.of(states.with(position, advanced)));
    return plaintext;
  });
}

export function processSenderKeyDistributionMessage(
  sender: ProtocolAddress,
  message: SenderKeyDistributionMessage,
  store: SenderKeyStore,
): Promise<void> {
  return inAsyncOperation('SenderKeyDistributionMessage_Process', async () => {
    const distributionId = message.distributionId();
    const states = (await store.getSenderKey(sender, distributionId))?.states() ?? [];
    const received = createSenderKeyState({
      version: message.messageVersion(),
      chainId: message.chainId(),
      chain: { index: message.iteration(), key: message.chainKey() },
      signingKey: message.signingKey(),
      signingPrivateKey: null,
    });
    await store.saveSenderKey(sender, distributionId, SenderKeyRecord.of(withSenderKeyState(states, received)));
  });
}

function missingState(distributionId: Uuid): Error {
  return failure(`missing sender key state for distribution ID ${distributionId}`);
}

/** Before the chain is touched: members of the group know the chain, only the sender can sign. */
async function requireAuthentic(message: SenderKeyMessage, state: SenderKeyState): Promise<void> {
  if (message.messageVersion() !== state.version) {
    throw failure(`unrecognized message version <${message.messageVersion()}>`);
  }
  if (!(await message.verifySignatureAsync(state.signingKey))) throw failure('invalid signature detected');
}

async function takeSeed(state: SenderKeyState, iteration: number): Promise<{ state: SenderKeyState; seed: Bytes }> {
  const { index } = state.chain;
  if (iteration < index) {
    const taken = takeSkippedKey(state.skipped, iteration);
    if (taken === null) throw duplicatedMessage(index, iteration);
    return { state: { ...state, skipped: taken.rest }, seed: taken.key };
  }
  if (iteration - index > MAX_FORWARD_JUMPS) {
    throw invalidMessage('SenderKey', 'message from too far into the future');
  }
  const { chain, skipped } = await skipMessages(state.chain, state.skipped, index, iteration, advanceSenderChain);
  const { key, next } = advanceSenderChain(chain);
  return { state: { ...state, chain: next, skipped }, seed: key };
}
