// HMAC-SHA-256 (RFC 2104) and HKDF-SHA-256 (RFC 5869).
//
// Over noble's SHA-256 rather than noble's HMAC and HKDF: these are the hottest functions of the engine, twenty calls for a
// message and three for each skipped one, and what they cost is mostly the making of hash objects. Here four are made once
// and take the states in turn. All of it is synchronous, so no call sees another's state. RFC 4231 and 5869 hold it.
import { sha256 } from '@noble/hashes/sha2.js';
import type { Bytes } from './bytes.ts';

const HASH_BYTES = 32;
const BLOCK_BYTES = 64;
/** RFC 5869 section 2.3. */
export const MAX_HKDF_BYTES = 255 * HASH_BYTES;
const INNER_PAD = 0x36;
const OUTER_PAD = 0x5c;

type Sha256 = ReturnType<typeof sha256.create>;

/** The two hash states that a key leaves: after its inner and after its outer block. */
interface KeyedState {
  readonly inner: Sha256;
  readonly outer: Sha256;
}

const newState = (): KeyedState => ({ inner: sha256.create(), outer: sha256.create() });

const initial = /* @__PURE__ */ sha256.create();
const working = /* @__PURE__ */ sha256.create();
const keyed = /* @__PURE__ */ newState();
/** A block in two halves, and zero between calls: what is fed in whole blocks makes noble allocate a view for each. */
const block = /* @__PURE__ */ new Uint8Array(BLOCK_BYTES);
const head = /* @__PURE__ */ block.subarray(0, BLOCK_BYTES / 2);
const tail = /* @__PURE__ */ block.subarray(BLOCK_BYTES / 2);
/** Stays keyed with 32 zero bytes: no salt. */
const zeroKeyed = /* @__PURE__ */ setKey(newState(), new Uint8Array(HASH_BYTES));

export function hmacSha256(key: Uint8Array, message: Uint8Array): Bytes {
  return finish(setKey(keyed, key), message);
}

/** As two calls of hmacSha256, but the key is absorbed once. */
export function hmacSha256Pair(key: Uint8Array, first: Uint8Array, second: Uint8Array): [Bytes, Bytes] {
  const state = setKey(keyed, key);
  return [finish(state, first), finish(state, second)];
}

/** HKDF. `salt` null means none, which RFC 5869 section 2.2 defines as 32 zero bytes. */
export function hkdf(ikm: Uint8Array, salt: Uint8Array | null, info: Uint8Array, length: number): Bytes {
  if (length > MAX_HKDF_BYTES) throw new RangeError('HKDF output is limited to 8160 bytes');
  const state = setKey(keyed, finish(salt === null ? zeroKeyed : setKey(keyed, salt), ikm));
  const out = new Uint8Array(Math.ceil(length / HASH_BYTES) * HASH_BYTES);
  const input = new Uint8Array(HASH_BYTES + info.length + 1);
  input.set(info, HASH_BYTES);
  for (let offset = 0; offset < length; offset += HASH_BYTES) {
    input[input.length - 1] = offset / HASH_BYTES + 1;
    // The first block has no predecessor.
    const next = finish(state, offset === 0 ? input.subarray(HASH_BYTES) : input);
    input.set(next);
    out.set(next, offset);
  }
  return out.length === length ? out : out.slice(0, length);
}

function setKey(state: KeyedState, key: Uint8Array): KeyedState {
  block.set(key.length > BLOCK_BYTES ? sha256(key) : key);
  absorb(state.inner, INNER_PAD);
  absorb(state.outer, INNER_PAD ^ OUTER_PAD);
  block.fill(0);
  return state;
}

function absorb(state: Sha256, mask: number): void {
  for (let i = 0; i < BLOCK_BYTES; i++) block[i] = (block[i] ?? 0) ^ mask;
  initial._cloneInto(state).update(head).update(tail);
}

function finish(state: KeyedState, message: Uint8Array): Bytes {
  const out = new Uint8Array(HASH_BYTES);
  state.inner._cloneInto(working).update(message).digestInto(out);
  state.outer._cloneInto(working).update(out).digestInto(out);
  return out;
}
