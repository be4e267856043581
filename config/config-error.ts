import { renderProblems } from './render-problems.ts';
import type { Problem } from './problem.ts';

/** Everything that is wrong with a configuration, at once. `message` is what an admin reads. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly problems: readonly Problem[];
  /** What would also be worth saying, once the problems are gone. */
  readonly warnings: readonly Problem[];

  constructor(problems: readonly Problem[], warnings: readonly Problem[] = []) {
    super(renderProblems(problems, 'error'));
    this.problems = problems;
    this.warnings = warnings;
    // Where in our code a wrong option was noticed helps nobody.
    this.stack = `${this.name}: ${this.message}`;
  }
}
