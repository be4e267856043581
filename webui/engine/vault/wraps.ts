/** The data key at rest: wrapped (AES key wrap, RFC 3394), once for each thing that can open it. */

const WRAPPING = { name: 'AES-KW', length: 256 } as const;
const DATA_KEY = { name: 'AES-GCM', length: 256 } as const;
const DATA_KEY_USAGES = ['encrypt', 'decrypt'] as const;
const WRAPPING_USAGES = ['wrapKey', 'unwrapKey'] as const;

type Bytes = Uint8Array<ArrayBuffer>;

/** Under a key that this browser keeps and does not give out: no protection against who can start this browser. */
export interface DeviceWrap {
  readonly kind: 'device';
  readonly wrappingKey: CryptoKey;
  readonly wrapped: Bytes;
}

export interface PassphraseWrap {
  readonly kind: 'passphrase';
  readonly salt: Bytes;
  readonly cost: Argon2Cost;
  readonly wrapped: Bytes;
}

export interface PasskeyWrap {
  readonly kind: 'passkey';
  readonly credentialId: string;
  readonly prfSalt: Bytes;
  readonly name: string;
  readonly createdAt: number;
  readonly wrapped: Bytes;
}

export type Wrap = DeviceWrap | PassphraseWrap | PasskeyWrap;

/** Stored with what was made with it, so that a later version may ask for more. */
export interface Argon2Cost {
  readonly memoryKibibytes: number;
  readonly passes: number;
  readonly lanes: number;
}

export const generateDataKey = (): Promise<CryptoKey> => crypto.subtle.generateKey(DATA_KEY, true, DATA_KEY_USAGES);

export const generateWrappingKey = (): Promise<CryptoKey> =>
  crypto.subtle.generateKey(WRAPPING, false, WRAPPING_USAGES);

export const importWrappingKey = (bytes: Bytes): Promise<CryptoKey> =>
  crypto.subtle.importKey('raw', bytes, WRAPPING, false, WRAPPING_USAGES);

export async function wrapDataKey(dataKey: CryptoKey, wrappingKey: CryptoKey): Promise<Bytes> {
  return new Uint8Array(await crypto.subtle.wrapKey('raw', dataKey, wrappingKey, WRAPPING));
}

/** Undefined when it is not the key that wrapped it: key wrap notices. */
export async function unwrapDataKey(
  wrapped: Bytes,
  wrappingKey: CryptoKey,
  isExtractable: boolean,
): Promise<CryptoKey | undefined> {
  return crypto.subtle
    .unwrapKey('raw', wrapped, wrappingKey, WRAPPING, DATA_KEY, isExtractable, DATA_KEY_USAGES)
    .catch((error: unknown) => {
      if (error instanceof DOMException && error.name === 'OperationError') return undefined;
      throw error;
    });
}
