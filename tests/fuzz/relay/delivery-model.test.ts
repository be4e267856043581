import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { DeviceAddress } from '../../../server/devices/device-address.ts';
import { Delivery, type DeliverySink } from '../../../server/relay/delivery.ts';
import type { Removing } from '../../../server/relay/removal-batch.ts';
import { parseAccountId, PRIMARY_DEVICE_ID } from '../../../wire/ids.ts';
import { SimulatedMessageStore, toNumber } from './simulated-message-store.ts';

const device: DeviceAddress = {
  accountId: parseAccountId('00000000-0000-4000-8000-000000000000'),
  deviceId: PRIMARY_DEVICE_ID,
};

type Step =
  | { readonly do: 'append'; readonly bytes: number; readonly hops: number; readonly isResend: boolean }
  | { readonly do: 'append-elsewhere'; readonly bytes: number }
  | { readonly do: 'acknowledge'; readonly positions: readonly number[] }
  | { readonly do: 'expire'; readonly index: number }
  | { readonly do: 'answer'; readonly count: number }
  | { readonly do: 'execute'; readonly count: number }
  | { readonly do: 'wake' | 'refuse' | 'lose-connection' | 'retry' | 'tick' | 'recheck' };

const bytes = fc.constantFrom(1, 10, 60);
const common: fc.Arbitrary<Step>[] = [
  fc.record({ do: fc.constant('append'), bytes, hops: fc.nat(6), isResend: fc.constant(false) }),
  fc.record({ do: fc.constant('append'), bytes, hops: fc.nat(6), isResend: fc.boolean() }),
  fc.record({ do: fc.constant('append-elsewhere'), bytes }),
  fc.record({ do: fc.constant('acknowledge'), positions: fc.array(fc.nat(8), { minLength: 1, maxLength: 5 }) }),
  fc.record({ do: fc.constant('answer'), count: fc.integer({ min: 1, max: 8 }) }),
  fc.record({ do: fc.constant('execute'), count: fc.integer({ min: 1, max: 4 }) }),
  fc.record({ do: fc.constantFrom('wake', 'tick') }),
];
const failing: fc.Arbitrary<Step>[] = [
  fc.record({ do: fc.constantFrom('refuse', 'lose-connection', 'retry', 'recheck') }),
];
const expiring: fc.Arbitrary<Step>[] = [fc.record({ do: fc.constant('expire'), index: fc.nat(6) })];
const scenario = (steps: fc.Arbitrary<Step>[]) => fc.array(fc.oneof(...steps), { minLength: 5, maxLength: 80 });

/** One device's connection, its queue, and everything that happens to them. */
class Simulation {
  readonly store = new SimulatedMessageStore();
  readonly delivered: { readonly deliveryId: number; readonly key: string }[] = [];
  readonly #unacknowledged: number[] = [];
  readonly #delivery: Delivery;
  #needsRetry = false;
  #sequence = 0;

  constructor() {
    const sink: DeliverySink = {
      deliver: (deliveryId, envelope) => {
        this.delivered.push({ deliveryId, key: toKey(envelope) });
        this.#unacknowledged.push(deliveryId);
      },
      queueDrained: () => undefined,
      storageFailed: () => (this.#needsRetry = true),
    };
    const removals = { add: (delivery: Removing) => queueMicrotask(() => delivery.removeAcknowledged()) };
    const window = { maxEnvelopes: 4, maxBytes: 100 };
    const unmeasured = { latency: { add: () => undefined }, now: () => 0 };
    this.#delivery = new Delivery(device, { store: this.store, window, removals, ...unmeasured }, sink);
  }

  /** Connects; what is there already is delivered first. */
  connect(): void {
    this.#delivery.resume();
  }

  async take(step: Step): Promise<void> {
    this.#do(step);
    // Either the event loop turns here, or the next step comes in the same turn.
    if (step.do !== 'append' && step.do !== 'execute') await turn();
  }

  #do(step: Step): void {
    const { store } = this;
    if (step.do === 'append') this.#append(step.bytes, step.hops, step.isResend);
    else if (step.do === 'append-elsewhere') store.push(this.#newEnvelope(step.bytes));
    else if (step.do === 'acknowledge') this.#acknowledge(step.positions);
    else if (step.do === 'expire') store.expire(step.index);
    else if (step.do === 'execute') store.execute(step.count);
    else if (step.do === 'answer') store.answer(step.count);
    else this.#disturb(step.do);
  }

  #disturb(what: 'wake' | 'refuse' | 'lose-connection' | 'retry' | 'tick' | 'recheck'): void {
    if (what === 'wake') this.#delivery.resume();
    else if (what === 'recheck') this.#delivery.recheck();
    else if (what === 'refuse') this.store.refuseNext();
    else if (what === 'lose-connection') this.store.loseConnection();
    else if (what === 'retry') this.#retry();
  }

  /** The relay wakes the connection, the store recovers, the device acknowledges everything. */
  async settle(): Promise<void> {
    this.#delivery.recheck();
    for (let idle = 0; idle < 3;) {
      this.store.execute(1);
      this.store.answer(9);
      await turn();
      this.#acknowledge([0, 0, 0, 0]);
      await turn();
      const isIdle = this.store.isIdle && this.#unacknowledged.length === 0 && !this.#needsRetry;
      idle = isIdle ? idle + 1 : 0;
      if (this.#needsRetry) this.#retry();
    }
  }

  #append(bytes: number, hops: number, isResend: boolean): void {
    const envelope = isResend
      ? (this.store.queue.at(-1)?.envelope ?? this.#newEnvelope(bytes))
      : this.#newEnvelope(bytes);
    this.store.hops = hops;
    this.#delivery.append({ messageId: new Uint8Array(16), envelope, isResend }).catch(() => undefined);
  }

  #newEnvelope(bytes: number): Uint8Array {
    const envelope = Buffer.alloc(Math.max(4, bytes));
    envelope.writeUInt32BE(++this.#sequence);
    return envelope;
  }

  #acknowledge(positions: readonly number[]): void {
    const ids = positions.flatMap((position) => this.#unacknowledged.splice(position, 1));
    if (ids.length > 0) expect(this.#delivery.acknowledge(ids)).toBe(0);
  }

  #retry(): void {
    this.#needsRetry = false;
    this.#delivery.resume();
  }
}

function countEach(keys: readonly (string | undefined)[]): Map<string | undefined, number> {
  const counts = new Map<string | undefined, number>();
  for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
  return counts;
}

const toKey = (envelope: Uint8Array): string => String(Buffer.from(envelope).readUInt32BE());

async function turn(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}

async function run(backlog: number, steps: readonly Step[]) {
  const simulation = new Simulation();
  const { store } = simulation;
  for (let i = 0; i < backlog; i++) await simulation.take({ do: 'append-elsewhere', bytes: 10 });
  const keyOf = new Map<string, string>();
  const note = () => store.queue.forEach(({ entryId, envelope }) => keyOf.set(entryId, toKey(envelope)));
  note();
  simulation.connect();
  for (const step of steps) {
    await simulation.take(step);
    note();
  }
  const push = store.push.bind(store);
  store.push = (envelope) => {
    const entryId = push(envelope);
    keyOf.set(entryId, toKey(envelope));
    return entryId;
  };
  await simulation.settle();
  const delivered = simulation.delivered.map(({ key }) => key);
  const expected = store.everAppended.filter((id) => !store.expired.has(id)).map((id) => keyOf.get(id));
  const appended = store.everAppended.map((id) => keyOf.get(id));
  return { store, appended, delivered, expected };
}

const parameters = { numRuns: Number(process.env['VANT_FUZZ_RUNS'] ?? 1500) };

describe('Delivery, whatever the order of events', () => {
  test('every envelope is delivered once and in order, also when other nodes append', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(12), scenario(common), async (backlog, steps) => {
        const { delivered, expected, store } = await run(backlog, steps);
        expect(delivered).toEqual(expected);
        expect(store.queue).toEqual([]);
      }),
      parameters,
    );
  });

  test('a store that fails in between loses, repeats and swaps nothing', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(12), scenario([...common, ...failing]), async (backlog, steps) => {
        const { delivered, expected, store } = await run(backlog, steps);
        expect(delivered).toEqual(expected);
        expect(store.queue).toEqual([]);
      }),
      parameters,
    );
  });

  test('entries that expire hide no other ones', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(12), scenario([...common, ...failing, ...expiring]), async (backlog, steps) => {
        const { appended, delivered, expected, store } = await run(backlog, steps);
        // Between the expected and everything that ever was in the queue; a resend may be there twice.
        const [most, got, least] = [appended, delivered, expected].map(countEach);
        for (const [key, count] of got!) expect(count).toBeLessThanOrEqual(most!.get(key) ?? 0);
        for (const [key, count] of least!) expect(got!.get(key)).toBeGreaterThanOrEqual(count);
        expect(store.queue).toEqual([]);
      }),
      parameters,
    );
  });

  test('entry ids of the simulation rise, as those of the store', () => {
    const store = new SimulatedMessageStore();
    const ids = Array.from({ length: 12 }, () => store.push(new Uint8Array(4)));
    expect(ids.map(toNumber)).toEqual(ids.map((_, index) => index + 1));
  });
});
