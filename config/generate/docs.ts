import type { Group, Option, SecretOption } from '../option.ts';
import { OTHER_ENV_NAMES, childrenOf, isGroup, toEnvName, toFileKey } from '../registry.ts';
import { RULES } from '../rules.ts';
import { SCHEMA } from '../schema.ts';
import { DOCS_INTRODUCTION } from './docs-introduction.ts';

/** docs/configuration.md: one anchor and one small table per option. */
export function renderDocs(): string {
  const sections = Object.entries(childrenOf(SCHEMA));
  const contents = sections.map(([key, node]) => `- [${key}](#${key}): ${node.description}`).join('\n');
  const body = sections.map(([key, node]) => (isGroup(node) ? renderGroup(node, [key]) : '')).join('');
  const parts = [DOCS_INTRODUCTION, '## Sections\n', `${contents}\n`, body + renderRules(), renderOtherNames()];
  return parts.join('\n');
}

function renderGroup(group: Group, path: readonly string[]): string {
  const dotted = path.join('.');
  const heading = `${path.length === 1 ? '##' : '###'} ${dotted}`;
  const children = Object.entries(childrenOf(group)).map(([key, node]) => {
    const childPath = [...path, key];
    if (isGroup(node)) return renderGroup(node, childPath);
    return node.node === 'secret' ? renderSecret(node, childPath) : renderOption(node, childPath);
  });
  return `${heading}\n\n${group.description}\n\n${renderSummary(group, path)}${children.join('')}`;
}

/** The options of one section at a glance, each a link to its own entry. */
function renderSummary(group: Group, path: readonly string[]): string {
  const rows = Object.entries(childrenOf(group)).flatMap(([key, node]) => {
    if (isGroup(node)) return [];
    const dotted = [...path, key].join('.');
    const link = `[${dotted}](#${dotted})`;
    if (node.node === 'secret') return [`| ${link} | secret | | ${node.reload} |`];
    const value = node.default === undefined ? (node.derived?.text ?? 'not set') : code(node.default);
    return [`| ${link} | ${escapeCell(node.type.kind)} | ${value} | ${node.reload} |`];
  });
  if (rows.length === 0) return '';
  return `| option | value | default | takes effect |\n|---|---|---|---|\n${rows.join('\n')}\n\n`;
}

function renderOption(option: Option<unknown>, path: readonly string[]): string {
  const dotted = path.join('.');
  return renderEntry(dotted, option, [
    ['Value', option.type.range === undefined ? option.type.expected : `${option.type.expected}; ${option.type.range}`],
    ['Default', option.default === undefined ? (option.derived?.text ?? 'not set') : code(option.default)],
    ...(option.example === undefined ? [] : [['Example', code(option.example)] as const]),
    ['Environment', code(toEnvName(dotted))],
  ]);
}

function renderSecret(secret: SecretOption, path: readonly string[]): string {
  const dotted = path.join('.');
  const fileOption = toFileKey(dotted);
  return renderEntry(dotted, secret, [
    ['Value', 'a [secret](#secrets): it does not stand in the file'],
    [
      'In the file',
      `${code(fileOption)}, the path of a file${secret.example === undefined ? '' : `, such as ${code(secret.example)}`}`,
    ],
    ['Environment', `${code(toEnvName(dotted))}, or ${code(`${toEnvName(dotted)}_FILE`)} with a path`],
    ['systemd credential', code(dotted)],
  ]);
}

type Row = readonly [label: string, value: string];

function renderEntry(dotted: string, about: Option<unknown> | SecretOption, rows: readonly Row[]): string {
  const effect = about.reload === 'live' ? 'live: on SIGHUP' : 'after a restart';
  const all: readonly Row[] = [...rows, ['Takes effect', effect], ['Since', about.since]];
  const table = all.map(([label, value]) => `| ${label} | ${escapeCell(value)} |`).join('\n');
  return `<a id="${dotted}"></a>\n\n#### ${dotted}\n\n${about.description}\n\n| | |\n|---|---|\n${table}\n\n`;
}

function renderRules(): string {
  const line = ({ severity, sentence }: (typeof RULES)[number]): string =>
    `- ${sentence}${severity === 'warning' ? ' *(a warning only)*' : ''}\n`;
  return `## Rules\n\nWhat one option says about another. An error names both.\n\n${RULES.map(line).join('')}`;
}

function renderOtherNames(): string {
  const names = OTHER_ENV_NAMES.map(code).join(', ');
  return `## Other names in the environment\n\nAny other name that starts with \`VANT_\` is an error, except ${names}: the path of this file, and two names of the terminal client.\n`;
}

/** A bar would end the cell. */
function escapeCell(text: string): string {
  return text.replaceAll('|', '\\|');
}

function code(text: string): string {
  return `\`${text}\``;
}
