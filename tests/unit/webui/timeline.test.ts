import { describe, expect, it } from 'vitest';
import type { PageOptions, StoredMessage } from '../../../client/conversations/history.ts';
import { MAX_LOADED, PAGE_SIZE, Timeline } from '../../../webui/state/timeline.ts';
import { toTimelineItems } from '../../../webui/state/timeline-items.ts';

const CONVERSATION = 'ada';
const key = (order: number): string => `${CONVERSATION}/${String(order).padStart(6, '0')}`;

function message(order: number, change: Partial<StoredMessage> = {}): StoredMessage {
  const timestamp = Date.UTC(2026, 0, 1, 12) + order * 1000;
  const base = { historyKey: key(order), conversation: CONVERSATION, author: 'ada', kind: 'text', text: String(order) };
  return { ...base, direction: 'incoming', timestamp, ...change } as StoredMessage;
}

/** The history of an engine, and a way to tell what happens. */
function createEngine(count: number, firstUnread?: number) {
  const history = Array.from({ length: count }, (_, order) => message(order));
  const listeners = new Map<string, (detail: never) => void>();
  const read: string[] = [];
  const client = {
    async firstUnread() {
      return firstUnread === undefined ? undefined : key(firstUnread);
    },
    async messages(_conversation: string, { limit = 100, before, after }: PageOptions) {
      if (after !== undefined) return history.filter(({ historyKey }) => historyKey > after).slice(0, limit);
      return history.filter(({ historyKey }) => before === undefined || historyKey < before).slice(-limit);
    },
    async messagesAround(historyKey: string, limit: number) {
      const at = history.findIndex((each) => each.historyKey === historyKey);
      return at < 0 ? [] : history.slice(Math.max(0, at - limit / 2), at + limit / 2);
    },
    async markRead(_conversation: string, upTo: string) {
      read.push(upTo);
    },
  };
  const on = (name: string, listener: (detail: never) => void) => {
    listeners.set(name, listener);
    return () => listeners.delete(name);
  };
  const emit = (name: string, detail: unknown): void => listeners.get(name)?.(detail as never);
  return { engine: { client, on } as never, emit, listeners, read };
}

const first = (timeline: Timeline): string | undefined => timeline.messages.value[0]?.text;
const last = (timeline: Timeline): string | undefined => timeline.messages.value.at(-1)?.text;

describe('Timeline', () => {
  it('opens at the end, and walks to the beginning without ever holding more than its share', async () => {
    const timeline = new Timeline(createEngine(1000).engine, CONVERSATION);
    await timeline.open();
    expect([timeline.messages.value.length, last(timeline)]).toEqual([PAGE_SIZE, '999']);
    while (timeline.hasOlder.value) {
      await timeline.loadOlder();
      expect(timeline.messages.value.length).toBeLessThanOrEqual(MAX_LOADED);
    }
    expect(first(timeline)).toBe('0');
    while (timeline.hasNewer.value) await timeline.loadNewer();
    expect(last(timeline)).toBe('999');
  });

  it('opens where the unread messages begin', async () => {
    const timeline = new Timeline(createEngine(1000, 100).engine, CONVERSATION);
    await timeline.open();
    expect(timeline.target.value).toEqual({ historyKey: key(100), isMarked: false });
    expect(timeline.messages.value.some(({ text }) => text === '100')).toBe(true);
  });

  it('tells what was read, but not of what one has written oneself', async () => {
    const { engine, emit, read } = createEngine(3);
    const timeline = new Timeline(engine, CONVERSATION);
    await timeline.open();
    await timeline.markRead(key(2));
    emit('message', message(3, { direction: 'outgoing' }));
    await timeline.markRead(key(3));
    await timeline.markRead(key(2));
    expect(read).toEqual([key(2)]);
    emit('message', message(4));
    emit('message', message(5, { direction: 'outgoing' }));
    await timeline.markRead(key(5));
    expect(read).toEqual([key(2), key(5)]);
  });

  it('takes new messages at the end only when the end is there', async () => {
    const { engine, emit } = createEngine(1000);
    const timeline = new Timeline(engine, CONVERSATION);
    await timeline.open();
    emit('message', message(1000));
    emit('message', message(1000));
    expect(timeline.messages.value.length).toBe(PAGE_SIZE + 1);
    await timeline.jumpTo(key(10));
    emit('message', message(1001));
    expect(last(timeline)).not.toBe('1001');
    emit('message', message(7, { conversation: 'grace' }));
    expect(timeline.announced.value?.text).toBe('1001');
  });

  it('changes, removes, and says what is gone', async () => {
    const { engine, emit, listeners } = createEngine(10);
    const timeline = new Timeline(engine, CONVERSATION);
    await timeline.open();
    emit('changed', message(3, { text: 'edited' }));
    emit('removed', { conversation: CONVERSATION, historyKey: key(4) });
    expect(timeline.messages.value.map(({ text }) => text)).toEqual(['0', '1', '2', 'edited', '5', '6', '7', '8', '9']);
    expect(await timeline.jumpTo(key(5000))).toBe(false);
    timeline.close();
    expect(listeners.size).toBe(0);
  });
});

describe('toTimelineItems', () => {
  it('groups what one author wrote within five minutes, and parts days and what is new', () => {
    const later = Date.UTC(2026, 0, 3, 12);
    const items = toTimelineItems(
      [
        message(0),
        message(1),
        message(400),
        message(401, { author: 'me' as never }),
        message(402, { timestamp: later }),
      ],
      key(1),
    );
    expect(
      items.map((item) =>
        item.type === 'message' ? `${item.message.text} ${item.isFirst} ${item.isLast}` : item.type,
      ),
    ).toEqual([
      'day',
      '0 true true',
      'unread',
      '1 true true',
      '400 true true',
      '401 true true',
      'day',
      '402 true true',
    ]);
    const together = toTimelineItems([message(0), message(299), message(300 + 299)]);
    expect(together.filter(({ type }) => type === 'message').map((item) => 'isFirst' in item && item.isFirst)).toEqual([
      true,
      false,
      true,
    ]);
  });
});
