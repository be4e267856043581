/** Records one after the other, each with its length before it. */
import { EngineFault } from '../engine-errors.ts';

const LENGTH_BYTES = 4;
/** A message and what belongs to it have some kilobytes; an authentic file with more was not made by us. */
const MAX_RECORD_BYTES = 16 * 1024 * 1024;

export async function* frameRecords(records: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  for await (const record of records) {
    const framed = new Uint8Array(LENGTH_BYTES + record.length);
    new DataView(framed.buffer).setUint32(0, record.length);
    framed.set(record, LENGTH_BYTES);
    yield framed;
  }
}

/** @throws EngineFault BACKUP_DAMAGED */
export async function* unframeRecords(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let rest = new Uint8Array();
  for await (const piece of pieces) {
    const bytes = new Uint8Array(rest.length + piece.length);
    bytes.set(rest);
    bytes.set(piece, rest.length);
    const view = new DataView(bytes.buffer);
    let at = 0;
    while (bytes.length - at >= LENGTH_BYTES) {
      const length = view.getUint32(at);
      if (length > MAX_RECORD_BYTES) throw new EngineFault('BACKUP_DAMAGED');
      if (bytes.length - at - LENGTH_BYTES < length) break;
      yield bytes.subarray(at + LENGTH_BYTES, at + LENGTH_BYTES + length);
      at += LENGTH_BYTES + length;
    }
    rest = bytes.slice(at);
  }
  if (rest.length > 0) throw new EngineFault('BACKUP_DAMAGED');
}
