/** Certificates of sealed sender: the server vouches for which identity key belongs to which device, so that a recipient
 * knows the sender although the envelope does not name one. Chain: trust root, ServerCertificate, SenderCertificate. */
import { PrivateKey, PublicKey, SenderCertificate, ServerCertificate } from '@signalapp/libsignal-client';
import { decodeBase64Url, encodeBase64Url } from '../../wire/encoding.ts';
import type { Actor } from '../accounts/actor.ts';
import type { ServerKeyStore } from './server-key-store.ts';

/** A removed device can pass for a sender no longer than this; a device asks for a new one when half of it has gone. */
const LIFETIME_MS = 24 * 60 * 60 * 1000;
const SERVER_KEY_ID = 1;

interface StoredKeys {
  readonly trustRoot: string;
  readonly serverCertificate: string;
  readonly serverPrivateKey: string;
}

export class SenderCertificates {
  /** Serialized public key, base64url. Clients pin it when they join. */
  readonly trustRoot: string;
  readonly #serverCertificate: ServerCertificate;
  readonly #serverPrivateKey: PrivateKey;
  readonly #now: () => number;

  private constructor(keys: StoredKeys, now: () => number) {
    this.trustRoot = keys.trustRoot;
    this.#serverCertificate = ServerCertificate.deserialize(decodeBase64Url(keys.serverCertificate));
    this.#serverPrivateKey = PrivateKey.deserialize(decodeBase64Url(keys.serverPrivateKey));
    this.#now = now;
  }

  static async open(store: ServerKeyStore, now: () => number): Promise<SenderCertificates> {
    return new SenderCertificates(JSON.parse(await store.loadOrStore(createKeys)) as StoredKeys, now);
  }

  issue(actor: Actor): { certificate: string; expiresAt: number } {
    const expiresAt = this.#now() + LIFETIME_MS;
    const certificate = SenderCertificate.new(
      actor.accountId,
      null,
      actor.deviceId,
      PublicKey.deserialize(decodeBase64Url(actor.account.identityKey)),
      expiresAt,
      this.#serverCertificate,
      this.#serverPrivateKey,
    );
    return { certificate: encodeBase64Url(certificate.serialize()), expiresAt };
  }
}

/** The private half of the trust root is used once, here, and kept nowhere. */
function createKeys(): string {
  const trustRoot = PrivateKey.generate();
  const server = PrivateKey.generate();
  const keys: StoredKeys = {
    trustRoot: encodeBase64Url(trustRoot.getPublicKey().serialize()),
    serverCertificate: encodeBase64Url(
      ServerCertificate.new(SERVER_KEY_ID, server.getPublicKey(), trustRoot).serialize(),
    ),
    serverPrivateKey: encodeBase64Url(server.serialize()),
  };
  return JSON.stringify(keys);
}
