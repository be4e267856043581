// The official error class and the codes of it that this engine can raise, numbered as the official ones.
import { type Bytes, copyBytes } from './primitives/bytes.ts';
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

/** An error without an operation yet: the entry points that it passes put their names on it. */
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

export function sessionNotFound(address: ProtocolAddress, where: string): LibSignalErrorBase {
  return failure(`session with ${address.toString()} not found: ${where}`);
}

/** Runs an entry point and puts its name on errors of ours; the outermost counts, as with the official library. */
export function inOperation<T>(operation: string, run: () => T): T {
  try {
    return run();
  } catch (error) {
    throw named(error, operation);
  }
}

/** As inOperation, over a copy of the argument, into which the caller may write afterwards. */
export function parsing<T>(operation: string, buffer: Uint8Array, parse: (copy: Bytes) => T): T {
  return inOperation(operation, () => parse(copyBytes(buffer)));
}

export async function inAsyncOperation<T>(operation: string, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    throw named(error, operation);
  }
}

function named(error: unknown, operation: string): unknown {
  if (error instanceof LibSignalErrorBase) Object.assign(error, { operation });
  return error;
}
