/** What exists while the store is open and its key is known: the client, and what works on the client. */
import { createClient, type VantClient } from '../../client/client.ts';
import type { LogPort } from '../../client/ports.ts';
import { createBrowserPorts } from './ports/browser-ports.ts';
import type { Database } from './ports/database.ts';
import { createIndexedDbStorage } from './ports/indexeddb-storage.ts';
import { MessageSearch } from './search/message-search.ts';
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
  readonly search: MessageSearch;
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
  return { dataKey, client, search: new MessageSearch(client, onSearchProgress) };
}
