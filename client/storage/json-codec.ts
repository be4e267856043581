/** Records at rest are JSON; bytes in them are written as {"$b": base64url}. */
import { decodeBase64Url, encodeBase64Url } from '../../wire/encoding.ts';
import { decodeUtf8, encodeUtf8 } from '../bytes.ts';

export function encodeJson(value: unknown): Uint8Array {
  return encodeUtf8(
    JSON.stringify(value, (_key, field: unknown) =>
      field instanceof Uint8Array ? { $b: encodeBase64Url(field) } : field,
    ),
  );
}

export function decodeJson(bytes: Uint8Array): unknown {
  return JSON.parse(decodeUtf8(bytes), (_key, field: unknown) => {
    if (typeof field === 'object' && field !== null && '$b' in field && typeof field.$b === 'string') {
      return decodeBase64Url(field.$b);
    }
    return field;
  });
}
