import { describeValue } from './describe-value.ts';
import type { LoadedConfig } from './load.ts';
import { describeSource, type Source } from './problem.ts';
import { ENTRIES, type Entry } from './registry.ts';

export interface DescribedSource {
  readonly kind: Source['kind'];
  /** For a person. */
  readonly text: string;
  readonly file?: string;
  readonly line?: number;
  readonly name?: string;
}

/** One option as the admin page shows it. */
export interface DescribedOption {
  readonly path: string;
  readonly environmentName: string;
  readonly description: string;
  readonly isSecret: boolean;
  /** As it would be written in the file; of a secret only `set` or `not set`. */
  readonly value: string;
  readonly default?: string;
  readonly source: DescribedSource;
  readonly needsRestart: boolean;
  readonly since: string;
}

/** Every option in the order of its declaration. Secrets come in by `sources` only, so that no value of one can get out. */
export function describeOptions(loaded: Pick<LoadedConfig, 'config' | 'sources'>): DescribedOption[] {
  return ENTRIES.map((entry) => describeOption(entry, loaded));
}

function describeOption(entry: Entry, { config, sources }: Pick<LoadedConfig, 'config' | 'sources'>): DescribedOption {
  const { path, envName, declaration } = entry;
  const source = sources[path] ?? { kind: 'unset' };
  const isSecret = declaration.node === 'secret';
  const written = isSecret ? undefined : (declaration.default ?? declaration.derived?.text);
  return {
    path,
    environmentName: envName,
    description: declaration.description,
    isSecret,
    value: declaration.node === 'secret' ? describePresence(source) : describeValue({ ...entry, declaration }, config),
    ...(written !== undefined && { default: written }),
    source: toDescribedSource(source, isSecret),
    needsRestart: declaration.reload === 'restart',
    since: declaration.since,
  };
}

const describePresence = (source: Source): string => (source.kind === 'unset' ? 'not set' : 'set');

function toDescribedSource(source: Source, isSecret: boolean): DescribedSource {
  const text = source.kind === 'unset' && !isSecret ? 'default' : describeSource(source);
  return {
    kind: source.kind,
    text,
    ...('file' in source && { file: source.file, line: source.line }),
    ...('name' in source && { name: source.name }),
  };
}
