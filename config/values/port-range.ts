import { ValueError, quote, type ValueType } from './value-type.ts';

export interface PortRange {
  readonly min: number;
  readonly max: number;
}

const EXPECTED = 'FIRST-LAST such as 20000-20999';
const MIN_PORT = 1024;
const MAX_PORT = 65_535;

/** Ports that a program may open without special rights, the last one included. */
export function portRange(): ValueType<PortRange> {
  return {
    kind: 'port range',
    expected: EXPECTED,
    range: `within ${MIN_PORT}-${MAX_PORT}`,
    schema: { type: 'string', pattern: '^[0-9]{4,5}-[0-9]{4,5}$' },
    parse: parsePortRange,
    format: formatPortRange,
    toJson: formatPortRange,
  };
}

export const formatPortRange = ({ min, max }: PortRange): string => `${min}-${max}`;

function parsePortRange(text: string): PortRange {
  const match = /^([0-9]+)\s*-\s*([0-9]+)$/.exec(text);
  if (match === null) throw new ValueError(`${quote(text)} is not a range of ports`, `Write ${EXPECTED}.`);
  const [min, max] = [Number(match[1]), Number(match[2])];
  for (const port of [min, max]) {
    if (port >= MIN_PORT && port <= MAX_PORT) continue;
    throw new ValueError(`${port} is not a port for this`, `Ports go from ${MIN_PORT} to ${MAX_PORT} here.`);
  }
  if (min > max) throw new ValueError(`${quote(text)} ends before it begins`, `Write ${max}-${min}.`);
  return { min, max };
}
