import { createPrivateKey, type KeyObject } from 'node:crypto';
import type { StateStore } from '../state-store.ts';
import { createKeyPem } from '../temporary-certificate.ts';

interface StoredAccount {
  readonly directoryUrl: string;
  /** PEM */
  readonly key: string;
}

/** The key by which the authority knows us. Another authority gets another one. */
export async function loadAccountKey(store: StateStore, directoryUrl: string): Promise<KeyObject> {
  const stored = parse(await store.read('account'));
  if (stored?.directoryUrl === directoryUrl) return createPrivateKey(stored.key);
  const made: StoredAccount = { directoryUrl, key: createKeyPem() };
  await store.write('account', JSON.stringify(made));
  return createPrivateKey(made.key);
}

/** A lost account costs nothing: the next order makes a new one. */
function parse(text: string | undefined): StoredAccount | undefined {
  try {
    const stored = JSON.parse(text ?? '') as StoredAccount;
    createPrivateKey(stored.key);
    return stored;
  } catch {
    return undefined;
  }
}
