import { describeValue, valueToJson } from './describe-value.ts';
import type { LoadedConfig } from './load.ts';
import { describeSource, type Source } from './problem.ts';
import { OPTION_ENTRIES, SECRET_ENTRIES } from './registry.ts';

const MAX_VALUE_COLUMN = 40;

/** The effective configuration for a person: option, value, where it came from. */
export function renderConfig(loaded: LoadedConfig): string {
  const rows = OPTION_ENTRIES.map((entry) => ({
    path: entry.path,
    value: describeValue(entry, loaded.config),
    source: sourceText(loaded, entry.path),
  }));
  const secrets = SECRET_ENTRIES.map(({ path }) => ({ path, value: describeSecret(sourceOf(loaded, path)) }));
  const pathWidth = Math.max(...[...rows, ...secrets].map(({ path }) => path.length));
  const valueWidth = Math.min(MAX_VALUE_COLUMN, Math.max(...rows.map(({ value }) => value.length)));
  const lines = [
    ...rows.map(({ path, value, source }) => `${path.padEnd(pathWidth)}  ${value.padEnd(valueWidth)}  ${source}`),
    ...secrets.map(({ path, value }) => `${path.padEnd(pathWidth)}  ${value}`),
  ];
  return `# ${loaded.file ?? 'no configuration file'}\n${lines.join('\n')}\n`;
}

/** The same for a program. Values have the form that the file has; a secret has none. */
export function configToJson(loaded: LoadedConfig): object {
  const options = OPTION_ENTRIES.map((entry) => {
    return [entry.path, { value: valueToJson(entry, loaded.config), source: sourceOf(loaded, entry.path) }];
  });
  const secrets = SECRET_ENTRIES.map(({ path }) => {
    const source = sourceOf(loaded, path);
    return [path, { isSet: source.kind !== 'unset', source }];
  });
  return {
    file: loaded.file ?? null,
    options: Object.fromEntries(options) as object,
    secrets: Object.fromEntries(secrets) as object,
  };
}

function sourceOf(loaded: LoadedConfig, path: string): Source {
  return loaded.sources[path] ?? { kind: 'unset' };
}

function sourceText(loaded: LoadedConfig, path: string): string {
  const source = sourceOf(loaded, path);
  return source.kind === 'unset' ? 'default' : describeSource(source);
}

function describeSecret(source: Source): string {
  return source.kind === 'unset' ? '(not set)' : `(set, from ${describeSource(source)})`;
}
