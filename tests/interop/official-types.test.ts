// Holds our exports against the official typings: if either drifts, this file does not compile. What types cannot say
// (which names exist at run time, what numbers the enumerations have) the tests at the end say.
import * as official from '@signalapp/libsignal-client';
import type OfficialMultiRecipientMessage from '@signalapp/libsignal-client/dist/SealedSenderMultiRecipientMessage.js';
import { describe, expect, expectTypeOf, test } from 'vitest';
import * as ours from '../../e2ee/index.ts';

type Official = typeof official;
type Ours = typeof ours;

/** Of the official package, what is not about messaging: servers of Signal's own, logging of the native code, media. */
type NotOurs =
  | 'Cds2Client'
  | 'HsmEnclaveClient'
  | 'Svr2Client'
  | 'LogLevel'
  | 'initLogger'
  | 'usernames'
  | 'io'
  | 'Net'
  | 'Mp4Sanitizer'
  | 'WebpSanitizer'
  | 'MismatchedDevicesEntry';

/** Classes that are compared by their instances and static members. A plain function's prototype is `any`. */
type IsClass<T> = T extends { prototype: infer P } ? (0 extends 1 & P ? false : true) : false;
type Classes = {
  [K in Exclude<keyof Official, NotOurs>]: IsClass<Official[K]> extends true ? K : never;
}[Exclude<keyof Official, NotOurs>];
type InstanceOf<T> = T extends { prototype: infer P } ? P : never;
type Special = 'LibSignalErrorBase';
type Functions = {
  [K in Exclude<keyof Official, NotOurs | Classes>]: Official[K] extends (...args: never) => unknown ? K : never;
}[Exclude<keyof Official, NotOurs | Classes>];
type Overloaded = 'sealedSenderMultiRecipientEncrypt';
/** Constants: enumerations there, constant objects here. */
type Enumerations = Exclude<keyof Official, NotOurs | Classes | Functions>;

/** An official type with every class of the official package replaced by ours. Order matters: subclasses first. */
type Localise<T> = T extends unknown ? LocaliseOne<T> : never;

type LocaliseOne<T> = number extends T
  ? T
  : T extends Uint8Array | Date | string | number | boolean | null | undefined
    ? LocaliseNumber<T>
    : T extends Promise<infer U>
      ? Promise<Localise<U>>
      : T extends (infer U)[]
        ? Localise<U>[]
        : LocaliseClass<T>;

type LocaliseNumber<T> = T extends official.CiphertextMessageType
  ? ours.CiphertextMessageType
  : T extends official.Direction
    ? ours.Direction
    : T extends official.IdentityChange
      ? ours.IdentityChange
      : T;

type LocaliseClass<T> = {
  [K in Exclude<Classes, Special>]: IsSame<T, InstanceOf<Official[K]>> extends true ? InstanceOf<Ours[K]> : never;
}[Exclude<Classes, Special>] extends infer Found
  ? [Found] extends [never]
    ? T extends official.CiphertextMessageConvertible
      ? ours.CiphertextMessageConvertible
      : T
    : Found
  : never;

/** Identity, not assignability: an official ServiceId, Aci and Pni are assignable to each other. */
// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- G makes the comparison exact
type IsSame<A, B> = (<G>() => G extends A ? 1 : 2) extends <G>() => G extends B ? 1 : 2 ? true : false;

type LocaliseFunction<T> = T extends (...args: infer A) => infer R
  ? (...args: { [I in keyof A]: Localise<A[I]> }) => Localise<R>
  : Localise<T>;

/** Ours can be used as the official one, and takes at least as many arguments: ours may have one more, the randomness. */
type Conforms<Mine, Theirs> =
  Mine extends LocaliseFunction<Theirs>
    ? Theirs extends (...args: infer A) => unknown
      ? Mine extends (...args: infer B) => unknown
        ? Required<B> extends [...{ [I in keyof Required<A>]: unknown }, ...unknown[]]
          ? true
          : 'takes fewer arguments'
        : 'is no function'
      : true
    : 'has another type';

/** Names that do not conform, with the reason; empty if all do. */
type Differences<Mine, Theirs, Except extends PropertyKey = never> = {
  [
    K in keyof Theirs as K extends Except | `_${string}` | 'prototype'
      ? never
      : K extends keyof Mine
        ? Conforms<Mine[K], Theirs[K]> extends true
          ? never
          : K
        : K
  ]: K extends keyof Mine ? Conforms<Mine[K], Theirs[K]> : 'is missing';
};

/** Not offered: HPKE sealing to a public key, which no message of the protocol uses. */
type NotOffered = { PublicKey: 'seal'; PrivateKey: 'open' };
/** Generic in `this`: compared by use, below. */
type GenericStatics = 'parseFromServiceIdFixedWidthBinary' | 'parseFromServiceIdBinary' | 'parseFromServiceIdString';
type ExceptOf<K> = K extends keyof NotOffered ? NotOffered[K] : never;

/** ServiceId says that it extends Object, and so has its members by name. */
type ObjectMembers = InstanceOf<ObjectConstructor>;

type InstanceDifferences = {
  [K in Exclude<Classes, Special>]: Differences<
    InstanceOf<Ours[K]>,
    InstanceOf<Official[K]>,
    ExceptOf<K> | Exclude<keyof ObjectMembers, 'toString'>
  >;
};
type StaticDifferences = {
  [K in Exclude<Classes, Special>]: Differences<Ours[K], Official[K], GenericStatics | keyof ObjectConstructor>;
};
/** The names that differ, over all classes. */
type DifferingNames<T> = { [K in keyof T]: keyof T[K] }[keyof T];

describe('official typings', () => {
  test('every name is exported', () => {
    expectTypeOf<Exclude<keyof Official, NotOurs | keyof Ours>>().toEqualTypeOf<never>();
  });

  test('instances', () => {
    expectTypeOf<DifferingNames<InstanceDifferences>>().toEqualTypeOf<never>();
  });

  test('static members', () => {
    expectTypeOf<DifferingNames<StaticDifferences>>().toEqualTypeOf<never>();
  });

  test('test constructors, whose names begin with an underscore', () => {
    type Constructors = 'SignalMessage' | 'PreKeySignalMessage' | 'SenderKeyMessage' | 'SenderKeyDistributionMessage';
    type Result = { [K in Constructors]: Conforms<Ours[K]['_new'], Official[K]['_new']> };
    expectTypeOf<Result>().toEqualTypeOf<Record<Constructors, true>>();
    expectTypeOf<
      Conforms<Ours['ScannableFingerprint']['_fromBuffer'], Official['ScannableFingerprint']['_fromBuffer']>
    >().toEqualTypeOf<true>();
  });

  test('functions', () => {
    type Result = Differences<Pick<Ours, Functions>, Pick<Official, Functions>, Overloaded>;
    expectTypeOf<keyof Result>().toEqualTypeOf<never>();
  });

  test('the overloaded function', () => {
    const options = null as unknown as ours.SealedSenderMultiRecipientEncryptOptions;
    type Theirs = official.SealedSenderMultiRecipientEncryptOptions;
    expectTypeOf<keyof typeof options>().toEqualTypeOf<keyof Theirs>();
    expectTypeOf<{ [K in keyof Theirs]: Localise<Theirs[K]> }>().toExtend<typeof options>();
    const call = (): unknown => ours.sealedSenderMultiRecipientEncrypt(options);
    const spread = (): unknown =>
      ours.sealedSenderMultiRecipientEncrypt(
        options.content,
        options.recipients,
        options.identityStore,
        options.sessionStore,
      );
    expectTypeOf([call, spread]).toEqualTypeOf<(() => unknown)[]>();
  });

  test('service ids parse to the class that they are parsed with', () => {
    const text = '9d0652a3-dcc3-4d11-975f-74d61598733f';
    expectTypeOf(ours.Aci.parseFromServiceIdString(text)).toEqualTypeOf<ours.Aci>();
    expectTypeOf(ours.ServiceId.parseFromServiceIdString(text)).toEqualTypeOf<ours.ServiceId>();
    expect(() => ours.Pni.parseFromServiceIdString(text)).toThrow(TypeError);
    expect(() => official.Pni.parseFromServiceIdString(text)).toThrow(TypeError);
  });

  test('multi-recipient messages', () => {
    type Theirs = OfficialMultiRecipientMessage;
    type Result = Differences<ours.SealedSenderMultiRecipientMessage, Theirs>;
    expectTypeOf<keyof Result>().toEqualTypeOf<never>();
  });

  test('errors', () => {
    type Common = 'message' | 'name' | 'operation' | 'stack';
    expectTypeOf<Pick<ours.LibSignalErrorBase, Common>>().toEqualTypeOf<Pick<official.LibSignalErrorBase, Common>>();
    expectTypeOf<ours.LibSignalErrorBase['addr']>().toEqualTypeOf<ours.ProtocolAddress | string>();
  });
});

describe('official names at run time', () => {
  const isClass = (value: unknown): value is { prototype: object } =>
    typeof value === 'function' && /^class\b/.test(Function.prototype.toString.call(value));
  const notOurs = new Set<string>([
    ...['Cds2Client', 'HsmEnclaveClient', 'Svr2Client', 'LogLevel', 'initLogger', 'usernames', 'io', 'Net'],
    ...['Mp4Sanitizer', 'WebpSanitizer', 'MismatchedDevicesEntry'],
  ]);
  const notOffered = new Set(['seal', 'open', 'sessionState', 'chargeFailure', 'downcastTo', 'fromUuidBytesAndKind']);
  const names = Object.keys(official).filter((name) => !notOurs.has(name));
  const membersOf = (value: object): string[] =>
    Object.getOwnPropertyNames(value).filter((name) => !name.startsWith('_') && !notOffered.has(name));

  test.each(names)('%s', (name) => {
    const theirs = (official as Record<string, unknown>)[name];
    const mine = (ours as Record<string, unknown>)[name];
    expect(typeof mine).toBe(typeof theirs);
    if (!isClass(theirs) || !isClass(mine)) return;
    expect(membersOf(mine.prototype)).toEqual(expect.arrayContaining(membersOf(theirs.prototype)));
    expect(membersOf(mine)).toEqual(expect.arrayContaining(membersOf(theirs)));
  });

  const enumerations = [
    'CiphertextMessageType',
    'Direction',
    'ContentHint',
    'IdentityChange',
    'ServiceIdKind',
  ] as const;
  test.each(enumerations satisfies readonly Exclude<Enumerations, 'ErrorCode'>[])('%s has the same numbers', (name) => {
    const theirs = Object.entries(official[name]).filter(([, value]) => typeof value === 'number');
    expect(Object.entries(ours[name])).toEqual(theirs);
  });

  test('error codes have the official numbers', () => {
    for (const [name, code] of Object.entries(ours.ErrorCode)) {
      expect((official.ErrorCode as unknown as Record<string, number>)[name]).toBe(code);
    }
  });
});
