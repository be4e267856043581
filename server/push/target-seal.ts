import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { DeviceAddress } from '../devices/device-address.ts';
import { toDeviceText } from '../devices/device-address.ts';
import type { PushTarget } from './push-target.ts';

const VERSION = 1;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const HEADER_BYTES = 1 + NONCE_BYTES;

/** Seals with AES-256-GCM: version(1) ‖ nonce(12) ‖ ciphertext ‖ tag(16). `context` binds it to its place. */
export class Seal {
  readonly #key: Buffer;

  constructor(key: Buffer) {
    this.#key = key;
  }

  seal(plaintext: Uint8Array, context: string): Buffer {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv('aes-256-gcm', this.#key, nonce).setAAD(Buffer.from(context));
    const ciphertext = Buffer.concat([cipher.update(plaintext), cipher.final()]);
    return Buffer.concat([Buffer.of(VERSION), nonce, ciphertext, cipher.getAuthTag()]);
  }

  /** Undefined when it was sealed with another key, for another place, or changed. */
  open(sealed: Uint8Array, context: string): Buffer | undefined {
    if (sealed.length < HEADER_BYTES + TAG_BYTES || sealed[0] !== VERSION) return undefined;
    const decipher = createDecipheriv('aes-256-gcm', this.#key, sealed.subarray(1, HEADER_BYTES))
      .setAAD(Buffer.from(context))
      .setAuthTag(sealed.subarray(-TAG_BYTES));
    try {
      return Buffer.concat([decipher.update(sealed.subarray(HEADER_BYTES, -TAG_BYTES)), decipher.final()]);
    } catch {
      return undefined;
    }
  }
}

/** Lengths are hidden up to this, so that Redis does not tell whose phone is of which make. */
const PADDED_BYTES = 1024;

/** One device's target: it cannot be opened as another's. */
export function sealTarget(seal: Seal, target: PushTarget, device: DeviceAddress, id: string): Buffer {
  return seal.seal(Buffer.from(JSON.stringify(target).padEnd(PADDED_BYTES)), `${toDeviceText(device)} ${id}`);
}

export function openTarget(seal: Seal, sealed: Uint8Array, device: DeviceAddress, id: string): PushTarget | undefined {
  const text = seal.open(sealed, `${toDeviceText(device)} ${id}`);
  return text === undefined ? undefined : (JSON.parse(text.toString()) as PushTarget);
}
