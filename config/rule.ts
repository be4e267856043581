import type { Config } from './schema.ts';

export interface RuleView {
  readonly config: Config;
  /** Whether the admin gave this option or secret, in whichever way, and not just its default. */
  readonly isSet: (path: string) => boolean;
}

export interface RuleFinding {
  /** Follows the name of the option: "is …", "(3d) is longer than …". Names the other option. */
  readonly message: string;
  readonly help: string;
  /** The option that it is about, when that is not the first of the rule. */
  readonly option?: string;
}

export interface Rule {
  readonly severity: 'error' | 'warning';
  /** The options concerned; the first gives the error its name. A rule is not asked while one of them does not parse. */
  readonly options: readonly [string, ...string[]];
  /** What holds when all is well; the docs print it. */
  readonly sentence: string;
  readonly check: (view: RuleView) => RuleFinding | undefined;
}
