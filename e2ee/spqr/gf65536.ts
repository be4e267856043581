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

/**
 * The weights w with f(at) = Σ w[i]·f(xs[i]) for every polynomial f of degree below xs.length (Lagrange). Subtraction in
 * this field is XOR. `at` is none of `xs`, which are distinct.
 */
export function lagrangeWeights(xs: readonly number[], at: number): readonly number[] {
  const full = xs.reduce((product, x) => multiply(product, at ^ x), 1);
  return xs.map((x, i) => {
    const others = xs.reduce((product, other, j) => (j === i ? product : multiply(product, x ^ other)), 1);
    return divide(full, multiply(at ^ x, others));
  });
}
