import { describe, expect, it } from 'vitest';
import type { Conversation } from '../../../client/conversations/conversation-list.ts';
import type { StoredMessage } from '../../../client/conversations/history.ts';
import type { DirectoryEntry } from '../../../client/directory/directory.ts';
import { Emitter } from '../../../client/emitter.ts';
import type { ClientEvents } from '../../../client/events.ts';
import { MessageSearch, type SearchClient } from '../../../webui/engine/search/message-search.ts';
import { makeSnippet, parseQuery } from '../../../webui/engine/search/snippet.ts';
import { splitWords } from '../../../webui/engine/search/words.ts';

/** A history in memory, with what the search asks of a client. */
class History implements SearchClient {
  readonly #messages = new Map<string, StoredMessage>();
  readonly #events = new Emitter<ClientEvents>((error) => {
    throw error;
  });
  readonly names: string[] = [];

  add(conversation: string, text: string, change: Partial<StoredMessage> = {}): StoredMessage {
    const historyKey = `${conversation}/${String(this.#messages.size).padStart(8, '0')}`;
    const message = { historyKey, conversation, text, ...change } as StoredMessage;
    this.#messages.set(message.historyKey, message);
    return message;
  }

  change(message: StoredMessage): void {
    this.#messages.set(message.historyKey, message);
    this.#events.emit('changed', message);
  }

  arrive(conversation: string, text: string): StoredMessage {
    const message = this.add(conversation, text);
    this.#events.emit('message', message);
    return message;
  }

  remove({ conversation, historyKey }: StoredMessage): void {
    this.#messages.delete(historyKey);
    this.#events.emit('removed', { conversation, historyKey });
  }

  on: SearchClient['on'] = (name, listener) => this.#events.on(name, listener);

  async conversations(): Promise<Conversation[]> {
    return [...new Set([...this.#messages.values()].map(({ conversation }) => conversation))].map(
      (id) => ({ id }) as Conversation,
    );
  }

  async messages(conversation: string, { before = '~', limit = 100 } = {}): Promise<StoredMessage[]> {
    return [...this.#messages.values()]
      .filter((message) => message.conversation === conversation && message.historyKey < before)
      .slice(-limit);
  }

  async message(historyKey: string): Promise<StoredMessage | undefined> {
    return this.#messages.get(historyKey);
  }

  async team(): Promise<{ knownMembers(): Promise<DirectoryEntry[]> }> {
    const entries = this.names.map((displayName, index) => ({ accountId: String(index), profile: { displayName } }));
    return { knownMembers: async () => entries as unknown as DirectoryEntry[] };
  }
}

async function setUp(texts: readonly string[] = []) {
  const history = new History();
  const messages = texts.map((text) => history.add('a', text));
  const progress: boolean[] = [];
  const search = new MessageSearch(history, ({ isComplete }) => progress.push(isComplete));
  await search.prepare();
  const find = async (query: string, options = {}): Promise<string[]> =>
    (await search.search(query, options)).messages.map(({ message }) => message.text);
  return { history, messages, progress, search, find };
}

describe('search', () => {
  it('finds all words, the last one from its beginning, newest first', async () => {
    const { find, progress } = await setUp(['red apple', 'green apple', 'red pear', 'an applet']);
    expect(await find('apple')).toEqual(['an applet', 'green apple', 'red apple']);
    expect(await find('app')).toEqual(['an applet', 'green apple', 'red apple']);
    expect(await find('apple red')).toEqual(['red apple']);
    expect(await find('pple')).toEqual([]);
    expect(await find('  ')).toEqual([]);
    expect(progress.at(-1)).toBe(true);
  });

  it('minds neither case nor accents, and knows scripts without spaces', async () => {
    const { find } = await setUp(['Ein CAFÉ in Zürich', 'Ёлка', '東京に行きました']);
    expect(await find('cafe')).toHaveLength(1);
    expect(await find('zurich EIN')).toHaveLength(1);
    expect(await find('елка')).toHaveLength(1);
    expect(await find('東京')).toHaveLength(1);
    expect(await find('行き')).toHaveLength(1);
  });

  it('looks in one conversation only, when asked to, and gives no more than the limit', async () => {
    const { history, find } = await setUp(['one word']);
    history.arrive('b', 'other word');
    expect(await find('word', { conversation: 'b' })).toEqual(['other word']);
    expect(await find('word', { limit: 1 })).toHaveLength(1);
    expect(await find('word', { limit: 2 })).toHaveLength(2);
  });

  it('follows what arrives, is edited, deleted and disappears', async () => {
    const { history, messages, find } = await setUp(['first secret', 'second secret', 'third secret']);
    const [first, second, third] = messages as [StoredMessage, StoredMessage, StoredMessage];
    history.arrive('a', 'fourth secret');
    history.change({ ...first, text: 'now public' });
    history.change({ ...second, text: '', isDeleted: true });
    history.remove(third);
    expect(await find('secret')).toEqual(['fourth secret']);
    expect(await find('public')).toEqual(['now public']);
  });

  it('builds over many pages, and answers meanwhile with what it has', async () => {
    const history = new History();
    for (let count = 0; count < 1000; count++) history.add(count % 2 === 0 ? 'a' : 'b', `number ${count}`);
    const search = new MessageSearch(history, () => undefined);
    const early = await search.search('number', { limit: 2000 });
    expect(early.isComplete).toBe(false);
    await search.prepare();
    const late = await search.search('number', { limit: 2000 });
    expect(late).toMatchObject({ isComplete: true });
    expect(late.messages).toHaveLength(1000);
  });

  it('finds members by their names', async () => {
    const { history, search } = await setUp();
    history.names.push('Ada Lovelace', 'Alan Turing');
    const { names } = await search.search('ada lo');
    expect(names).toEqual([
      {
        accountId: '0',
        name: 'Ada Lovelace',
        highlights: [
          [0, 3],
          [4, 12],
        ],
      },
    ]);
  });

  it('keeps nothing after it was cleared', async () => {
    const { search, find } = await setUp(['a secret']);
    search.clear();
    expect(await find('secret')).toEqual([]);
  });
});

describe('a snippet', () => {
  const snippet = (text: string, query: string) => makeSnippet(text, parseQuery(query)!);

  it('of a short text is all of it, with what matched', () => {
    expect(snippet('Red apples, red wine', 'red')).toEqual({
      snippet: 'Red apples, red wine',
      highlights: [
        [0, 3],
        [12, 15],
      ],
    });
  });

  it('of a long text is cut around the first match, never in the middle of a character', () => {
    const { snippet: text, highlights } = snippet(`${'🙂 word '.repeat(60)}needle${' 🙂word'.repeat(60)}`, 'needle');
    expect(text.startsWith('…')).toBe(true);
    expect(text.endsWith('…')).toBe(true);
    expect(text.length).toBeLessThan(170);
    expect(text.slice(...highlights[0]!)).toBe('needle');
    expect(text.isWellFormed()).toBe(true);
  });

  it('has the places of the words in the text as it is written', () => {
    expect(splitWords('Zürich, été!')).toEqual([
      { term: 'zurich', start: 0, end: 6 },
      { term: 'ete', start: 8, end: 11 },
    ]);
  });
});
