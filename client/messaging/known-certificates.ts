/** Sender certificates whose signatures were found right. A sender shows the same one for hours, in each message, and the two
 * signatures in it are most of what reading a message costs. */
import type * as Libsignal from '@signalapp/libsignal-client';
import { encodeHex } from '../../wire/encoding.ts';

/** One for each device that writes; the one that has been known longest goes first. */
const MAX_KNOWN = 500;

export class KnownCertificates {
  readonly #trustRoot: Libsignal.PublicKey;
  /** The whole certificates in hex, with that of the server inside: every bit of them was checked. */
  readonly #known = new Set<string>();

  constructor(trustRoot: Libsignal.PublicKey) {
    this.#trustRoot = trustRoot;
  }

  /** As SenderCertificate.validate. @param time milliseconds since 1970 */
  isValid(certificate: Libsignal.SenderCertificate, time: number): boolean {
    const name = encodeHex(certificate.serialize());
    if (this.#known.has(name)) return time <= certificate.expiration();
    if (!certificate.validate(this.#trustRoot, time)) return false;
    this.#known.add(name);
    for (const oldest of this.#known) {
      if (this.#known.size <= MAX_KNOWN) break;
      this.#known.delete(oldest);
    }
    return true;
  }
}
