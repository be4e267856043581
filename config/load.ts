import { dirname } from 'node:path';
import { assembleConfig, assembleSecrets } from './assemble.ts';
import { checkRules } from './check-rules.ts';
import { ConfigError } from './config-error.ts';
import { findConfigFile, type Search } from './find-file.ts';
import { parseYaml } from './parse-yaml.ts';
import type { Place, Problem, Source } from './problem.ts';
import { readConfigFile } from './read-file.ts';
import { readEnvironment } from './read-environment.ts';
import { readSecrets, type SecretReading } from './read-secrets.ts';
import { SECRET_ENTRIES } from './registry.ts';
import { readSections } from './read-sections.ts';
import type { Config, Secrets } from './schema.ts';
import type { Reading } from './written.ts';

export interface LoadedConfig {
  readonly config: Config;
  /** Apart from config on purpose: `reveal()` gives the value, printing gives `[secret]`. */
  readonly secrets: Secrets;
  /** Where each option and secret came from, by its path. */
  readonly sources: Readonly<Record<string, Source>>;
  /** Things that work but are probably not meant. */
  readonly warnings: readonly Problem[];
  /** The file that was read, as the admin would type it; undefined when there was none. */
  readonly file: string | undefined;
}

export type LoadOptions = Partial<Search>;

/** Reads file, environment and secrets into one checked, frozen configuration. Throws one ConfigError with all that is wrong. */
export function loadConfig(options: LoadOptions = {}): LoadedConfig {
  const search: Search = { ...options, env: options.env ?? process.env, cwd: options.cwd ?? process.cwd() };
  const found = findConfigFile(search);
  const baseDir = found === undefined ? search.cwd : dirname(found.absolutePath);
  const fromFile = found === undefined ? NOTHING : readFile(found, baseDir);
  const fromEnv = readEnvironment(search.env, search.cwd);
  const assembled = assembleConfig([fromEnv.values, fromFile.values], baseDir);
  const read = readSecrets(fromFile.values, search.env, search.cwd);
  const problems = [fromFile, fromEnv, assembled, read].flatMap((reading) => [...reading.problems]);
  const places = new Map([...assembled.places, ...secretPlaces(read)]);
  const context = {
    config: assembled.config,
    isSet: (path: string): boolean => assembled.changed.has(path) || read.secrets.has(path),
    failed: new Set(problems.map(({ option }) => option ?? '')),
    places,
  };
  // Of a file that cannot be read nobody knows what it would have set.
  const rules = fromFile.isBroken === true ? NO_FINDINGS : checkRules(context);
  const warnings = [...read.warnings, ...rules.warnings];
  if (problems.length + rules.errors.length > 0) {
    throw new ConfigError(sortByPlace([...problems, ...rules.errors]), warnings);
  }
  const sources = Object.freeze({ ...assembled.sources, ...secretSources(read) });
  const secrets = assembleSecrets(read.secrets);
  return Object.freeze({ config: assembled.config, secrets, sources, warnings, file: found?.shownPath });
}

const NO_FINDINGS = { errors: [], warnings: [] };

const NOTHING: Reading = { values: new Map(), problems: [] };

function readFile(found: Parameters<typeof readConfigFile>[0], baseDir: string): Reading {
  const source = readConfigFile(found);
  if ('message' in source) return { ...NOTHING, problems: [source], isBroken: true };
  const { document, problems } = parseYaml(source);
  // A file that does not parse says nothing reliable about options: its syntax first.
  return document === undefined ? { ...NOTHING, problems, isBroken: true } : readSections(document, source, baseDir);
}

/** In the order in which an admin goes through the file; what is not in it comes last. */
function sortByPlace(problems: readonly Problem[]): Problem[] {
  const lineOf = ({ place }: Problem): number => (place?.kind === 'file' ? place.line : Number.MAX_SAFE_INTEGER);
  return problems.toSorted((a, b) => lineOf(a) - lineOf(b));
}

function secretPlaces(read: SecretReading): [string, Place][] {
  return [...read.secrets].flatMap(([path, { place }]) => (place === undefined ? [] : [[path, place]]));
}

function secretSources(read: SecretReading): Record<string, Source> {
  return Object.fromEntries(
    SECRET_ENTRIES.map(({ path }) => [path, read.secrets.get(path)?.source ?? { kind: 'unset' as const }]),
  );
}
