import { ValueError, describeRange, quote, type ValueType } from './value-type.ts';

const UNIT_BYTES = {
  TiB: 1024 ** 4,
  TB: 1000 ** 4,
  GiB: 1024 ** 3,
  GB: 1000 ** 3,
  MiB: 1024 ** 2,
  MB: 1000 ** 2,
  KiB: 1024,
  KB: 1000,
  kB: 1000,
  B: 1,
} as const;
type Unit = keyof typeof UNIT_BYTES;

const SIZE_PATTERN = '^[0-9]+(\\.[0-9]+)?(B|kB|KB|KiB|MB|MiB|GB|GiB|TB|TiB)$';
const EXPECTED = 'a number and a unit (B, KiB, MiB, GiB; or KB, MB, GB for powers of ten), such as 256KiB';

/** A number of bytes. Bounds are written as sizes too. */
export function byteSize(range: { min?: string; max?: string } = {}): ValueType<number> {
  const minBytes = parseByteSize(range.min ?? '0B');
  const maxBytes = range.max === undefined ? undefined : parseByteSize(range.max);
  return {
    kind: 'size',
    expected: EXPECTED,
    ...describeRange(range),
    schema: { type: 'string', pattern: SIZE_PATTERN },
    parse(text) {
      const bytes = parseByteSize(text);
      if (bytes < minBytes) {
        throw new ValueError(`${text} is too small`, `The smallest allowed is ${formatByteSize(minBytes)}.`);
      }
      if (maxBytes !== undefined && bytes > maxBytes) {
        throw new ValueError(`${text} is too large`, `The largest allowed is ${formatByteSize(maxBytes)}.`);
      }
      return bytes;
    },
    format: formatByteSize,
    toJson: formatByteSize,
  };
}

export function parseByteSize(text: string): number {
  const match = new RegExp(SIZE_PATTERN).exec(text);
  if (match === null) throw new ValueError(`${quote(text)} is not a size`, suggest(text));
  const unit = match[2] as Unit | undefined;
  // The pattern has two groups; the second is the unit whether or not there is a fraction.
  const bytes = Number.parseFloat(text) * UNIT_BYTES[unit ?? 'B'];
  if (!Number.isSafeInteger(bytes)) {
    throw new ValueError(`${quote(text)} is not a whole number of bytes`, `Write ${EXPECTED}.`);
  }
  return bytes;
}

/** The largest unit that needs no fraction, binary before decimal. */
export function formatByteSize(bytes: number): string {
  if (bytes === 0) return '0B';
  for (const unit of ['TiB', 'GiB', 'MiB', 'KiB', 'TB', 'GB', 'MB', 'KB'] as const) {
    if (bytes % UNIT_BYTES[unit] === 0) return `${bytes / UNIT_BYTES[unit]}${unit}`;
  }
  return `${bytes}B`;
}

function suggest(text: string): string {
  const compact = text.replaceAll(/[\s_,]/g, '');
  if (/^[0-9]+$/.test(compact)) {
    return `A unit is missing: ${formatByteSize(Number(compact))} if you mean bytes, ${compact}KiB or ${compact}MiB otherwise.`;
  }
  const letters = /^([0-9.]+)([kmgt])(i?)(b?)(ytes)?$/i.exec(compact);
  if (letters === null) return `Write ${EXPECTED}.`;
  const [, count = '', prefix = '', binary = '', b = ''] = letters;
  const unit = prefix.toUpperCase();
  if (binary === '' && b === '')
    return `Write ${count}${unit}iB (powers of 1024) or ${count}${unit}B (powers of 1000).`;
  return `Write ${count}${unit}${binary.toLowerCase()}B.`;
}
