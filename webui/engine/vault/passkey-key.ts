/** From what a passkey's PRF gives to a key: HKDF (RFC 5869), so that the output serves nothing else. */
const INFO = new TextEncoder().encode('Vant vault passkey v1');
const KEY_BITS = 256;

export async function derivePasskeyKey(prfOutput: Uint8Array): Promise<Uint8Array<ArrayBuffer>> {
  const secret = await crypto.subtle.importKey('raw', new Uint8Array(prfOutput), 'HKDF', false, ['deriveBits']);
  const parameters = { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(), info: INFO };
  return new Uint8Array(await crypto.subtle.deriveBits(parameters, secret, KEY_BITS));
}
