import type { Group, Node, Option, SecretOption } from './option.ts';
import { SCHEMA } from './schema.ts';

/** One declared option with the names that follow from its place in the tree. */
export interface Entry<Declaration extends Option<unknown> | SecretOption = Option<unknown> | SecretOption> {
  /** `relay.message_ttl` */
  readonly path: string;
  readonly segments: readonly string[];
  /** `VANT_RELAY_MESSAGE_TTL` */
  readonly envName: string;
  readonly declaration: Declaration;
}

/** The names of the terminal client and of the search for the file: environment, but not options. */
export const OTHER_ENV_NAMES = [
  'VANT_CONFIG',
  'VANT_HOME',
  'VANT_AS',
  'VANT_CA_FILE',
  'VANT_BUNDLED_REDIS',
  'VANT_RELAUNCHED',
  'VANT_CHROMIUM',
] as const;

export function toEnvName(path: string): string {
  return `VANT_${path.toUpperCase().replaceAll('.', '_')}`;
}

export function isGroup(node: Node): node is Group {
  return node.node === 'group';
}

/** Children are declared with exact types; here they are walked as what they all are. */
export function childrenOf(group: Group): Readonly<Record<string, Node>> {
  return group.children as Readonly<Record<string, Node>>;
}

function collect(group: Group, parents: readonly string[]): Entry[] {
  return Object.entries(childrenOf(group)).flatMap(([key, node]) => {
    const segments = [...parents, key];
    if (isGroup(node)) return collect(node, segments);
    const path = segments.join('.');
    return [{ path, segments, envName: toEnvName(path), declaration: node }];
  });
}

/** All options in the order of their declaration. */
export const ENTRIES: readonly Entry[] = collect(SCHEMA, []);

export const OPTION_ENTRIES = ENTRIES.filter(
  (entry): entry is Entry<Option<unknown>> => entry.declaration.node === 'option',
);

export const SECRET_ENTRIES = ENTRIES.filter(
  (entry): entry is Entry<SecretOption> => entry.declaration.node === 'secret',
);

/** The key under which the YAML file names a secret's file: `password` → `password_file`. */
export function toFileKey(key: string): string {
  return `${key}_file`;
}
