// Group messages: encrypted once with the sender's chain, for everyone who was given it.
import { duplicatedMessage, failure, inAsyncOperation, invalidMessage } from '../errors.ts';
import { DERIVATIONS_PER_TURN, MAX_FORWARD_JUMPS, MAX_MESSAGE_KEYS } from '../limits.ts';
import { CiphertextMessage, CiphertextMessageType } from '../messages/ciphertext-message.ts';
import { decryptAesCbc, encryptAesCbc } from '../primitives/aes.ts';
import type { Bytes } from '../primitives/bytes.ts';
import { type RandomSource, systemRandom } from '../primitives/random.ts';
import { yieldToHost } from '../primitives/web-crypto.ts';
import type { ProtocolAddress } from '../protocol-address.ts';
import { appendSkippedKeys, SKIPPED_KEY_BYTES, takeSkippedKey } from '../skipped-keys.ts';
import type { SenderKeyStore } from '../stores.ts';
import { requireUuid, type Uuid } from '../uuid.ts';
import { invalidSenderKeySession } from './create-sender-key.ts';
import { deriveSenderMessageKey, nextSenderChainKey, senderMessageSeed } from './sender-chain-key.ts';
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
    const keys = deriveSenderMessageKey(senderMessageSeed(state.chain));
    const { version, chainId, chain, signingPrivateKey } = state;
    const ciphertext = encryptAesCbc(keys.cipherKey, keys.iv, message);
    const sealed = SenderKeyMessage._new(
      version,
      distributionId,
      chainId,
      chain.iteration,
      ciphertext,
      signingPrivateKey,
      random,
    );
    const advanced = { ...state, chain: nextSenderChainKey(chain) };
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
      chain: { iteration: message.iteration(), key: message.chainKey() },
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
  const { chain } = state;
  if (iteration < chain.iteration) {
    const taken = takeSkippedKey(state.skipped, iteration);
    if (taken === null) throw duplicatedMessage(chain.iteration, iteration);
    return { state: { ...state, skipped: taken.rest }, seed: taken.key };
  }
  if (iteration - chain.iteration > MAX_FORWARD_JUMPS) {
    throw invalidMessage('SenderKey', 'message from too far into the future');
  }
  const reached = await skipTo(state, iteration);
  return { state: { ...reached, chain: nextSenderChainKey(reached.chain) }, seed: senderMessageSeed(reached.chain) };
}

async function skipTo(state: SenderKeyState, iteration: number): Promise<SenderKeyState> {
  let { chain } = state;
  const keepFrom = Math.max(chain.iteration, iteration - MAX_MESSAGE_KEYS);
  const seeds = new Uint8Array((iteration - keepFrom) * SKIPPED_KEY_BYTES);
  while (chain.iteration < iteration) {
    if (chain.iteration >= keepFrom) {
      seeds.set(senderMessageSeed(chain), (chain.iteration - keepFrom) * SKIPPED_KEY_BYTES);
    }
    chain = nextSenderChainKey(chain);
    if (chain.iteration % DERIVATIONS_PER_TURN === 0) await yieldToHost();
  }
  return { ...state, chain, skipped: appendSkippedKeys(state.skipped, keepFrom, seeds, MAX_MESSAGE_KEYS) };
}
