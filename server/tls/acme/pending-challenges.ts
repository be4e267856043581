import { createHash, createPrivateKey, createPublicKey } from 'node:crypto';
import { isIP, isIPv4 } from 'node:net';
import type { SecureContext } from 'node:tls';
import { parseIpAddress } from '../../turn/stun/ip-address.ts';
import type { ChallengeAnswers } from '../challenge-answers.ts';
import { acmeExtensions, issueCertificate } from '../der/x509.ts';
import type { ChallengeRecord } from '../state-store.ts';
import { createKeyPem } from '../temporary-certificate.ts';

const nodeTls = () => process.getBuiltinModule('node:tls');

const CERTIFICATE_LIFETIME_MS = 24 * 60 * 60 * 1000;

interface Pending extends ChallengeRecord {
  /** As TLS asks for it. */
  readonly serverName: string;
  readonly context: SecureContext;
}

/** What this node answers, for orders of its own and of other nodes. */
export class PendingChallenges implements ChallengeAnswers {
  #pending: readonly Pending[] = [];

  /** In place of those before. */
  replace(challenges: readonly ChallengeRecord[]): void {
    this.#pending = challenges.map((challenge) => ({
      ...challenge,
      serverName: toServerName(challenge.name),
      context: createContext(challenge),
    }));
  }

  findContext(serverName: string): SecureContext | undefined {
    return this.#pending.find((pending) => pending.serverName === serverName.toLowerCase())?.context;
  }

  findKeyAuthorization(token: string): string | undefined {
    return this.#pending.find((pending) => pending.token === token)?.keyAuthorization;
  }
}

/** RFC 8737, section 3. */
function createContext({ name, keyAuthorization }: ChallengeRecord): SecureContext {
  const key = createKeyPem();
  const privateKey = createPrivateKey(key);
  const commonName = 'ACME challenge';
  const cert = issueCertificate({
    ...{ commonName, names: [name], publicKey: createPublicKey(privateKey) },
    issuer: { commonName, key: privateKey },
    now: Date.now(),
    lifetimeMs: CERTIFICATE_LIFETIME_MS,
    extensions: acmeExtensions(createHash('sha256').update(keyAuthorization).digest()),
  });
  return nodeTls().createSecureContext({ cert, key });
}

/** TLS names no addresses, so they are asked for by their name in the reverse DNS (RFC 8738, section 6). */
export function toServerName(name: string): string {
  if (isIP(name) === 0) return name.toLowerCase();
  if (isIPv4(name)) return `${name.split('.').reverse().join('.')}.in-addr.arpa`;
  const digits = Buffer.from(parseIpAddress(name) ?? []).toString('hex');
  return `${Array.from(digits).reverse().join('.')}.ip6.arpa`;
}
