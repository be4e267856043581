import { group, option } from '../option.ts';
import { duration } from '../values/duration.ts';
import { flag } from '../values/flag.ts';

export const invites = group('How new members come in.', {
  default_ttl: option(duration({ min: '1m', max: '365d' }), {
    default: '7d',
    description: 'How long an invite works when the one who makes it does not say.',
    reload: 'restart',
    since: '0.1.0',
  }),
  max_ttl: option(duration({ min: '1m', max: '365d' }), {
    default: '30d',
    description:
      'The longest time that an invite may work. A link that lies around in old mail is a way in: keep it short.',
    reload: 'restart',
    since: '0.1.0',
  }),
  allow_members: option(flag(), {
    default: 'false',
    description: 'true: every member may invite. false: only owners and admins.',
    reload: 'restart',
    since: '0.1.0',
  }),
});
