// The official error class and the codes of it that this engine can raise, numbered as the official ones.
import type { ProtocolAddress } from './protocol-address.ts';

export const ErrorCode = {
  Generic: 0,
  DuplicatedMessage: 1,
  SealedSenderSelfSend: 2,
  UntrustedIdentity: 3,
  InvalidRegistrationId: 4,
  InvalidProtocolAddress: 5,
  VerificationFailed: 6,
  InvalidSession: 7,
  InvalidSenderKeySession: 8,
} as const;
export type ErrorCode = (typeof ErrorCode)[keyof typeof ErrorCode];
export type ErrorName = keyof typeof ErrorCode;

/** `operation` is the name of the official entry point, so that logs and callers read the same with either engine. */
export class LibSignalErrorBase extends Error {
  readonly code: ErrorCode;
  readonly operation: string;
  readonly _addr?: string | ProtocolAddress;

  constructor(message: string, name: ErrorName | undefined, operation: string, extraProps?: Record<string, unknown>) {
    super(message);
    this.name = name ?? 'LibSignalError';
    this.code = name === undefined ? ErrorCode.Generic : ErrorCode[name];
    this.operation = operation;
    if (extraProps !== undefined) Object.assign(this, extraProps);
  }

  /** The address that the error is about: its name for UntrustedIdentity, all of it for InvalidRegistrationId. */
  get addr(): ProtocolAddress | string {
    if (this._addr === undefined) throw new TypeError(`cannot get address from this error (${this.toString()})`);
    return this._addr;
  }

  override toString(): string {
    return `${this.name} - ${this.operation}: ${this.message}`;
  }

  is<E extends ErrorCode>(code: E): this is LibSignalErrorBase & { readonly code: E } {
    return this.code === code;
  }

  static is<E extends ErrorCode>(error: unknown, code: E): error is LibSignalErrorBase & { readonly code: E } {
    return error instanceof LibSignalErrorBase && error.is(code);
  }
}

export type LibSignalError = LibSignalErrorBase;

/** An error without an operation yet: the entry point that it passes adds its name. */
export function failure(message: string, name?: ErrorName, extraProps?: Record<string, unknown>): LibSignalErrorBase {
  return new LibSignalErrorBase(message, name, '', extraProps);
}

export const invalidProtobuf = (): LibSignalErrorBase => failure('protobuf encoding was invalid');
export const invalidSession = (what: string): LibSignalErrorBase =>
  failure(`invalid session: ${what}`, 'InvalidSession');
export const invalidArgument = (what: string): LibSignalErrorBase => failure(`invalid argument: ${what}`);
export const invalidMessage = (type: string, what: string): LibSignalErrorBase =>
  failure(`invalid ${type} message: ${what}`);
export const invalidSealedSender = (what: string): LibSignalErrorBase =>
  failure(`invalid sealed sender message: ${what}`);

export function duplicatedMessage(expected: number, received: number): LibSignalErrorBase {
  return failure(`message with old counter ${expected} / ${received}`, 'DuplicatedMessage');
}

export function untrustedIdentity(address: ProtocolAddress): LibSignalErrorBase {
  return failure(`untrusted identity for address ${address.toString()}`, 'UntrustedIdentity', {
    _addr: address.name(),
  });
}

/** Runs an entry point: an error that has no operation yet gets its name. Errors of stores pass as they are. */
export function inOperation<T>(operation: string, run: () => T): T {
  try {
    return run();
  } catch (error) {
    throw named(error, operation);
  }
}

export async function inAsyncOperation<T>(operation: string, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    throw named(error, operation);
  }
}

function named(error: unknown, operation: string): unknown {
  if (error instanceof LibSignalErrorBase && error.operation === '') Object.assign(error, { operation });
  return error;
}
