import type { Finding, Status } from './finding.ts';
import { worstStatus } from './finding.ts';

const MARKS: Readonly<Record<Status, string>> = { ok: 'ok     ', warning: 'warning', error: 'error  ' };
const INDENT = ' '.repeat(MARKS.ok.length + 2);

/** For people: one line for what is well, three for what is not. */
export function renderFindings(findings: readonly Finding[]): string {
  const lines = findings.flatMap(({ status, check, saw, remedy, option }) => [
    `${MARKS[status]}  ${check}: ${saw}`,
    ...(remedy === undefined ? [] : [`${INDENT}${remedy}`]),
    ...(option === undefined ? [] : [`${INDENT}Option: ${option}`]),
  ]);
  return lines.join('\n');
}

/** For programs. */
export function renderFindingsJson(findings: readonly Finding[]): string {
  return JSON.stringify({ status: worstStatus(findings), findings }, undefined, 2);
}
