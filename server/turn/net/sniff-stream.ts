/** One port for HTTP and TURN: the first bytes of a stream tell which it is. STUN begins with two zero bits and has its cookie at the
 * fifth byte; HTTP begins with a letter. (ALPN cannot tell: browsers name no protocol for TURN over TLS.) */
import type { Duplex } from 'node:stream';
import { MAGIC_COOKIE } from '../stun/stun-constants.ts';
import { readUint32 } from '../stun/stun-message.ts';

export type StreamKind = 'turn' | 'http';

const COOKIE_END = 8;

/** @returns undefined while too little is there to say. What is neither counts as HTTP, which answers nonsense with 400. */
export function classifyStream(bytes: Uint8Array): StreamKind | undefined {
  const [first] = bytes;
  if (first === undefined) return undefined;
  // The first message of a client is a request, and these are all below 0x0100.
  if (first !== 0) return 'http';
  if (bytes.length < COOKIE_END) return undefined;
  return readUint32(bytes, 4) === MAGIC_COOKIE ? 'turn' : 'http';
}

/** What a stream, decrypted if it was TLS, turns out to be; see `readUntilKnown`. */
export const sniffStream = (stream: Duplex, timeoutMs: number): Promise<StreamKind | undefined> =>
  readUntilKnown(stream, timeoutMs, classifyStream);

/** Reads the beginning of a stream until it tells what it is. The bytes are put back, so that whoever serves it reads it from its
 * first byte on.
 * @returns undefined when the stream has ended, or said nothing for `timeoutMs`; it is destroyed then. */
export async function readUntilKnown<Kind>(
  stream: Duplex,
  timeoutMs: number,
  classify: (bytes: Uint8Array) => Kind | undefined,
): Promise<Kind | undefined> {
  const decided = Promise.withResolvers<Kind | undefined>();
  let bytes = Buffer.alloc(0);
  const look = () => {
    for (let chunk: unknown; (chunk = stream.read()) !== null;) bytes = Buffer.concat([bytes, chunk as Buffer]);
    const kind = classify(bytes);
    if (kind !== undefined) decided.resolve(kind);
  };
  const end = () => decided.resolve(undefined);
  const timer = setTimeout(end, timeoutMs);
  stream.on('readable', look).on('end', end).on('close', end).on('error', end);
  const kind = await decided.promise;
  clearTimeout(timer);
  stream.off('readable', look).off('end', end).off('close', end).off('error', end);
  if (kind === undefined) stream.destroy();
  else stream.unshift(bytes);
  return kind;
}
