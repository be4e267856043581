/** What exists while the store is open and its key is known: the client, and what works on the client. */
import { createClient, type VantClient } from '../../client/client.ts';
import type { LogPort } from '../../client/ports.ts';
import { createBrowserPorts } from './ports/browser-ports.ts';
import type { Database } from './ports/database.ts';
import { createIndexedDbStorage } from './ports/indexeddb-storage.ts';
import type { MessageSearch } from './search/message-search.ts';
import type { SearchProgress } from './search/search-api.ts';
import { createRecordCipher } from './vault/record-cipher.ts';

export interface SessionOptions {
  readonly database: Database;
  readonly dataKey: CryptoKey;
  readonly log: LogPort;
  readonly onCommitted: () => void;
  readonly onGone: () => void;
  readonly onSearchProgress: (progress: SearchProgress) => void;
}

export interface Session {
  readonly dataKey: CryptoKey;
  readonly client: VantClient;
  /** Made when it is first asked for. */
  readonly search: () => Promise<MessageSearch>;
  /** Nothing that was decrypted stays in memory. */
  readonly clear: () => void;
}

export function openSession({
  database,
  dataKey,
  log,
  onCommitted,
  onGone,
  onSearchProgress,
}: SessionOptions): Session {
  const cipher = createRecordCipher(dataKey);
  const storage = createIndexedDbStorage({ database, cipher, locks: navigator.locks, onCommitted, onGone });
  // Other tabs say when they have written, so nobody has to look again and again.
  const client = createClient(createBrowserPorts(storage, log), { journalPollMs: 0 });
  let search: Promise<MessageSearch> | undefined;
  return {
    dataKey,
    client,
    search: () => (search ??= createSearch(client, onSearchProgress)),
    clear: () => void search?.then((made) => made.clear()),
  };
}

/** Loaded when somebody searches. */
async function createSearch(
  client: VantClient,
  onProgress: (progress: SearchProgress) => void,
): Promise<MessageSearch> {
  const { MessageSearch } = await import('./search/message-search.ts');
  return new MessageSearch(client, onProgress);
}
