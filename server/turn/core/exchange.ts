/** One request and its answer. */
import type { IntegrityKind } from '../stun/integrity.ts';
import { MessageBuilder } from '../stun/message-builder.ts';
import { ATTRIBUTE, MESSAGE_CLASS, type ErrorCode } from '../stun/stun-constants.ts';
import type { StunMessage } from '../stun/stun-message.ts';
import type { Proof } from './allocation.ts';
import type { Client } from './ports.ts';

/** Who a request is from, and with which kind of integrity its answer is protected. */
export interface Authenticated extends Proof {
  readonly kind: IntegrityKind;
}

export class Exchange {
  readonly client: Client;
  readonly request: StunMessage;
  /** From the moment on at which the request has been authenticated. */
  authenticated: Authenticated | undefined;

  constructor(client: Client, request: StunMessage) {
    this.client = client;
    this.request = request;
  }

  success(fill?: (builder: MessageBuilder) => void): Uint8Array {
    const { method, transactionId } = this.request;
    const builder = new MessageBuilder(method, MESSAGE_CLASS.SUCCESS, transactionId);
    fill?.(builder);
    return this.#close(builder);
  }

  error(code: ErrorCode, fill?: (builder: MessageBuilder) => void): Uint8Array {
    const { method, transactionId } = this.request;
    const builder = new MessageBuilder(method, MESSAGE_CLASS.ERROR, transactionId).error(code);
    fill?.(builder);
    return this.#close(builder);
  }

  #close(builder: MessageBuilder): Uint8Array {
    if (this.authenticated !== undefined) builder.integrity(this.authenticated.kind, this.authenticated.integrityKey);
    if (this.request.has(ATTRIBUTE.FINGERPRINT)) builder.fingerprint();
    return builder.build();
  }
}

/** A request that is answered with an error. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly code: ErrorCode;

  constructor(code: ErrorCode) {
    super(`refused with ${code}`);
    this.code = code;
  }
}
