/** Every latency of a run; exact percentiles at its end. Eight bytes for each are cheaper than to think about buckets. */
export class LatencyLog {
  #values = new Float64Array(1 << 16);
  #count = 0;

  add(valueMs: number): void {
    if (this.#count === this.#values.length) {
      const larger = new Float64Array(2 * this.#count);
      larger.set(this.#values);
      this.#values = larger;
    }
    this.#values[this.#count++] = valueMs;
  }

  /** The smallest value that `share` of all do not exceed. */
  percentile(share: number): number {
    const sorted = this.#values.subarray(0, this.#count).sort();
    return sorted[Math.max(0, Math.ceil(share * this.#count) - 1)] ?? NaN;
  }
}
