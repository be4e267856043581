/** The search index: built from the store when it is first wanted, kept current by the client's events. */
import type MiniSearch from 'minisearch';
import type { VantClient } from '../../../client/client.ts';
import type { Team } from '../../../client/team.ts';
import type { StoredMessage } from '../../../client/conversations/history.ts';
import type { MessageHit, NameHit, SearchApi, SearchOptions, SearchProgress, SearchResult } from './search-api.ts';
import { findMatches, makeSnippet, parseQuery, type Query } from './snippet.ts';
import { splitWords } from './words.ts';

/** Between two pages the worker does what else there is to do. */
const PAGE_SIZE = 250;
const DEFAULT_LIMIT = 50;

interface Entry {
  /** The history key of the message. */
  readonly id: string;
  readonly text: string;
}

/** What a search needs of the client. */
export type SearchClient = Pick<VantClient, 'conversations' | 'message' | 'messages' | 'on'> & {
  team(): Promise<Pick<Team, 'knownMembers'>>;
};

type Index = MiniSearch<Entry>;

export class MessageSearch implements SearchApi {
  readonly #client: SearchClient;
  readonly #onProgress: (progress: SearchProgress) => void;
  readonly #stops: (() => void)[] = [];
  /** What was deleted while the index was being built: a page that was read before must not bring it back. */
  readonly #deleted = new Set<string>();
  #index: Index | undefined;
  #building: Promise<void> | undefined;
  #isComplete = false;
  #isCleared = false;

  constructor(client: SearchClient, onProgress: (progress: SearchProgress) => void) {
    this.#client = client;
    this.#onProgress = onProgress;
  }

  async prepare(): Promise<void> {
    this.#building ??= this.#build().catch((error: unknown) => {
      this.#building = undefined;
      throw error;
    });
    await this.#building;
  }

  async search(text: string, { conversation, limit = DEFAULT_LIMIT }: SearchOptions = {}): Promise<SearchResult> {
    const query = parseQuery(text);
    if (query === undefined) return { names: [], messages: [], isComplete: this.#isComplete };
    // What is indexed so far answers at once.
    if (this.#index === undefined) await this.#createIndex();
    void this.prepare().catch(() => undefined);
    const keys = this.#find(query, conversation).slice(0, limit);
    const names = conversation === undefined ? await this.#findNames(query) : [];
    return { names, messages: await this.#load(keys, query), isComplete: this.#isComplete };
  }

  /** Nothing of it stays in memory. */
  clear(): void {
    this.#isCleared = true;
    for (const stop of this.#stops) stop();
    this.#index?.removeAll();
    this.#index = undefined;
    this.#deleted.clear();
  }

  async #build(): Promise<void> {
    await this.#createIndex();
    let indexedCount = 0;
    for (const { id } of await this.#client.conversations()) {
      let before: string | undefined;
      for (;;) {
        const options = { limit: PAGE_SIZE, ...(before === undefined ? {} : { before }) };
        const page = await this.#client.messages(id, options);
        if (this.#index === undefined) return;
        for (const message of page) if (!this.#index.has(message.historyKey)) this.#put(message);
        indexedCount += page.length;
        this.#onProgress({ indexedCount, isComplete: false });
        before = page[0]?.historyKey;
        if (page.length < PAGE_SIZE) break;
      }
    }
    this.#isComplete = true;
    this.#deleted.clear();
    this.#onProgress({ indexedCount, isComplete: true });
  }

  async #createIndex(): Promise<void> {
    const { default: Search } = await import('minisearch');
    if (this.#index !== undefined || this.#isCleared) return;
    this.#index = new Search<Entry>({
      fields: ['text'],
      tokenize: (text) => splitWords(text).map(({ term }) => term),
      processTerm: (term) => term,
    });
    for (const name of ['message', 'changed'] as const)
      this.#stops.push(this.#client.on(name, (message) => this.#put(message)));
    this.#stops.push(this.#client.on('removed', ({ historyKey }) => this.#remove(historyKey)));
  }

  #put(message: StoredMessage): void {
    const { historyKey: id, text } = message;
    if (message.isDeleted === true || text === '') {
      this.#remove(id);
      return;
    }
    if (this.#index?.has(id) === true) this.#index.discard(id);
    if (!this.#deleted.has(id)) this.#index?.add({ id, text });
  }

  #remove(id: string): void {
    if (!this.#isComplete) this.#deleted.add(id);
    if (this.#index?.has(id) === true) this.#index.discard(id);
  }

  /** Newest first: history keys end with the order of arrival, over all conversations. */
  #find({ whole, beginning }: Query, conversation: string | undefined): string[] {
    const queries = [...whole, { queries: [beginning], prefix: true }];
    const hits = this.#index?.search({ combineWith: 'AND', queries }) ?? [];
    const keys = hits.map(({ id }) => id as string);
    const own = conversation === undefined ? keys : keys.filter((key) => key.startsWith(`${conversation}/`));
    return own.sort((a, b) => (orderOf(a) < orderOf(b) ? 1 : -1));
  }

  async #load(keys: readonly string[], query: Query): Promise<MessageHit[]> {
    const messages = await Promise.all(keys.map((key) => this.#client.message(key)));
    return messages
      .filter((message) => message !== undefined)
      .map((message) => ({ message, ...makeSnippet(message.text, query) }));
  }

  async #findNames(query: Query): Promise<NameHit[]> {
    const members = await (await this.#client.team()).knownMembers();
    return members.flatMap(({ accountId, profile }) => {
      const name = profile?.displayName ?? '';
      return matchesAll(name, query) ? [{ accountId, name, highlights: findMatches(name, query) }] : [];
    });
  }
}

const orderOf = (historyKey: string): string => historyKey.slice(historyKey.lastIndexOf('/'));

function matchesAll(name: string, { whole, beginning }: Query): boolean {
  const terms = splitWords(name).map(({ term }) => term);
  return [...whole].every((word) => terms.includes(word)) && terms.some((term) => term.startsWith(beginning));
}
