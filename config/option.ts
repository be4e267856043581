/** The words in which options are declared. An option is written once; everything else is derived from it. */
import type { Secret } from './secret.ts';
import type { ValueType } from './values/value-type.ts';

export type Reload = 'live' | 'restart';

interface About {
  /** For the admin: what it does, when to change it, what a wrong value causes. */
  readonly description: string;
  /** A value as the admin would write it, where the default shows nothing. */
  readonly example?: string;
  /** `live`: a running server takes the new value on SIGHUP. `restart`: it needs a restart. */
  readonly reload: Reload;
  /** The version of Vant that knew it first. */
  readonly since: string;
}

/** Reads values of other options; for defaults that follow from them. */
export type Lookup = (path: string) => unknown;

export interface DerivedDefault<T> {
  /** The rule in words, for sample and docs. */
  readonly text: string;
  readonly compute: (lookup: Lookup) => T;
}

export interface Option<T> extends About {
  readonly node: 'option';
  readonly type: ValueType<unknown>;
  /** As the admin would write it. */
  readonly default: string | undefined;
  readonly derived: DerivedDefault<T> | undefined;
  /** Never set: it only carries the type to ValuesOf. */
  readonly value?: T;
}

export interface SecretOption extends About {
  readonly node: 'secret';
}

export interface Group<Children extends object = object> {
  readonly node: 'group';
  readonly description: string;
  readonly children: Children;
}

export type Node = Option<unknown> | SecretOption | Group;

/** An option with a default. */
export function option<T>(type: ValueType<T>, about: About & { readonly default: string }): Option<T> {
  return { node: 'option', type, derived: undefined, ...about };
}

/** An option that may stay unset; its value is then undefined. */
export function optional<T>(type: ValueType<T>, about: About): Option<T | undefined> {
  return { node: 'option', type, default: undefined, derived: undefined, ...about };
}

/** An option whose default follows from other options. */
export function derived<T>(type: ValueType<T>, about: About & { readonly derived: DerivedDefault<T> }): Option<T> {
  return { node: 'option', type, default: undefined, ...about };
}

/** A password or key: never in the file itself, never printed. */
export function secret(about: About): SecretOption {
  return { node: 'secret', ...about };
}

export function group<const Children extends object>(description: string, children: Children): Group<Children> {
  return { node: 'group', description, children };
}

type Simplify<T> = { readonly [Key in keyof T]: T[Key] };
type DropNever<T> = Simplify<{ [Key in keyof T as [T[Key]] extends [never] ? never : Key]: T[Key] }>;
type NeverIfEmpty<T> = [keyof T] extends [never] ? never : T;

/** The typed values of a tree of declarations, without its secrets. */
export type ValuesOf<N> = N extends { readonly node: 'option'; readonly value?: infer T }
  ? T
  : N extends Group<infer Children>
    ? DropNever<{ [Key in keyof Children]: ValuesOf<Children[Key]> }>
    : never;

/** The secrets of a tree of declarations, and nothing else. */
export type SecretsOf<N> = N extends SecretOption
  ? Secret | undefined
  : N extends Group<infer Children>
    ? NeverIfEmpty<DropNever<{ [Key in keyof Children]: SecretsOf<Children[Key]> }>>
    : never;
