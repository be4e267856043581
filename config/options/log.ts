import { group, option } from '../option.ts';
import { choice } from '../values/choice.ts';

export const log = group('What the server writes to its standard output. Never content, keys, tokens or names.', {
  level: option(choice(['trace', 'debug', 'info', 'warn', 'error', 'fatal']), {
    default: 'info',
    description: 'The least severe entries that are written. debug and trace help to find a fault and write a lot.',
    reload: 'live',
    since: '0.1.0',
  }),
  format: option(choice(['auto', 'json', 'text']), {
    default: 'auto',
    description:
      'json: one object a line, for log collectors. text: for reading. auto: text on a terminal and in the journal of systemd (with its priorities: journalctl -p warning), else json.',
    reload: 'restart',
    since: '0.1.0',
  }),
  addresses: option(choice(['truncated', 'full', 'none']), {
    default: 'truncated',
    description:
      'How client addresses appear. truncated: the network only (IPv4 /24, IPv6 /48). full helps against abuse, and is personal data that you then keep. none leaves them out.',
    reload: 'restart',
    since: '0.1.0',
  }),
});
