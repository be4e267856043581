import { parseWritten } from './parse-written.ts';
import type { Lookup, Option } from './option.ts';
import { toSource, type Place, type Problem, type Source } from './problem.ts';
import { OPTION_ENTRIES, SECRET_ENTRIES } from './registry.ts';
import type { ReadSecret } from './read-secrets.ts';
import type { Config, Secrets } from './schema.ts';
import type { WrittenValues } from './written.ts';

export interface Assembled {
  readonly config: Config;
  readonly sources: Readonly<Record<string, Source>>;
  readonly places: ReadonlyMap<string, Place>;
  readonly problems: readonly Problem[];
  /** Options that were given a value, and not just that of their default. */
  readonly changed: ReadonlySet<string>;
}

/** Environment before file before default, option by option. `layers` come with the strongest first. */
export function assembleConfig(layers: readonly WrittenValues[], baseDir: string): Assembled {
  const values = new Map<string, unknown>();
  const sources: Record<string, Source> = {};
  const places = new Map<string, Place>();
  const problems: Problem[] = [];
  const changed = new Set<string>();
  for (const { path, declaration } of OPTION_ENTRIES) {
    const written = layers.map((layer) => layer.get(path)).find((value) => value !== undefined);
    sources[path] = written === undefined ? sourceWithout(declaration) : toSource(written.place);
    if (written === undefined) {
      values.set(path, defaultOf(declaration, baseDir));
      continue;
    }
    places.set(path, written.place);
    const parsed = parseWritten(declaration.type, written, path);
    problems.push(...parsed.problems);
    // A default in place of what does not parse: the other rules can still be checked.
    values.set(path, parsed.problems.length > 0 ? defaultOf(declaration, baseDir) : parsed.value);
    if (parsed.problems.length === 0 && !isDefault(declaration, parsed.value, baseDir)) changed.add(path);
  }
  deriveDefaults(values, (path) => values.get(path));
  return { config: nest(values) as Config, sources: Object.freeze(sources), places, problems, changed };
}

export function assembleSecrets(read: ReadonlyMap<string, ReadSecret>): Secrets {
  return nest(new Map(SECRET_ENTRIES.map(({ path }) => [path, read.get(path)?.secret]))) as Secrets;
}

function sourceWithout(declaration: Option<unknown>): Source {
  const hasDefault = declaration.default !== undefined || declaration.derived !== undefined;
  return { kind: hasDefault ? 'default' : 'unset' };
}

function defaultOf(declaration: Option<unknown>, baseDir: string): unknown {
  return declaration.default === undefined ? undefined : declaration.type.parse(declaration.default, { baseDir });
}

function isDefault(declaration: Option<unknown>, value: unknown, baseDir: string): boolean {
  if (declaration.default === undefined) return false;
  const { type } = declaration;
  return type.format(value) === type.format(defaultOf(declaration, baseDir));
}

function deriveDefaults(values: Map<string, unknown>, lookup: Lookup): void {
  for (const { path, declaration } of OPTION_ENTRIES) {
    if (declaration.derived === undefined || values.get(path) !== undefined) continue;
    values.set(path, declaration.derived.compute(lookup));
  }
}

/** `a.b.c` → `{ a: { b: { c } } }`, frozen at every depth: nobody changes a running configuration by accident. */
export function nest(values: ReadonlyMap<string, unknown>): unknown {
  const root: Record<string, unknown> = {};
  for (const [path, value] of values) {
    const segments = path.split('.');
    const last = segments.pop() ?? path;
    let at = root;
    for (const segment of segments) at = (at[segment] ??= {}) as Record<string, unknown>;
    at[last] = value;
  }
  return deepFreeze(root);
}

function deepFreeze(value: unknown): unknown {
  if (typeof value === 'object' && value !== null) {
    Object.values(value).forEach(deepFreeze);
    Object.freeze(value);
  }
  return value;
}
