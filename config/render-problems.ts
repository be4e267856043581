import { styleText } from 'node:util';
import type { FilePlace, Problem } from './problem.ts';

export type Severity = 'error' | 'warning';
type Style = Parameters<typeof styleText>[0];
type Paint = (style: Style, text: string) => string;

const plain: Paint = (_style, text) => text;
const colored: Paint = (style, text) => styleText(style, text, { validateStream: false });

/** Problems as a person reads them: what is wrong, the line with a caret under it, what would be right. */
export function renderProblems(
  problems: readonly Problem[],
  severity: Severity,
  options: { color?: boolean } = {},
): string {
  const paint = options.color === true ? colored : plain;
  return problems.map((problem) => renderProblem(problem, severity, paint)).join('\n\n');
}

function renderProblem(problem: Problem, severity: Severity, paint: Paint): string {
  const subject = problem.option === undefined ? '' : `${problem.option}: `;
  const head = paint(severity === 'error' ? ['bold', 'red'] : ['bold', 'yellow'], `${severity}:`);
  const lines = [`${head} ${paint('bold', subject + problem.message)}`];
  const { place } = problem;
  const gutter = ' '.repeat(place?.kind === 'file' ? String(place.line).length : 1);
  if (place?.kind === 'env') lines.push(`${gutter}${paint('blue', '-->')} environment variable ${place.name}`);
  if (place?.kind === 'file') lines.push(...renderExcerpt(place, gutter, severity, paint));
  if (problem.help !== undefined) lines.push(`${gutter} ${paint('blue', '=')} ${problem.help}`);
  return lines.join('\n');
}

function renderExcerpt(place: FilePlace, gutter: string, severity: Severity, paint: Paint): string[] {
  const bar = paint('blue', '|');
  const indent = ' '.repeat(place.column - 1);
  const caret = paint(severity === 'error' ? 'red' : 'yellow', '^'.repeat(place.width));
  return [
    `${gutter}${paint('blue', '-->')} ${place.file}:${place.line}:${place.column}`,
    `${gutter} ${bar}`,
    `${paint('blue', String(place.line))} ${bar} ${place.excerpt}`.trimEnd(),
    `${gutter} ${bar} ${indent}${caret}`,
  ];
}
