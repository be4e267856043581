// ML-KEM Braid: what a state sends, and what it becomes by that.
import { type Bytes, concatBytes } from '../primitives/bytes.ts';
import type { RandomSource } from '../primitives/random.ts';
import { type Authenticator, deriveEpochSecret, macHeader, updateAuthenticator } from './authenticator.ts';
import { encodeChunk, NO_CHUNKS } from './erasure-code.ts';
import {
  encapsulate1,
  encapsulationKeyOf,
  generateDecapsulationKey,
  headerOf,
  MESSAGE_BYTES,
  SEED_BYTES,
} from './incremental-ml-kem.ts';
import { type Payload, PayloadType } from './message.ts';
import type { BraidState, Ct1Sampled, EpochSecret, HeaderReceived, KeysSampled, KeysUnsampled } from './states.ts';

export interface BraidSend {
  readonly state: BraidState;
  readonly payload: Payload;
  readonly secret?: EpochSecret;
}

export function braidSend(state: BraidState, random: RandomSource): BraidSend {
  switch (state.kind) {
    case 'KeysUnsampled':
      return sendHeader(sampleKeys(state, random));
    case 'KeysSampled':
      return sendHeader(state);
    case 'HeaderSent':
      return sendPart(state, PayloadType.Ek, encapsulationKeyOf(state.dk));
    case 'Ct1Received':
      return sendPart(state, PayloadType.EkCt1Ack, encapsulationKeyOf(state.dk));
    case 'EkSentCt1Received':
      return { state, payload: { type: PayloadType.Ct1Ack } };
    case 'NoHeaderReceived':
    case 'Ct1Acknowledged':
      return { state, payload: { type: PayloadType.None } };
    case 'HeaderReceived':
      return sendFirstCt1(state, random);
    case 'Ct1Sampled':
    case 'EkReceivedCt1Sampled':
      return sendPart(state, PayloadType.Ct1, state.ct1);
    case 'Ct2Sampled':
      return sendPart(state, PayloadType.Ct2, state.ct2WithMac);
  }
}

type Transferring = Extract<BraidState, { readonly sent: number }>;
type PartType = Extract<Payload, { readonly chunk: unknown }>['type'];

function sendPart(state: Transferring, type: PartType, whole: Bytes): BraidSend {
  return { state: { ...state, sent: state.sent + 1 }, payload: { type, chunk: encodeChunk(whole, state.sent) } };
}

function sampleKeys({ epoch, auth }: KeysUnsampled, random: RandomSource): KeysSampled {
  return { kind: 'KeysSampled', epoch, auth, dk: generateDecapsulationKey(random(SEED_BYTES)), sent: 0 };
}

function sendHeader(state: KeysSampled): BraidSend {
  return sendPart(state, PayloadType.Header, headerWithMac(state.auth, state.epoch, headerOf(state.dk)));
}

/** The MAC is by the secrets of the epochs before this one. */
function headerWithMac(auth: Authenticator, epoch: number, header: Bytes): Bytes {
  return concatBytes(header, macHeader(auth, epoch, header));
}

/** The secret of the epoch exists from here on; the other side has it when it has decapsulated. */
function sendFirstCt1(state: HeaderReceived, random: RandomSource): BraidSend {
  const { epoch, header } = state;
  const message = random(MESSAGE_BYTES);
  const { ciphertext1: ct1, sharedSecret } = encapsulate1(header, message);
  const secret = deriveEpochSecret(sharedSecret, epoch);
  const auth = updateAuthenticator(state.auth, epoch, secret);
  const next: Ct1Sampled = { kind: 'Ct1Sampled', epoch, auth, header, message, ct1, sent: 0, received: NO_CHUNKS };
  return { ...sendPart(next, PayloadType.Ct1, ct1), secret: { epoch, secret } };
}
