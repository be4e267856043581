import { group, option, secret } from '../option.ts';
import { list } from '../values/list.ts';
import { turnUrl } from '../values/turn-url.ts';

export const turnExternal = group('A TURN server of yours (turn.mode: external); see docs/turn.md for coturn.', {
  urls: option(list(turnUrl(), 'list of TURN URLs'), {
    default: '[]',
    description: 'Where it is reached, one URL for each transport, the best first. Devices are given them as they are.',
    example: '[turn:turn.example.org:3478?transport=udp, turns:turn.example.org:5349?transport=tcp]',
    reload: 'restart',
    since: '0.1.0',
  }),
  secret: secret({
    description:
      'The secret that it shares with Vant for time-limited credentials: coturn calls it static-auth-secret, together with use-auth-secret.',
    example: '/etc/vant/turn-secret',
    reload: 'restart',
    since: '0.1.0',
  }),
});
