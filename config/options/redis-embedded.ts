import { group, option } from '../option.ts';
import { byteSize } from '../values/byte-size.ts';
import { choice } from '../values/choice.ts';
import { duration } from '../values/duration.ts';
import { path } from '../values/path.ts';

export const redisEmbedded = group('The Redis that Vant starts itself (redis.mode: embedded).', {
  binary: option(path({ mustBe: 'program', word: 'auto' }), {
    default: 'auto',
    description:
      'The redis-server program. auto takes the one that came with Vant, else the one on the PATH. Name a path to use a particular one.',
    example: '/usr/bin/redis-server',
    reload: 'restart',
    since: '0.1.0',
  }),
  max_memory: option(byteSize({ min: '32MiB', max: '1TiB' }), {
    default: '256MiB',
    description:
      'Most memory for stored data. When it is full, new messages are refused until others have been delivered or have expired; nothing stored is thrown away. Leave as much memory free again: rewriting the file on disk can need it for a moment.',
    reload: 'restart',
    since: '0.1.0',
  }),
  fsync: option(choice(['always', 'everysec']), {
    default: 'always',
    description:
      'always: a message counts as accepted when the disk has it; a power cut loses nothing. everysec: faster on slow disks such as SD cards, but a power cut can lose the last second of accepted messages.',
    reload: 'restart',
    since: '0.1.0',
  }),
  aof_rewrite_interval: option(duration({ min: '1m', max: '24h' }), {
    default: '1h',
    description:
      'A delivered envelope leaves the memory at once, but its ciphertext stays in the append-only file until that file is rewritten. This is how often that happens, and so how long a deleted envelope can still be found on the disk. Shorter means more writing.',
    reload: 'restart',
    since: '0.1.0',
  }),
});
