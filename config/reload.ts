import { nest } from './assemble.ts';
import { describeValue, valueAt } from './describe-value.ts';
import type { LoadedConfig } from './load.ts';
import type { Reload } from './option.ts';
import { ENTRIES, OPTION_ENTRIES, SECRET_ENTRIES, type Entry } from './registry.ts';
import type { Config, Secrets } from './schema.ts';
import type { Secret } from './secret.ts';

export interface Change {
  readonly path: string;
  /** As an admin would write them; of a secret only that it changed. */
  readonly from: string;
  readonly to: string;
}

export interface ReloadPlan {
  /** What the server runs with from now on: the new values of live options, the old ones of all others. */
  readonly loaded: LoadedConfig;
  /** Changes that apply now. */
  readonly live: readonly Change[];
  /** Changes that wait for a restart. */
  readonly restart: readonly Change[];
}

/** Compares what runs with what was read again. Pass `loaded` of the plan as `running` the next time. */
export function planReload(running: LoadedConfig, next: LoadedConfig): ReloadPlan {
  const changes = [...findChanges(running.config, next.config), ...findSecretChanges(running.secrets, next.secrets)];
  const pick = (reload: Reload): Change[] =>
    changes
      .filter((change) => change.entry.declaration.reload === reload)
      .map(({ path, from, to }) => ({ path, from, to }));
  const loaded = {
    ...running,
    config: mixConfigs(running.config, next.config),
    sources: mixSources(running.sources, next.sources),
    warnings: next.warnings,
  };
  return Object.freeze({ loaded, live: pick('live'), restart: pick('restart') });
}

interface FoundChange extends Change {
  readonly entry: Entry;
}

function findChanges(running: Config, next: Config): FoundChange[] {
  return OPTION_ENTRIES.flatMap((entry) => {
    const [from, to] = [describeValue(entry, running), describeValue(entry, next)];
    return from === to ? [] : [{ entry, path: entry.path, from, to }];
  });
}

function findSecretChanges(running: Secrets, next: Secrets): FoundChange[] {
  return SECRET_ENTRIES.flatMap((entry) => {
    const [before, after] = [secretAt(running, entry), secretAt(next, entry)];
    const isSame = before === undefined ? after === undefined : before.equals(after);
    const describe = (secret: Secret | undefined): string => (secret === undefined ? 'not set' : 'set');
    return isSame ? [] : [{ entry, path: entry.path, from: describe(before), to: describe(after) }];
  });
}

function secretAt(secrets: Secrets, { segments }: Entry): Secret | undefined {
  return segments.reduce<unknown>((at, segment) => (at as Record<string, unknown>)[segment], secrets) as
    Secret | undefined;
}

/** Where the values in force came from: those that need a restart are still the old ones. */
function mixSources(running: LoadedConfig['sources'], next: LoadedConfig['sources']): LoadedConfig['sources'] {
  const live = ENTRIES.filter(({ declaration }) => declaration.reload === 'live');
  const changed = live.flatMap(({ path }) => (next[path] === undefined ? [] : [[path, next[path]] as const]));
  return Object.freeze({ ...running, ...Object.fromEntries(changed) });
}

function mixConfigs(running: Config, next: Config): Config {
  const values = OPTION_ENTRIES.map(({ path, segments, declaration }) => {
    const from = declaration.reload === 'live' ? next : running;
    return [path, valueAt(from, segments)] as const;
  });
  return nest(new Map(values)) as Config;
}
