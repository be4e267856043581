import { describe, expect, it } from 'vitest';
import { PendingCommands } from '../../../server/storage/pending-commands.ts';

describe('PendingCommands', () => {
  const reject = (into: unknown[]) => (reason: unknown) => into.push(reason);

  it('expires from the old end, the limit included, and counts what had been sent', () => {
    const pending = new PendingCommands();
    const rejected: unknown[] = [];
    pending.add(reject(rejected), undefined, 100);
    pending.add(reject(rejected), () => undefined, 200);
    pending.add(reject(rejected), undefined, 201);
    expect(pending.expire(200, (wasSent) => (wasSent ? 'sent' : 'waiting'))).toBe(1);
    expect(rejected).toEqual(['sent', 'waiting']);
    expect(pending.isEmpty).toBe(false);
  });

  it('stays linked when the first, the last and one in the middle leave, once or twice', () => {
    const pending = new PendingCommands();
    const rejected: unknown[] = [];
    const waiters = Array.from({ length: 5 }, () => pending.add(reject(rejected), undefined, 1));
    for (const index of [2, 0, 4, 2]) pending.remove(waiters[index]!);
    expect(pending.expire(1, () => 'late')).toBe(2);
    expect(rejected).toEqual(['late', 'late']);
    expect(pending.isEmpty).toBe(true);
  });

  it('runs what waits in order and once', () => {
    const pending = new PendingCommands();
    const order: number[] = [];
    for (const number of [1, 2, 3])
      pending.add(
        () => undefined,
        () => order.push(number),
        1,
      );
    pending.flush();
    pending.flush();
    expect(order).toEqual([1, 2, 3]);
  });

  it('never runs later what has expired', () => {
    const pending = new PendingCommands();
    let runs = 0;
    pending.add(
      () => undefined,
      () => runs++,
      1,
    );
    pending.expire(1, () => 'late');
    pending.flush();
    expect(runs).toBe(0);
  });
});
