import { describe, expect, it } from 'vitest';
import type { AccountId } from '../../../wire/ids.ts';
import {
  deleteOutboxItem,
  enqueue,
  firstFor,
  listFor,
  listFirst,
  type NewOutboxItem,
} from '../../../client/messaging/outbox.ts';
import { hasSeen, markSeen, purgeSeenIds, SEEN_MS } from '../../../client/messaging/seen-ids.ts';
import { logSent, MAX_RESENDS, purgeSentLog, takeForResend } from '../../../client/messaging/sent-log.ts';
import { createMemoryStorage } from './memory-storage.ts';

const ada = '00000000-0000-4000-8000-00000000000a' as AccountId;
const bob = '00000000-0000-4000-8000-00000000000b' as AccountId;

const item = (recipient: AccountId, timestamp: number): NewOutboxItem => ({
  recipient,
  timestamp,
  messageId: new Uint8Array(16),
  kind: 'content',
  bytes: Uint8Array.of(timestamp),
  isUrgent: true,
});

describe('the outbox', () => {
  it('gives each recipient’s messages in the order in which they were written', async () => {
    const storage = createMemoryStorage();
    await storage.transaction(async (tx) => {
      for (let timestamp = 1; timestamp <= 12; timestamp++)
        await enqueue(tx, item(timestamp % 2 ? ada : bob, timestamp));
    });
    const order: number[] = [];
    await storage.transaction(async (tx) => {
      for (let first = await firstFor(tx, ada); first !== undefined; first = await firstFor(tx, ada)) {
        order.push(first.value.timestamp);
        await deleteOutboxItem(tx, first.key);
      }
      expect(await listFor(tx, bob)).toHaveLength(6);
    });
    expect(order).toEqual([1, 3, 5, 7, 9, 11]);
  });

  it('finds what is next to each recipient, however much waits for one of them', async () => {
    const storage = createMemoryStorage();
    await storage.transaction(async (tx) => {
      for (let count = 0; count < 20; count++) await enqueue(tx, item(ada, count));
      for (let count = 20; count < 27; count++) await enqueue(tx, item(bob, count));
      const firsts = (await listFirst(tx)).map(({ value }) => [value.recipient, value.timestamp]);
      const expected = [await firstFor(tx, ada), await firstFor(tx, bob)];
      expect(firsts).toEqual(expected.map((row) => [row?.value.recipient, row?.value.timestamp]));
    });
  });

  it('knows for whom something waits', async () => {
    const storage = createMemoryStorage();
    await storage.transaction(async (tx) => {
      expect(await listFirst(tx)).toEqual([]);
      for (let count = 0; count < 3; count++) await enqueue(tx, item(bob, count));
      await enqueue(tx, item(ada, 9));
      expect((await listFirst(tx)).map(({ value }) => value.recipient)).toEqual([ada, bob]);
    });
  });
});

describe('seen ids', () => {
  it('are remembered for each sender, and longer than a resent message may be under way', async () => {
    const storage = createMemoryStorage();
    await storage.transaction(async (tx) => {
      await markSeen(tx, ada, 'aa', 1000);
      expect(await hasSeen(tx, ada, 'aa')).toBe(true);
      expect(await hasSeen(tx, bob, 'aa')).toBe(false);
      await purgeSeenIds(tx, 1000 + SEEN_MS);
      expect(await hasSeen(tx, ada, 'aa')).toBe(true);
      await purgeSeenIds(tx, 1001 + SEEN_MS);
      expect(await hasSeen(tx, ada, 'aa')).toBe(false);
    });
    expect(SEEN_MS).toBeGreaterThan(14 * 86_400_000);
  });
});

describe('the sent log', () => {
  const entry = { messageId: new Uint8Array(16), content: Uint8Array.of(1), isUrgent: true, expiresAt: 5000 };

  it('gives a message to a device five times, and no more', async () => {
    const storage = createMemoryStorage();
    await storage.transaction(async (tx) => {
      await logSent(tx, bob, 7, entry);
      for (let count = 0; count < MAX_RESENDS; count++) {
        expect(await takeForResend(tx, bob, 7, 1)).toMatchObject({ content: Uint8Array.of(1) });
        // Sending it again writes it to the log again: that must not start the count anew.
        await logSent(tx, bob, 7, entry);
      }
      expect(await takeForResend(tx, bob, 7, 1)).toBe('exhausted');
      expect(await takeForResend(tx, bob, 7, 2)).toMatchObject({ content: Uint8Array.of(1) });
      expect(await takeForResend(tx, ada, 7, 1)).toBeUndefined();
    });
  });

  it('forgets what has expired', async () => {
    const storage = createMemoryStorage();
    await storage.transaction(async (tx) => {
      await logSent(tx, bob, 7, entry);
      await purgeSentLog(tx, 5001);
      expect(await takeForResend(tx, bob, 7, 1)).toBeUndefined();
    });
  });
});
