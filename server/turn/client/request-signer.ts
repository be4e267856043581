import { toIntegrityKey } from '../stun/integrity.ts';
import type { MessageBuilder } from '../stun/message-builder.ts';
import { ATTRIBUTE } from '../stun/stun-constants.ts';
import type { StunMessage } from '../stun/stun-message.ts';

/** The client's side of long-term credentials: what it has been told by the server, and what follows for its requests. */
export class RequestSigner {
  readonly #username: string;
  readonly #password: string;
  #realm: string | undefined;
  #nonce: string | undefined;
  #key: Uint8Array | undefined;

  constructor(username: string, password: string) {
    this.#username = username;
    this.#password = password;
  }

  /** Undefined before the first challenge. */
  get key(): Uint8Array | undefined {
    return this.#key;
  }

  /** Takes realm and nonce of an error answer. @returns whether there were any. */
  learn(answer: StunMessage): boolean {
    const realm = answer.findText(ATTRIBUTE.REALM);
    const nonce = answer.findText(ATTRIBUTE.NONCE);
    if (realm === undefined || nonce === undefined) return false;
    this.#realm = realm;
    this.#nonce = nonce;
    this.#key = toIntegrityKey(this.#username, realm, this.#password);
    return true;
  }

  /** Adds what proves who it is from; nothing before the first challenge. */
  sign(builder: MessageBuilder): MessageBuilder {
    if (this.#key === undefined || this.#realm === undefined || this.#nonce === undefined) return builder;
    return builder
      .text(ATTRIBUTE.USERNAME, this.#username)
      .text(ATTRIBUTE.REALM, this.#realm)
      .text(ATTRIBUTE.NONCE, this.#nonce)
      .integrity('sha1', this.#key);
  }
}
