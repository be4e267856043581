import { group, option } from '../option.ts';
import { duration } from '../values/duration.ts';
import { flag } from '../values/flag.ts';
import { integer } from '../values/integer.ts';

export const calls = group('Test calls, in which members hear themselves. Calls between members need none of this.', {
  echo: option(flag(), {
    default: 'false',
    description:
      'Answer test calls: members find "Make a test call" in their settings, and hear what they say. Each test call is answered by a process of its own, which takes about 100 MB while it lasts. What it hears goes back at once and is kept nowhere; but unlike every other call, this one ends at the server, which therefore could hear it.',
    reload: 'live',
    since: '0.1.0',
  }),
  echo_max_calls: option(integer({ min: 1, max: 100 }), {
    default: '2',
    description: 'How many members may make a test call at the same time. Others are asked to try again later.',
    reload: 'live',
    since: '0.1.0',
  }),
  echo_max_duration: option(duration({ min: '10s', max: '1h' }), {
    default: '3m',
    description: 'After this time a test call ends.',
    reload: 'live',
    since: '0.1.0',
  }),
});
