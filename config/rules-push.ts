import type { Rule, RuleView } from './rule.ts';

const APNS_OPTIONS = ['push.apns.key_id', 'push.apns.team_id', 'push.apns.topics', 'push.apns.key'] as const;

const missingOf = ({ isSet }: RuleView): string[] => APNS_OPTIONS.filter((path) => !isSet(path));

export const pushRules: readonly Rule[] = [
  {
    severity: 'error',
    options: ['push.apns.key_id', 'push.apns.team_id', 'push.apns.topics'],
    sentence: 'push.apns.key, key_id, team_id and topics are set together.',
    check: (view) => {
      const missing = missingOf(view);
      if (missing.length === 0 || missing.length === APNS_OPTIONS.length) return undefined;
      const there = APNS_OPTIONS.filter((path) => !missing.includes(path));
      return {
        option: missing[0] ?? '',
        message: `is not set, but ${there.join(' and ')} ${there.length === 1 ? 'is' : 'are'}`,
        help: `Set ${missing.join(', ')}, or none of the four.`,
      };
    },
  },
];
