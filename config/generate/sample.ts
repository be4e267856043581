import { stringify } from 'yaml';
import type { Group, Option, SecretOption } from '../option.ts';
import { childrenOf, isGroup, toEnvName, toFileKey } from '../registry.ts';
import { SCHEMA } from '../schema.ts';
import { wrapText } from './wrap-text.ts';

const WIDTH = 100;

const HEADER = `# yaml-language-server: $schema=./vant.config.schema.json
#
# The configuration of Vant. Every option is here, commented out, with its default: a server without this
# file does the same as one with it. To change an option, remove the "#" in front of it and write your value.
#
#   vant config check    says what is wrong, and where
#   vant config show     says what is in effect, and why
#
# Lines that start with "# " explain; lines that start with "#" and a name are options. Durations are written
# as 30s, 10m, 1h30m or 7d; sizes as 256KiB; rates as 600/10s or off. Relative paths start at the directory of
# this file. "live" options are read again on SIGHUP (systemctl reload vant); the others need a restart.
# Each option has a name in the environment, which wins over this file: VANT_ and its path in capitals.
# Passwords never stand in this file. All of it with links: docs/configuration.md
`;

/** The annotated vant.config.yaml. Sections are real, options are comments: one "#" removed is one option set. */
export function renderSample(): string {
  return `${HEADER}\n${renderChildren(SCHEMA, [])}`;
}

function renderChildren(group: Group, parents: readonly string[]): string {
  const indent = '  '.repeat(parents.length);
  const blocks = Object.entries(childrenOf(group)).map(([key, node]) => {
    const path = [...parents, key];
    if (isGroup(node)) {
      return `${prose(node.description, indent)}${indent}${key}:\n${renderChildren(node, path)}`;
    }
    return node.node === 'secret' ? renderSecret(path, node, indent) : renderOption(key, node, indent);
  });
  return blocks.join('\n');
}

function renderOption(key: string, option: Option<unknown>, indent: string): string {
  const details = [`(${option.reload})`];
  if (option.type.range !== undefined) details.push(`Allowed: ${option.type.range}.`);
  if (option.derived !== undefined) details.push(`Default: ${option.derived.text}.`);
  if (option.default === undefined && option.derived === undefined) details.push('Default: not set.');
  if (option.example !== undefined) details.push(`Example: ${option.example}`);
  const value = option.default === undefined ? '' : ` ${toYaml(option, option.default)}`;
  return `${prose(option.description, indent)}${proseLines(details, indent)}${indent}#${key}:${value}\n`;
}

function renderSecret(path: readonly string[], secret: SecretOption, indent: string): string {
  const dotted = path.join('.');
  const ways = `(${secret.reload}) The path of a file that holds nothing else. Or: ${toEnvName(dotted)} in the environment, or a systemd credential named ${dotted}.`;
  const example = secret.example === undefined ? '' : prose(`Example: ${secret.example}`, indent);
  return `${prose(secret.description, indent)}${prose(ways, indent)}${example}${indent}#${toFileKey(path.at(-1) ?? '')}:\n`;
}

/** On one line when they fit, else one line each: an example is not broken in two. */
function proseLines(details: readonly string[], indent: string): string {
  const together = details.join(' ');
  const fits = together.length <= WIDTH - indent.length;
  return (fits ? [together] : details).map((line) => prose(line, indent)).join('');
}

function prose(text: string, indent: string): string {
  return wrapText(text, WIDTH - indent.length)
    .map((line) => `${indent}# ${line}\n`)
    .join('');
}

/** Quotes where YAML needs them: `vant:` without quotes would be a section. */
function toYaml(option: Option<unknown>, text: string): string {
  return option.type.schema['type'] === 'string' ? stringify(text).trim() : text;
}
