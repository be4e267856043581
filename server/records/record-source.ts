/** What each room tells a member about what it holds of them. Nothing is left to memory: fields are read as they are stored, and
 * a field that nobody has described yet is shown all the same. */
import type { RecordEntry, RecordField, RecordSection } from '../../wire/record-schemas.ts';
import type { Actor } from '../accounts/actor.ts';

export interface RecordSubject extends Actor {
  /** Where the request comes from: limits are counted by address, too. */
  readonly clientAddress: string;
}

/** A room that holds something about accounts. */
export interface RecordSource {
  describe(subject: RecordSubject): Promise<RecordSection>;
}

/** What lies under one key of the database, field by field. */
export interface StoredRecord {
  readonly storedAs: readonly string[];
  readonly fields: ReadonlyMap<string, Uint8Array>;
}

interface FieldMeaning {
  readonly kind: RecordField['kind'];
  readonly note?: string;
}

/** What stored fields mean, by their names. */
export type FieldMeanings = Readonly<Record<string, FieldMeaning>>;

export function toEntry(title: string, record: StoredRecord, meanings: FieldMeanings): RecordEntry {
  const fields = [...record.fields].map(([name, bytes]) => toField(name, bytes, meanings[name]));
  return { title, storedAs: [...record.storedAs], fields };
}

function toField(name: string, bytes: Uint8Array, meaning: FieldMeaning | undefined): RecordField {
  const kind = meaning?.kind ?? (isReadable(bytes) ? 'text' : 'bytes');
  const note = meaning?.note === undefined ? {} : { note: meaning.note };
  return { name, kind, value: toValue(kind, bytes), ...note };
}

function toValue(kind: RecordField['kind'], bytes: Uint8Array): string | number | boolean {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString();
  switch (kind) {
    case 'bytes':
    case 'sealed':
      return bytes.length;
    case 'secret':
      // Hashes are stored as base64url.
      return Buffer.from(text, 'base64url').length;
    case 'count':
    case 'time':
    case 'duration':
      return Math.round(Number(text));
    case 'flag':
      return text === '1' || text === 'true';
    case 'text':
    case 'day':
      return text;
  }
}

/** Printable and short: anything else is counted, not shown. */
function isReadable(bytes: Uint8Array): boolean {
  return bytes.length <= 128 && bytes.every((byte) => byte >= 0x20 && byte < 0x7f);
}
