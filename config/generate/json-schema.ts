import { declaredToJson } from '../describe-value.ts';
import type { Group, Node, Option, SecretOption } from '../option.ts';
import { childrenOf, isGroup, toEnvName, toFileKey } from '../registry.ts';
import { SCHEMA } from '../schema.ts';
import type { JsonSchema } from '../values/value-type.ts';

/** Draft 7, because that is what the YAML language servers of editors understand best. */
export function renderJsonSchema(): string {
  const schema = {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'Vant configuration',
    ...groupSchema(SCHEMA, []),
  };
  return `${JSON.stringify(schema, null, 2)}\n`;
}

function groupSchema(group: Group, parents: readonly string[]): JsonSchema {
  const properties = Object.entries(childrenOf(group)).map(([key, node]) => [
    node.node === 'secret' ? toFileKey(key) : key,
    nodeSchema(node, [...parents, key]),
  ]);
  return {
    description: group.description,
    // A section with all its options commented out is null in YAML.
    type: ['object', 'null'],
    additionalProperties: false,
    properties: Object.fromEntries(properties) as object,
  };
}

function nodeSchema(node: Node, path: readonly string[]): JsonSchema {
  if (isGroup(node)) return groupSchema(node, path);
  return node.node === 'secret' ? secretSchema(node, path.join('.')) : optionSchema(node, path.join('.'));
}

function optionSchema(option: Option<unknown>, path: string): JsonSchema {
  const { schema } = option.type;
  const hasDefault = option.default !== undefined;
  return {
    description: describe(option, path, option.type.range),
    ...schema,
    ...(hasDefault ? {} : { type: [schema['type'], 'null'] }),
    ...(option.default === undefined ? {} : { default: declaredToJson(option, option.default) }),
    ...(option.example === undefined ? {} : { examples: [declaredToJson(option, option.example)] }),
  };
}

function secretSchema(secret: SecretOption, path: string): JsonSchema {
  return {
    description: `${describe(secret, path)} This is the path of a file that holds the secret and nothing else.`,
    type: ['string', 'null'],
    minLength: 1,
    ...(secret.example === undefined ? {} : { examples: [secret.example] }),
  };
}

function describe({ description, reload }: Option<unknown> | SecretOption, path: string, range?: string): string {
  const effect = reload === 'live' ? 'Read again on SIGHUP.' : 'Needs a restart.';
  const allowed = range === undefined ? '' : `Allowed: ${range}. `;
  return `${description}\n\n${allowed}${effect} Environment: ${toEnvName(path)}.`;
}
