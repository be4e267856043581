// The field GF(2^16) = GF(2)[x] / (x^16 + x^12 + x^3 + x + 1), by logarithm tables. Only public data passes through it
// (chunks as they are on the wire), so tables indexed by data give nothing away.

const POLYNOMIAL = 0x1100b;
const ORDER = 0xffff;

interface Tables {
  /** Doubled, so that a sum of two logarithms needs no reduction. */
  readonly exp: Uint16Array;
  readonly log: Uint16Array;
}

let tables: Tables | undefined;

/** Made at first use: most sessions are loaded without needing them. x itself generates the multiplicative group. */
function fieldTables(): Tables {
  if (tables !== undefined) return tables;
  const exp = new Uint16Array(2 * ORDER);
  const log = new Uint16Array(ORDER + 1);
  let power = 1;
  for (let i = 0; i < ORDER; i++) {
    exp[i] = power;
    exp[i + ORDER] = power;
    log[power] = i;
    power <<= 1;
    if (power > ORDER) power ^= POLYNOMIAL;
  }
  tables = { exp, log };
  return tables;
}

export function multiply(a: number, b: number): number {
  if (a === 0 || b === 0) return 0;
  const { exp, log } = fieldTables();
  return exp[(log[a] ?? 0) + (log[b] ?? 0)] ?? 0;
}

/** `b` is not 0. */
export function divide(a: number, b: number): number {
  if (a === 0) return 0;
  const { exp, log } = fieldTables();
  return exp[(log[a] ?? 0) + ORDER - (log[b] ?? 0)] ?? 0;
}

/** What interpolation through these x values needs whatever the place: per x the logarithm of Π (x − other). */
export interface LagrangeBasis {
  readonly xs: readonly number[];
  readonly denominatorLogs: Uint16Array;
}

/** `xs` are distinct. Subtraction in this field is XOR. */
export function lagrangeBasis(xs: readonly number[]): LagrangeBasis {
  const { log } = fieldTables();
  const denominatorLogs = Uint16Array.from(xs, (x) => {
    let sum = 0;
    for (const other of xs) if (other !== x) sum += log[x ^ other] ?? 0;
    return sum % ORDER;
  });
  return { xs, denominatorLogs };
}

/** The weights w with f(at) = Σ w[i]·f(xs[i]) for every polynomial f of degree below xs.length; `at` is none of `xs`. */
export function lagrangeWeights({ xs, denominatorLogs }: LagrangeBasis, at: number): Uint16Array {
  const { exp, log } = fieldTables();
  const full = xs.reduce((sum, x) => sum + (log[at ^ x] ?? 0), 0) % ORDER;
  return Uint16Array.from(xs, (x, i) => {
    const divisor = ((log[at ^ x] ?? 0) + (denominatorLogs[i] ?? 0)) % ORDER;
    return exp[full + ORDER - divisor] ?? 0;
  });
}

/** sums[i] += weight · values[i], where the values are big-endian pairs of bytes. */
export function addMultiple(sums: Uint16Array, weight: number, values: Uint8Array): void {
  const { exp, log } = fieldTables();
  const weightLog = log[weight] ?? 0;
  for (let i = 0; weight !== 0 && i < sums.length; i++) {
    const value = ((values[2 * i] ?? 0) << 8) | (values[2 * i + 1] ?? 0);
    if (value !== 0) sums[i] = (sums[i] ?? 0) ^ (exp[weightLog + (log[value] ?? 0)] ?? 0);
  }
}
