import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Command, LinkEvents, RedisLink } from '../../../server/storage/links/link.ts';
import { NotSentError } from '../../../server/storage/links/link.ts';
import { ResilientConnection } from '../../../server/storage/resilient-connection.ts';

/** A link whose replies and absence the test decides. */
class FakeLink implements RedisLink {
  readonly sent: { command: Command; resolve: (reply: unknown) => void; reject: (error: Error) => void }[] = [];
  readonly restarts: string[] = [];
  events!: LinkEvents;
  #isReady = false;

  start(events: LinkEvents): void {
    this.events = events;
  }
  isReady = () => this.#isReady;
  setReady(): void {
    this.#isReady = true;
    this.events.onReady();
  }
  setLost(reason = 'gone'): void {
    this.#isReady = false;
    this.events.onLost(new Error(reason));
  }
  send(_key: string, command: Command): Promise<unknown> {
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    this.sent.push({ command, resolve, reject });
    return promise;
  }
  async #askOf(name: string, channel: string): Promise<void> {
    await this.send(channel, [name, channel]);
  }
  sendTransaction = async () => [];
  subscribe = (channel: string): Promise<void> => this.#askOf('SUBSCRIBE', channel);
  unsubscribe = (channel: string): Promise<void> => this.#askOf('UNSUBSCRIBE', channel);
  primaries = async () => [];
  restart = (reason: Error) => void this.restarts.push(reason.message);
  close = async () => undefined;
}

describe('ResilientConnection', () => {
  let link: FakeLink;
  let connection: ResilientConnection;
  beforeEach(() => {
    vi.useFakeTimers();
    link = new FakeLink();
    connection = new ResilientConnection(link, { commandTimeoutMs: 1_000 });
  });
  afterEach(async () => {
    await connection.close();
    vi.useRealTimers();
  });

  const names = () => link.sent.map(({ command }) => command[0]);
  const codeOf = (promise: Promise<unknown>) =>
    promise.then(
      () => 'answered',
      (error: unknown) => (error as { code?: string }).code,
    );
  const advance = async (ms: number) => {
    for (let step = 0; step < ms; step += 100) await vi.advanceTimersByTimeAsync(100);
  };

  it('holds commands while Redis is away, in order, and sends them when it is there', async () => {
    const first = connection.execute('k', ['FIRST']);
    void connection.execute('k', ['SECOND']);
    expect(names()).toEqual([]);
    link.setReady();
    void connection.execute('k', ['THIRD']);
    expect(names()).toEqual(['FIRST', 'SECOND', 'THIRD']);
    link.sent[0]!.resolve('reply');
    expect(await first).toBe('reply');
    for (const { resolve } of link.sent) resolve(null);
  });

  it('gives up a held command at the deadline, and never sends it later', async () => {
    link.setReady();
    link.setLost('the disk burns');
    const given = connection.execute('k', ['GIVEN']);
    const message = given.then(() => '', String);
    await advance(1_200);
    expect(await message).toContain('the disk burns');
    link.setReady();
    expect(names()).toEqual([]);
  });

  it('fails at once when Redis has been away for long', async () => {
    link.setReady();
    link.setLost();
    await advance(1_100);
    const before = performance.now();
    expect(await codeOf(connection.execute('k', ['LATE']))).toBe('STORAGE_UNAVAILABLE');
    expect(performance.now()).toBe(before);
  });

  it('fails what is not answered, and has the link start over', async () => {
    link.setReady();
    const failure = codeOf(connection.execute('k', ['HANG']));
    await advance(900);
    expect(link.restarts).toEqual([]);
    await advance(300);
    expect(await failure).toBe('STORAGE_UNAVAILABLE');
    expect(link.restarts).toEqual(['Redis left 1 commands unanswered.']);
  });

  it('does not take its own standing still for silence of Redis', async () => {
    link.setReady();
    const answer = codeOf(connection.execute('k', ['ASK']));
    // The process is suspended for a minute; the reply lies in the socket when it goes on.
    vi.setSystemTime(Date.now() + 60_000);
    await vi.advanceTimersByTimeAsync(100);
    link.sent[0]!.resolve('reply');
    expect(await answer).toBe('answered');
  });

  it('tries again what was certainly not sent, and nothing else', async () => {
    link.setReady();
    const retried = codeOf(connection.execute('k', ['AGAIN']));
    link.sent[0]!.reject(new NotSentError('one node is away'));
    await advance(200);
    expect(names()).toEqual(['AGAIN', 'AGAIN']);
    link.sent[1]!.reject(new Error('read ECONNRESET'));
    expect(await retried).toBe('STORAGE_UNAVAILABLE');
    expect(names()).toHaveLength(2);
  });

  it.each([
    'MISCONF Errors writing to the AOF file',
    'OOM command not allowed',
    'READONLY You can',
    'LOADING Redis is',
    'CLUSTERDOWN Hash slot',
  ])('says STORAGE_UNAVAILABLE for "%s", with Redis’s own words as the cause', async (text) => {
    link.setReady();
    const failure = connection.execute('k', ['SET']);
    link.sent[0]!.reject(new Error(text));
    await expect(failure).rejects.toMatchObject({ code: 'STORAGE_UNAVAILABLE', cause: { message: text } });
    expect(link.restarts).toHaveLength(text.startsWith('READONLY') ? 1 : 0);
  });

  it('passes on errors about the command itself', async () => {
    link.setReady();
    const failure = connection.execute('k', ['XLEN']);
    link.sent[0]!.reject(new Error('WRONGTYPE Operation against a key'));
    await expect(failure).rejects.toThrow(/^WRONGTYPE/);
  });

  it('rejects everything that waits when it is closed', async () => {
    link.setReady();
    const failure = codeOf(connection.execute('k', ['OPEN']));
    await connection.close();
    expect(await failure).toBe('STORAGE_UNAVAILABLE');
  });

  describe('subscriptions', () => {
    const listener = () => undefined;
    const asked = () => link.sent.map(({ command }) => command.join(' '));
    const answer = async (index: number) => {
      link.sent[index]!.resolve(undefined);
      await vi.advanceTimersByTimeAsync(0);
    };

    it('are asked for one after the other for a channel, each when the one before is answered', async () => {
      link.setReady();
      const first = connection.subscribe('a', listener);
      const gone = connection.unsubscribe('a');
      const again = connection.subscribe('a', listener);
      await vi.advanceTimersByTimeAsync(0);
      expect(asked()).toEqual(['SUBSCRIBE a']);
      await answer(0);
      await first;
      expect(asked()).toEqual(['SUBSCRIBE a', 'UNSUBSCRIBE a']);
      // Between the two answers: the library would take the channel for subscribed.
      const last = connection.subscribe('a', listener);
      await vi.advanceTimersByTimeAsync(0);
      expect(asked()).toHaveLength(2);
      await answer(1);
      await gone;
      await answer(2);
      await again;
      await answer(3);
      await last;
      expect(asked()).toEqual(['SUBSCRIBE a', 'UNSUBSCRIBE a', 'SUBSCRIBE a', 'SUBSCRIBE a']);
    });

    it('of different channels do not wait for each other, and nothing waits for what has ended', async () => {
      link.setReady();
      void connection.subscribe('a', listener);
      void connection.subscribe('b', listener);
      expect(asked()).toEqual(['SUBSCRIBE a', 'SUBSCRIBE b']);
      await answer(0);
      void connection.unsubscribe('a');
      expect(asked()).toEqual(['SUBSCRIBE a', 'SUBSCRIBE b', 'UNSUBSCRIBE a']);
      await answer(1);
      await answer(2);
    });

    it('that fail are taken back before the next one is asked for', async () => {
      link.setReady();
      const failure = codeOf(connection.subscribe('a', listener));
      const next = codeOf(connection.subscribe('a', listener));
      link.sent[0]!.reject(new Error('CLUSTERDOWN Hash slot'));
      expect(await failure).toBe('STORAGE_UNAVAILABLE');
      await vi.advanceTimersByTimeAsync(0);
      expect(asked()).toEqual(['SUBSCRIBE a', 'UNSUBSCRIBE a', 'SUBSCRIBE a']);
      await answer(2);
      expect(await next).toBe('answered');
    });

    it('do not wait beyond the deadline for an end that is not answered', async () => {
      link.setReady();
      const gone = codeOf(connection.unsubscribe('a'));
      const next = codeOf(connection.subscribe('a', listener));
      await advance(900);
      expect(asked()).toEqual(['UNSUBSCRIBE a']);
      await advance(300);
      expect(link.restarts).toEqual(['Redis left 1 commands unanswered.']);
      expect(asked()).toEqual(['UNSUBSCRIBE a', 'SUBSCRIBE a']);
      await answer(1);
      expect([await gone, await next]).toEqual(['answered', 'answered']);
    });

    it('that had to wait for Redis are not overtaken by their end', async () => {
      void connection.subscribe('a', listener);
      const gone = connection.unsubscribe('a');
      await vi.advanceTimersByTimeAsync(0);
      link.setReady();
      await answer(0);
      await answer(1);
      await gone;
      expect(asked()).toEqual(['SUBSCRIBE a', 'UNSUBSCRIBE a']);
    });

    it('end at once while Redis is away, however long it has been', async () => {
      link.setReady();
      link.setLost();
      await advance(1_100);
      void connection.unsubscribe('a');
      expect(asked()).toEqual(['UNSUBSCRIBE a']);
    });
  });
});
