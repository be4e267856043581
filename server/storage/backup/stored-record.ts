/** One key of Redis as it stands in a backup: its content and not Redis's own serialization, which another version or Valkey may
 * not read. One JSON object a line. */

export type RecordType = 'string' | 'hash' | 'set' | 'zset' | 'list' | 'stream';

export interface KeyRecord {
  /** Without the prefix, which may be another one where it is restored. */
  readonly key: string;
  readonly type: RecordType;
  /** The account that it belongs to: a backup in which it is no member leaves it out. */
  readonly account?: string;
  /** As Redis gives it: value; field, value, …; member, …; member, score, …; id, n, then n fields and values, ….  */
  readonly data: readonly Uint8Array[];
  /** Milliseconds since 1970. */
  readonly expiresAt?: number;
}

interface WrittenRecord extends Omit<KeyRecord, 'data'> {
  /** Base64: values are bytes. */
  readonly data: readonly string[];
}

export function encodeRecord({ data, ...rest }: KeyRecord): Buffer {
  const written: WrittenRecord = { ...rest, data: data.map((value) => Buffer.from(value).toString('base64')) };
  return Buffer.from(`${JSON.stringify(written)}\n`);
}

/** @throws Error when the line is not one of ours. */
export function decodeRecord(line: string): KeyRecord {
  const { data, ...rest } = JSON.parse(line) as WrittenRecord;
  return { ...rest, data: data.map((value) => Buffer.from(value, 'base64')) };
}
