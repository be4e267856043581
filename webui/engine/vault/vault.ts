/** Keeps the key that the records are encrypted under (the data key). It is stored wrapped: under a key that this browser
 * keeps and does not give out. */
import type { Database } from '../ports/database.ts';

const RECORD_NAME = 'data-key';
const WRAPPING = 'AES-KW';
const DATA_KEY = { name: 'AES-GCM', length: 256 } as const;
const DATA_KEY_USAGES = ['encrypt', 'decrypt'] as const;

/** Wrapped under a key of this browser that cannot be exported. */
interface DeviceWrap {
  readonly version: 1;
  readonly kind: 'device';
  readonly wrappingKey: CryptoKey;
  readonly wrapped: Uint8Array<ArrayBuffer>;
}

/** The data key, made at the first call. */
export async function openVault(database: Database): Promise<CryptoKey> {
  const stored = (await database.get('vault', RECORD_NAME)) as DeviceWrap | undefined;
  const record = stored ?? (await createVault(database));
  return crypto.subtle.unwrapKey('raw', record.wrapped, record.wrappingKey, WRAPPING, DATA_KEY, false, DATA_KEY_USAGES);
}

async function createVault(database: Database): Promise<DeviceWrap> {
  const wrappingKey = await crypto.subtle.generateKey({ name: WRAPPING, length: 256 }, false, ['wrapKey', 'unwrapKey']);
  const dataKey = await crypto.subtle.generateKey(DATA_KEY, true, DATA_KEY_USAGES);
  const wrapped = new Uint8Array(await crypto.subtle.wrapKey('raw', dataKey, wrappingKey, WRAPPING));
  const record: DeviceWrap = { version: 1, kind: 'device', wrappingKey, wrapped };
  await database.put('vault', record, RECORD_NAME);
  return record;
}
