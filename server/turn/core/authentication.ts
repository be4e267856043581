/** Long-term credentials (RFC 8489, section 9.2.4). What is cheap is checked first: HMAC costs fifteen times as much as the rest. */
import { findIntegrityKind, verifyIntegrity } from '../stun/integrity.ts';
import { ATTRIBUTE, ERROR, type ErrorCode } from '../stun/stun-constants.ts';
import type { StunMessage } from '../stun/stun-message.ts';
import type { Proof } from './allocation.ts';
import type { Authenticated } from './exchange.ts';
import type { Nonces } from './nonces.ts';
import type { Authenticate, Client } from './ports.ts';

/** RFC 8489, section 14.3: fewer than 509 bytes. Ours are much shorter. */
const MAX_USERNAME_CHARS = 508;

type Verdict = { readonly authenticated: Authenticated } | { readonly code: ErrorCode };

const refuse = (code: ErrorCode): Verdict => ({ code });

export class Authentication {
  readonly #realm: string;
  readonly #nonces: Nonces;
  readonly #authenticate: Authenticate;

  constructor(realm: string, nonces: Nonces, authenticate: Authenticate) {
    this.#realm = realm;
    this.#nonces = nonces;
    this.#authenticate = authenticate;
  }

  check(client: Client, message: StunMessage): Verdict {
    const kind = findIntegrityKind(message);
    if (kind === undefined) return refuse(ERROR.UNAUTHENTICATED);
    const username = message.findText(ATTRIBUTE.USERNAME);
    const realm = message.findText(ATTRIBUTE.REALM);
    const nonce = message.findText(ATTRIBUTE.NONCE);
    // A hash of a name that we do not keep names nobody.
    if (username === undefined && message.has(ATTRIBUTE.USERHASH)) return refuse(ERROR.UNAUTHENTICATED);
    if (username === undefined || realm === undefined || nonce === undefined) return refuse(ERROR.BAD_REQUEST);
    // Our nonces offer no password algorithms: whoever names one has been told so by somebody in between.
    if (message.has(ATTRIBUTE.PASSWORD_ALGORITHM) || message.has(ATTRIBUTE.PASSWORD_ALGORITHMS)) {
      return refuse(ERROR.BAD_REQUEST);
    }
    if (!this.#nonces.isValid(nonce, client)) return refuse(ERROR.STALE_NONCE);
    if (realm !== this.#realm || username.length > MAX_USERNAME_CHARS) return refuse(ERROR.UNAUTHENTICATED);
    return this.#findProof(client, message, username, kind);
  }

  #findProof(client: Client, message: StunMessage, username: string, kind: Authenticated['kind']): Verdict {
    const held = client.allocation?.proof;
    // With the key that made the allocation: it outlives the credentials, as long as it is refreshed.
    const proofs: readonly Proof[] =
      held?.username === username
        ? [held]
        : this.#authenticate(username).map((credential) => ({ username, ...credential }));
    const proof = proofs.find(({ integrityKey }) => verifyIntegrity(message, kind, integrityKey));
    if (proof === undefined) return refuse(ERROR.UNAUTHENTICATED);
    return { authenticated: { ...proof, kind } };
  }
}
