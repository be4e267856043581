/** What the client needs, as a worker in a browser has it. */
import {
  Aes256GcmSiv,
  DecryptionErrorMessage,
  Fingerprint,
  IdentityKeyPair,
  KEMKeyPair,
  KEMPublicKey,
  KyberPreKeyRecord,
  PlaintextContent,
  PreKeyBundle,
  PreKeyRecord,
  PreKeySignalMessage,
  PrivateKey,
  ProtocolAddress,
  PublicKey,
  SenderCertificate,
  SessionRecord,
  SignalMessage,
  SignedPreKeyRecord,
  UnidentifiedSenderMessageContent,
  hkdf,
  processPreKeyBundle,
  sealedSenderDecryptToUsmc,
  sealedSenderEncrypt,
  signalDecrypt,
  signalDecryptPreKey,
  signalEncrypt,
} from '../../../e2ee/index.ts';
import type { ClientPorts, HttpPort, LogPort, SignalLibrary, StoragePort } from '../../../client/ports.ts';
import { browserClock } from './browser-clock.ts';
import { browserSocket } from './browser-socket.ts';
import { createWebLocks } from './web-locks.ts';

/** Only what the client calls, by name: the rest of the engine is not in the bundle. The same API, held to the official typings
 * by a test; classes with private fields are never assignable. */
const signal: Record<keyof SignalLibrary, unknown> = {
  Aes256GcmSiv,
  DecryptionErrorMessage,
  Fingerprint,
  IdentityKeyPair,
  KEMKeyPair,
  KEMPublicKey,
  KyberPreKeyRecord,
  PlaintextContent,
  PreKeyBundle,
  PreKeyRecord,
  PreKeySignalMessage,
  PrivateKey,
  ProtocolAddress,
  PublicKey,
  SenderCertificate,
  SessionRecord,
  SignalMessage,
  SignedPreKeyRecord,
  UnidentifiedSenderMessageContent,
  hkdf,
  processPreKeyBundle,
  sealedSenderDecryptToUsmc,
  sealedSenderEncrypt,
  signalDecrypt,
  signalDecryptPreKey,
  signalEncrypt,
};

export function createBrowserPorts(storage: StoragePort, log: LogPort): ClientPorts {
  return {
    signal: signal as unknown as SignalLibrary,
    http: browserHttp,
    socket: browserSocket,
    storage,
    locks: createWebLocks(navigator.locks),
    clock: browserClock,
    random: { bytes: (count) => crypto.getRandomValues(new Uint8Array(count)) },
    digest: {
      sha256: async (bytes) => new Uint8Array(await crypto.subtle.digest('SHA-256', new Uint8Array(bytes))),
    },
    log,
  };
}

const browserHttp: HttpPort = {
  async request({ method, url, headers, body, timeoutMs }) {
    const response = await fetch(url, {
      method,
      headers: { ...headers },
      ...(body === undefined ? {} : { body }),
      signal: AbortSignal.timeout(timeoutMs),
      cache: 'no-store',
      credentials: 'omit',
      // The credentials belong to this server, not to wherever it points.
      redirect: 'error',
    });
    return { status: response.status, body: await response.text() };
  },
};
