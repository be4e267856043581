// ML-KEM Braid: what a state becomes by a message received.
import { concatBytes } from '../primitives/bytes.ts';
import {
  AUTHENTICATOR_MAC_BYTES,
  deriveEpochSecret,
  macCiphertext,
  macHeader,
  requireMac,
  updateAuthenticator,
} from './authenticator.ts';
import { addChunk, type Chunk, decodeChunks, NO_CHUNKS } from './erasure-code.ts';
import {
  CIPHERTEXT1_BYTES,
  CIPHERTEXT2_BYTES,
  decapsulate,
  encapsulate2,
  ENCAPSULATION_KEY_BYTES,
  HEADER_BYTES,
} from './incremental-ml-kem.ts';
import { type Payload, PayloadType } from './message.ts';
import { epochOutOfRange } from './spqr-error.ts';
import type {
  BraidState,
  Ct1Acknowledged,
  Ct1Sampled,
  Ct2Sampled,
  EkReceivedCt1Sampled,
  EkSentCt1Received,
  EpochSecret,
  HeaderSent,
  NoHeaderReceived,
} from './states.ts';

export interface BraidReceive {
  readonly state: BraidState;
  readonly secret?: EpochSecret;
}

const HEADER_TRANSFER_BYTES = HEADER_BYTES + AUTHENTICATOR_MAC_BYTES;
const CT2_TRANSFER_BYTES = CIPHERTEXT2_BYTES + AUTHENTICATOR_MAC_BYTES;

export function braidReceive(state: BraidState, epoch: number, payload: Payload): BraidReceive {
  if (epoch > state.epoch) return { state: enterNextEpoch(state, epoch) };
  if (epoch < state.epoch) return { state };
  return receiveInEpoch(state, payload);
}

/** Only who waits for the second half to be acknowledged learns so that it was: by any message of the next epoch. */
function enterNextEpoch(state: BraidState, epoch: number): BraidState {
  if (state.kind !== 'Ct2Sampled' || epoch !== state.epoch + 1) throw epochOutOfRange(epoch);
  return { kind: 'KeysUnsampled', epoch, auth: state.auth };
}

/**
 * A payload that a state does not wait for is late or early, and ignored. All states are in one place, as in the
 * specification's table.
 */
// eslint-disable-next-line complexity -- eleven states, one line each
function receiveInEpoch(state: BraidState, payload: Payload): BraidReceive {
  switch (state.kind) {
    case 'KeysSampled':
      if (payload.type !== PayloadType.Ct1) return { state };
      return { state: receiveCt1({ ...state, kind: 'HeaderSent', sent: 0, received: NO_CHUNKS }, payload.chunk) };
    case 'HeaderSent':
      return payload.type === PayloadType.Ct1 ? { state: receiveCt1(state, payload.chunk) } : { state };
    case 'Ct1Received': {
      if (payload.type !== PayloadType.Ct2) return { state };
      const { epoch, auth, dk, ct1 } = state;
      return receiveCt2({ kind: 'EkSentCt1Received', epoch, auth, dk, ct1, received: NO_CHUNKS }, payload.chunk);
    }
    case 'EkSentCt1Received':
      return payload.type === PayloadType.Ct2 ? receiveCt2(state, payload.chunk) : { state };
    case 'NoHeaderReceived':
      return payload.type === PayloadType.Header ? { state: receiveHeader(state, payload.chunk) } : { state };
    case 'Ct1Sampled':
    case 'Ct1Acknowledged':
      return { state: receiveEk(state, payload) };
    case 'EkReceivedCt1Sampled':
      return { state: isCt1Ack(payload) ? sampleCt2(state) : state };
    case 'KeysUnsampled':
    case 'HeaderReceived':
    case 'Ct2Sampled':
      return { state };
  }
}

function isCt1Ack(payload: Payload): boolean {
  return payload.type === PayloadType.Ct1Ack || payload.type === PayloadType.EkCt1Ack;
}

function receiveCt1(state: HeaderSent, chunk: Chunk): BraidState {
  const received = addChunk(state.received, chunk, CIPHERTEXT1_BYTES);
  const ct1 = decodeChunks(received, CIPHERTEXT1_BYTES);
  if (ct1 === null) return { ...state, received };
  const { epoch, auth, dk, sent } = state;
  return { kind: 'Ct1Received', epoch, auth, dk, sent, ct1 };
}

/** With the whole ciphertext here the epoch's secret is shared, and the roles change. */
function receiveCt2(state: EkSentCt1Received, chunk: Chunk): BraidReceive {
  const received = addChunk(state.received, chunk, CT2_TRANSFER_BYTES);
  const whole = decodeChunks(received, CT2_TRANSFER_BYTES);
  if (whole === null) return { state: { ...state, received } };
  const { epoch, dk, ct1 } = state;
  const ct2 = whole.slice(0, CIPHERTEXT2_BYTES);
  const secret = deriveEpochSecret(decapsulate(dk, ct1, ct2), epoch);
  const auth = updateAuthenticator(state.auth, epoch, secret);
  requireMac(macCiphertext(auth, epoch, concatBytes(ct1, ct2)), whole.slice(CIPHERTEXT2_BYTES));
  const next: NoHeaderReceived = { kind: 'NoHeaderReceived', epoch: epoch + 1, auth, received: NO_CHUNKS };
  return { state: next, secret: { epoch, secret } };
}

function receiveHeader(state: NoHeaderReceived, chunk: Chunk): BraidState {
  const received = addChunk(state.received, chunk, HEADER_TRANSFER_BYTES);
  const whole = decodeChunks(received, HEADER_TRANSFER_BYTES);
  if (whole === null) return { ...state, received };
  const { epoch, auth } = state;
  const header = whole.slice(0, HEADER_BYTES);
  requireMac(macHeader(auth, epoch, header), whole.slice(HEADER_BYTES));
  return { kind: 'HeaderReceived', epoch, auth, header };
}

/** A piece of the key may also acknowledge the first half of the ciphertext. */
function receiveEk(state: Ct1Sampled | Ct1Acknowledged, payload: Payload): BraidState {
  if (payload.type !== PayloadType.Ek && payload.type !== PayloadType.EkCt1Ack) return state;
  const received = addChunk(state.received, payload.chunk, ENCAPSULATION_KEY_BYTES);
  const ek = decodeChunks(received, ENCAPSULATION_KEY_BYTES);
  const { epoch, auth, header, message, ct1 } = state;
  const common = { epoch, auth, header, message, ct1 };
  if (state.kind === 'Ct1Acknowledged' || payload.type === PayloadType.EkCt1Ack) {
    return ek === null ? { kind: 'Ct1Acknowledged', ...common, received } : sampleCt2({ ...common, ek });
  }
  return ek === null ? { ...state, received } : { kind: 'EkReceivedCt1Sampled', ...common, ek, sent: state.sent };
}

function sampleCt2(from: Omit<EkReceivedCt1Sampled, 'kind' | 'sent'>): Ct2Sampled {
  const { epoch, auth, header, ek, message, ct1 } = from;
  const ct2 = encapsulate2(header, ek, message, ct1);
  const mac = macCiphertext(auth, epoch, concatBytes(ct1, ct2));
  return { kind: 'Ct2Sampled', epoch, auth, ct2WithMac: concatBytes(ct2, mac), sent: 0 };
}
