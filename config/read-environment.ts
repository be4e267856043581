import { explainUnknownEnv } from './explain-name.ts';
import type { Problem } from './problem.ts';
import { OPTION_ENTRIES, OTHER_ENV_NAMES, SECRET_ENTRIES } from './registry.ts';
import type { Reading, WrittenValue } from './written.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

const ENV_PREFIX = 'VANT_';

/** Every name that Vant reads from the environment. */
export const ENV_NAMES: readonly string[] = [
  ...OPTION_ENTRIES.map(({ envName }) => envName),
  ...SECRET_ENTRIES.flatMap(({ envName }) => [envName, `${envName}_FILE`]),
  ...OTHER_ENV_NAMES,
];

/** Options from the environment. An empty variable counts as none: container tools pass those for what is not set. */
export function readEnvironment(env: Environment, cwd: string): Reading {
  const values = new Map<string, WrittenValue>();
  for (const { path, envName } of OPTION_ENTRIES) {
    const text = env[envName];
    if (text === undefined || text === '') continue;
    values.set(path, { text, place: { kind: 'env', name: envName }, baseDir: cwd });
  }
  return { values, problems: findUnknownNames(env) };
}

function findUnknownNames(env: Environment): Problem[] {
  const known = new Set(ENV_NAMES);
  return Object.keys(env)
    .filter((name) => name.startsWith(ENV_PREFIX) && !known.has(name))
    .sort()
    .map((name) => ({ place: { kind: 'env', name }, ...explainUnknownEnv(name, ENV_NAMES) }));
}
