/** Numbers that another thread may read at any time: one double each in shared memory, written by the server only. */
export const COUNTER_NAMES = [
  /** At this moment. */
  'allocations',
  'allocationsTotal',
  'refusedTotal',
  /** Wrong or missing proof, behind the first request, which has none by design. */
  'unauthenticatedTotal',
  'bindingsTotal',
  'malformedTotal',
  /** From client to peer and back; a packet between two allocations counts once. */
  'relayedPacketsTotal',
  'relayedBytesTotal',
  /** Of these, those that went from allocation to allocation inside the process. */
  'internalPacketsTotal',
  'droppedPacketsTotal',
] as const;
export type CounterName = (typeof COUNTER_NAMES)[number];

export class Counters {
  readonly values: Float64Array;

  /** @param memory from another Counters' `memory`, to read its numbers */
  constructor(memory = new SharedArrayBuffer(COUNTER_NAMES.length * 8)) {
    this.values = new Float64Array(memory);
  }

  get memory(): SharedArrayBuffer {
    return this.values.buffer as SharedArrayBuffer;
  }

  add(index: number, value = 1): void {
    this.values[index] = (this.values[index] ?? 0) + value;
  }

  set(name: CounterName, value: number): void {
    this.values[COUNTER[name]] = value;
  }

  read(): Record<CounterName, number> {
    const entries = COUNTER_NAMES.map((name, index) => [name, this.values[index] ?? 0] as const);
    return Object.fromEntries(entries) as Record<CounterName, number>;
  }
}

/** Indexes by name: the way of a packet looks up no names. */
export const COUNTER = Object.fromEntries(COUNTER_NAMES.map((name, index) => [name, index])) as Record<
  CounterName,
  number
>;
