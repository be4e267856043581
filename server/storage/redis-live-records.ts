/** Questions and answers between nodes over publish/subscribe: nothing of it is stored. */
import { randomUUID } from 'node:crypto';
import { parseAccountId, type AccountId } from '../../wire/ids.ts';
import type { RecordEntry } from '../../wire/record-schemas.ts';
import type { LiveRecords } from '../records/live-records.ts';
import type { RedisConnection } from './connection.ts';
import type { StorageKeys } from './keys.ts';

/** A member waits for the slowest node; one that is dying must not keep them. */
const ANSWER_TIMEOUT_MS = 2_000;

interface Question {
  readonly id: string;
  readonly accountId: string;
  readonly replyTo: string;
}

interface Answer {
  readonly id: string;
  readonly entries: readonly RecordEntry[];
}

interface Asked {
  readonly entries: RecordEntry[];
  answers: number;
  /** How many nodes got the question, once that is known. */
  expected: number;
  readonly done: () => void;
}

export class RedisLiveRecords implements LiveRecords {
  readonly #redis: RedisConnection;
  readonly #questions: string;
  readonly #replies: string;
  readonly #answerTimeoutMs: number;
  readonly #asked = new Map<string, Asked>();
  #isListening: Promise<void> | undefined;

  constructor(redis: RedisConnection, keys: StorageKeys, answerTimeoutMs = ANSWER_TIMEOUT_MS) {
    this.#redis = redis;
    this.#answerTimeoutMs = answerTimeoutMs;
    this.#questions = keys.liveQuestions;
    this.#replies = keys.liveAnswers(randomUUID());
  }

  async serve(describe: (accountId: AccountId) => readonly RecordEntry[]): Promise<void> {
    await this.#redis.subscribe(this.#questions, (message) => {
      const { id, accountId, replyTo } = JSON.parse(message.toString()) as Question;
      const answer: Answer = { id, entries: describe(parseAccountId(accountId)) };
      // Nobody is harmed by an answer that gets lost: the question says how many did not come.
      this.#redis.publish(replyTo, JSON.stringify(answer)).catch(() => undefined);
    });
  }

  async ask(accountId: AccountId): Promise<{ entries: readonly RecordEntry[]; silentNodes: number }> {
    this.#isListening ??= this.#redis.subscribe(this.#replies, (message) => this.#receive(message));
    await this.#isListening;
    const { promise, resolve } = Promise.withResolvers<undefined>();
    const asked: Asked = { entries: [], answers: 0, expected: Number.MAX_SAFE_INTEGER, done: () => resolve(undefined) };
    const question: Question = { id: randomUUID(), accountId, replyTo: this.#replies };
    this.#asked.set(question.id, asked);
    const timer = setTimeout(asked.done, this.#answerTimeoutMs);
    try {
      asked.expected = await this.#redis.publish(this.#questions, JSON.stringify(question));
      if (asked.answers < asked.expected) await promise;
      return { entries: asked.entries, silentNodes: Math.max(0, asked.expected - asked.answers) };
    } finally {
      clearTimeout(timer);
      this.#asked.delete(question.id);
    }
  }

  #receive(message: Buffer): void {
    const { id, entries } = JSON.parse(message.toString()) as Answer;
    const asked = this.#asked.get(id);
    if (asked === undefined) return;
    asked.entries.push(...entries);
    if (++asked.answers >= asked.expected) asked.done();
  }
}
