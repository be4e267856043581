import type { Finding } from './finding.ts';

const INDENT = ' '.repeat(9);

/** One line for what is well, more for what is not. */
export function renderFinding({ status, check, seen, remedy, option, ms }: Finding): string {
  const time = ms === undefined ? '' : ` (${ms} ms)`;
  const lines = [`${status.padEnd(8)} ${check.padEnd(28)} ${seen}${time}`];
  if (remedy !== undefined) lines.push(`${INDENT}= ${remedy}`);
  if (remedy !== undefined && option !== undefined) lines.push(`${INDENT}= option ${option}`);
  return lines.join('\n');
}
