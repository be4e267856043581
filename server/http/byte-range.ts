import { VantError } from '../../wire/errors.ts';

export interface ByteRange {
  readonly start: number;
  /** Counts, too. */
  readonly end: number;
}

const PATTERN = /^bytes=(\d{0,15})-(\d{0,15})$/;

/** One range of RFC 9110, section 14.1.2. Undefined for none, and for what a server may ignore: several ranges, other units.
 * @throws VantError RANGE_NOT_SATISFIABLE */
export function parseByteRange(header: string | undefined, size: number): ByteRange | undefined {
  const [, first = '', last = ''] = PATTERN.exec(header ?? '') ?? [];
  if (first === '' && last === '') return undefined;
  const start = first === '' ? Math.max(0, size - Number(last)) : Number(first);
  const end = first === '' || last === '' ? size - 1 : Math.min(Number(last), size - 1);
  // A last byte before the first one makes no range at all; RFC 9110 has it ignored.
  if (first !== '' && last !== '' && Number(last) < Number(first)) return undefined;
  if (start > end) throw new VantError('RANGE_NOT_SATISFIABLE');
  return { start, end };
}
