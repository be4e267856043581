import type { Place, Problem } from './problem.ts';
import type { Rule, RuleFinding, RuleView } from './rule.ts';
import { RULES } from './rules.ts';

interface RuleContext extends RuleView {
  /** Options whose value could not be read: a rule about them would only repeat that. */
  readonly failed: ReadonlySet<string>;
  readonly places: ReadonlyMap<string, Place>;
}

export function checkRules(context: RuleContext): { errors: Problem[]; warnings: Problem[] } {
  const errors: Problem[] = [];
  const warnings: Problem[] = [];
  for (const rule of RULES) {
    if (rule.options.some((path) => context.failed.has(path))) continue;
    const finding = rule.check(context);
    if (finding === undefined) continue;
    (rule.severity === 'error' ? errors : warnings).push(toProblem(rule, finding, context.places));
  }
  return { errors, warnings };
}

/** Points at the option itself, or, where that is a default, at the one that contradicts it. */
function toProblem(rule: Rule, finding: RuleFinding, places: ReadonlyMap<string, Place>): Problem {
  const option = finding.option ?? rule.options[0];
  const place = [option, ...rule.options].map((path) => places.get(path)).find((found) => found !== undefined);
  const { message, help } = finding;
  return place === undefined ? { option, message, help } : { option, place, message, help };
}
