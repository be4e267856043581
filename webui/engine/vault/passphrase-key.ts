/** From a passphrase to a key, slowly: Argon2id (RFC 9106). */
import type { Argon2Cost } from './wraps.ts';

/** RFC 9106, section 4, the second recommended option: for where 2 GiB are not to be had. */
export const STRONG_COST: Argon2Cost = { memoryKibibytes: 64 * 1024, passes: 3, lanes: 4 };
/** What OWASP's Password Storage Cheat Sheet asks for at least: for devices where the other takes too long. */
export const LEAST_COST: Argon2Cost = { memoryKibibytes: 19 * 1024, passes: 2, lanes: 1 };
/** The strong one takes five times as long: on a device that is slower than this, nobody would keep the passphrase. */
const MAX_LEAST_MS = 800;
export const SALT_BYTES = 16;
export const KEY_BYTES = 32;
/** What a file or record may ask for: it must not take the memory of the browser. */
const MAX_COST: Argon2Cost = { memoryKibibytes: 256 * 1024, passes: 16, lanes: 16 };

/** What this device can bear, by trying it. */
export async function chooseCost(): Promise<Argon2Cost> {
  const startedAt = performance.now();
  await stretchPassphrase('', new Uint8Array(SALT_BYTES), LEAST_COST);
  return performance.now() - startedAt > MAX_LEAST_MS ? LEAST_COST : STRONG_COST;
}

/** The same passphrase, however a keyboard composes its characters (RFC 8265 asks for the same form).
 * @throws RangeError when the cost is beyond all reason */
export async function stretchPassphrase(
  passphrase: string,
  salt: Uint8Array,
  cost: Argon2Cost,
): Promise<Uint8Array<ArrayBuffer>> {
  if (!isReasonable(cost)) throw new RangeError('The cost of the passphrase is out of range.');
  // Loaded when it is needed: who has no passphrase does not wait for it.
  const { argon2idAsync } = await import('@noble/hashes/argon2.js');
  const { memoryKibibytes: m, passes: t, lanes: p } = cost;
  const password = new TextEncoder().encode(passphrase.normalize('NFC'));
  return new Uint8Array(await argon2idAsync(password, salt, { m, t, p, dkLen: KEY_BYTES }));
}

function isReasonable({ memoryKibibytes, passes, lanes }: Argon2Cost): boolean {
  const isWithin = (value: number, max: number): boolean => Number.isInteger(value) && value >= 1 && value <= max;
  return (
    isWithin(memoryKibibytes, MAX_COST.memoryKibibytes) &&
    isWithin(passes, MAX_COST.passes) &&
    isWithin(lanes, MAX_COST.lanes) &&
    // RFC 9106, section 3.1.
    memoryKibibytes >= 8 * lanes
  );
}
