/** All that must hold before a change lands: types and arrows, lint, format, dead code, generated files, tests with coverage.
 * `npm run check -- --static` leaves the tests out. */
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findStaleFiles } from './generators.ts';
import { findLocalizationProblems } from './localization.ts';
import { ROOT, runProgram } from './run-program.ts';

interface Step {
  readonly name: string;
  readonly run: () => Promise<boolean>;
}

const program =
  (command: string, ...args: string[]) =>
  async () =>
    (await runProgram(command, args)) === 0;

const STATIC_STEPS: readonly Step[] = [
  { name: 'types, and which room sees which', run: program('tsc', '-b') },
  { name: 'lint', run: program('eslint', '.') },
  { name: 'format', run: program('prettier', '--check', '--log-level', 'warn', '.') },
  { name: 'dead code', run: program('knip') },
  { name: 'generated files', run: areGeneratedFilesCurrent },
  { name: 'translations', run: areTranslationsComplete },
];
const TESTS: Step = { name: 'tests, with coverage', run: program('node', 'scripts/test.ts', '--coverage') };

async function areGeneratedFilesCurrent(): Promise<boolean> {
  const stale = [...(await findStaleFiles()), ...(await findStaleProtobufFiles())];
  if (stale.length > 0) console.error(`Not current: ${stale.join(', ')}. Run: npm run generate`);
  return stale.length === 0;
}

async function areTranslationsComplete(): Promise<boolean> {
  const problems = await findLocalizationProblems();
  if (problems.length > 0) console.error(`${problems.join('\n')}\nRun: npm run generate, and translate what is new.`);
  return problems.length === 0;
}

/** Generates into a folder of its own and compares. */
async function findStaleProtobufFiles(): Promise<string[]> {
  const directory = mkdtempSync(join(tmpdir(), 'vant-generate-'));
  try {
    if ((await runProgram('buf', ['generate', '--output', directory])) !== 0) return ['wire/generated'];
    const generated = join('wire', 'generated');
    return readdirSync(join(directory, generated))
      .map((file) => join(generated, file))
      .filter((file) => readFileSync(join(directory, file), 'utf8') !== readFileSync(join(ROOT, file), 'utf8'));
  } finally {
    rmSync(directory, { recursive: true });
  }
}

async function main(): Promise<void> {
  const steps = process.argv.includes('--static') ? STATIC_STEPS : [...STATIC_STEPS, TESTS];
  const failed: string[] = [];
  for (const step of steps) {
    console.log(`\n── ${step.name}`);
    if (!(await step.run())) failed.push(step.name);
  }
  console.log(failed.length === 0 ? '\nAll checks hold.' : `\nFailed: ${failed.join('; ')}`);
  process.exitCode = failed.length === 0 ? 0 : 1;
}

await main();
