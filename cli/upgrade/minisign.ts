/** Signatures of releases in the format of minisign (jedisct1.github.io/minisign), so that anybody can check a download with a tool
 * that is not ours: Ed25519 over the BLAKE2b-512 of the file, and again over signature and trusted comment. */
import { createHash, createPublicKey, sign, verify, type KeyObject } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';

const KEY_ALGORITHM = 'Ed';
/** Over the hash of the file, not the file. */
const HASHED_ALGORITHM = 'ED';
const KEY_ID_BYTES = 8;
const PUBLIC_KEY_BYTES = 32;
const SIGNATURE_BYTES = 64;
/** DER of an Ed25519 public key up to the key itself (RFC 8410). */
const SPKI_PREFIX = Buffer.from('302a300506032b6570032100', 'hex');

export interface PublicKey {
  readonly id: Buffer;
  readonly key: KeyObject;
}

export class SignatureError extends Error {
  override readonly name = 'SignatureError';
}

/** @param text a .pub file of minisign, or its second line */
export function parsePublicKey(text: string): PublicKey {
  const bytes = Buffer.from(text.trim().split('\n').at(-1) ?? '', 'base64');
  if (bytes.length !== 2 + KEY_ID_BYTES + PUBLIC_KEY_BYTES || bytes.toString('latin1', 0, 2) !== KEY_ALGORITHM) {
    throw new SignatureError('This is no public key of minisign.');
  }
  const der = Buffer.concat([SPKI_PREFIX, bytes.subarray(2 + KEY_ID_BYTES)]);
  return { id: bytes.subarray(2, 2 + KEY_ID_BYTES), key: createPublicKey({ key: der, format: 'der', type: 'spki' }) };
}

/** @returns the trusted comment. @throws SignatureError that tells what is wrong */
export async function verifyFile(path: string, signatureText: string, keys: readonly PublicKey[]): Promise<string> {
  const { id, signature, comment, commentSignature } = parseSignature(signatureText);
  const key = keys.find((each) => each.id.equals(id))?.key;
  if (key === undefined) throw new SignatureError('The signature is by a key that is not trusted here.');
  if (!verify(null, await hashFile(path), key, signature)) {
    throw new SignatureError('The signature is not one of this file: it was damaged on the way, or changed.');
  }
  if (!verify(null, Buffer.concat([signature, Buffer.from(comment)]), key, commentSignature)) {
    throw new SignatureError('The comment of the signature has been changed.');
  }
  return comment;
}

function parseSignature(text: string) {
  const [, signatureLine = '', commentLine = '', commentSignatureLine = ''] = text.split('\n');
  const bytes = Buffer.from(signatureLine, 'base64');
  const comment = /^trusted comment: (.*)$/.exec(commentLine)?.[1];
  const commentSignature = Buffer.from(commentSignatureLine, 'base64');
  const isWhole = bytes.length === 2 + KEY_ID_BYTES + SIGNATURE_BYTES && commentSignature.length === SIGNATURE_BYTES;
  if (!isWhole || comment === undefined || bytes.toString('latin1', 0, 2) !== HASHED_ALGORITHM) {
    throw new SignatureError('This is no signature of minisign (over a hash, as minisign 0.10 and newer make it).');
  }
  return {
    id: bytes.subarray(2, 2 + KEY_ID_BYTES),
    signature: bytes.subarray(2 + KEY_ID_BYTES),
    comment,
    commentSignature,
  };
}

/** @returns the text of FILE.minisig */
export async function signFile(path: string, key: KeyObject, trustedComment: string): Promise<string> {
  const signature = sign(null, await hashFile(path), key);
  const commentSignature = sign(null, Buffer.concat([signature, Buffer.from(trustedComment)]), key);
  const bytes = Buffer.concat([Buffer.from(HASHED_ALGORITHM), keyIdOf(key), signature]);
  return [
    'untrusted comment: signature of a Vant release',
    bytes.toString('base64'),
    `trusted comment: ${trustedComment}`,
    commentSignature.toString('base64'),
    '',
  ].join('\n');
}

/** @returns the text of a .pub file */
export function renderPublicKey(key: KeyObject): string {
  const bytes = Buffer.concat([Buffer.from(KEY_ALGORITHM), keyIdOf(key), rawPublicKey(key)]);
  return `untrusted comment: public key of Vant releases\n${bytes.toString('base64')}\n`;
}

/** minisign draws it; here it follows from the key, so that nothing but the key has to be kept. */
const keyIdOf = (key: KeyObject): Buffer =>
  createHash('blake2b512').update(rawPublicKey(key)).digest().subarray(0, KEY_ID_BYTES);

function rawPublicKey(key: KeyObject): Buffer {
  const publicKey = key.type === 'private' ? createPublicKey(key) : key;
  return publicKey.export({ format: 'der', type: 'spki' }).subarray(SPKI_PREFIX.length);
}

async function hashFile(path: string): Promise<Buffer> {
  const hash = createHash('blake2b512');
  await pipeline(createReadStream(path), hash);
  return hash.digest();
}
