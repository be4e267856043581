/** A subscription of the browser, as the server wants it. */
import { encodeBase64Url } from '../../wire/encoding.ts';
import type { PushAddress } from '../../wire/schemas.ts';

export function toPushAddress(subscription: Pick<PushSubscription, 'endpoint' | 'getKey'>): PushAddress {
  const keyOf = (name: PushEncryptionKeyName): string =>
    encodeBase64Url(new Uint8Array(subscription.getKey(name) ?? new ArrayBuffer(0)));
  return { webPush: { endpoint: subscription.endpoint, p256dh: keyOf('p256dh'), auth: keyOf('auth') } };
}
