import { group, option } from '../option.ts';
import { choice } from '../values/choice.ts';
import { text } from '../values/text.ts';
import { redisEmbedded } from './redis-embedded.ts';
import { redisExternal } from './redis-external.ts';

export const redis = group('Accounts, public keys and waiting envelopes are kept in Redis.', {
  mode: option(choice(['embedded', 'external']), {
    default: 'embedded',
    description:
      'embedded: Vant starts a Redis of its own, keeps it durable and talks to it over a private socket; nothing else to install. external: use a Redis that you run, for several Vant nodes or a Redis with its own standby. Changing the mode does not move the data.',
    reload: 'restart',
    since: '0.1.0',
  }),
  key_prefix: option(
    text({ pattern: /^[A-Za-z0-9:_-]{1,64}$/, expected: 'letters, digits, colon, - or _, such as vant:' }),
    {
      default: 'vant:',
      description:
        'Every key in Redis starts with this. Change it only when two teams share one Redis. After a change the server does not find what is stored under the old prefix.',
      reload: 'restart',
      since: '0.1.0',
    },
  ),
  embedded: redisEmbedded,
  external: redisExternal,
});
