/** Where something was written: what an error points at, and what `config show` names. */
export interface FilePlace {
  readonly kind: 'file';
  readonly file: string;
  /** Both count from 1, as editors do. */
  readonly line: number;
  readonly column: number;
  /** The line itself with passwords hidden, and how many characters of it are meant. */
  readonly excerpt: string;
  readonly width: number;
}

export interface EnvPlace {
  readonly kind: 'env';
  readonly name: string;
}

export type Place = FilePlace | EnvPlace;

export interface Problem {
  /** The option as the docs name it: `relay.message_ttl`. */
  readonly option?: string;
  readonly place?: Place;
  /** What is wrong. */
  readonly message: string;
  /** What would be right. */
  readonly help?: string;
}

/** Where the value of an option came from. */
export type Source =
  | { readonly kind: 'default' }
  | { readonly kind: 'unset' }
  | { readonly kind: 'file'; readonly file: string; readonly line: number; readonly column: number }
  | { readonly kind: 'env'; readonly name: string }
  | { readonly kind: 'secret-file'; readonly path: string; readonly namedBy: string }
  | { readonly kind: 'credential'; readonly name: string };

export function describePlace(place: Place): string {
  return place.kind === 'env' ? place.name : `${place.file}:${place.line}:${place.column}`;
}

export function toSource(place: Place): Source {
  if (place.kind === 'env') return place;
  return { kind: 'file', file: place.file, line: place.line, column: place.column };
}

export function describeSource(source: Source): string {
  switch (source.kind) {
    case 'default':
    case 'unset':
      return source.kind;
    case 'file':
      return `${source.file}:${source.line}`;
    case 'env':
      return source.name;
    case 'secret-file':
      return `${source.path}, named by ${source.namedBy}`;
    case 'credential':
      return `systemd credential ${source.name}`;
  }
}
