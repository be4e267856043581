import { derived, group, option } from '../option.ts';
import { byteSize } from '../values/byte-size.ts';
import { duration } from '../values/duration.ts';
import { path } from '../values/path.ts';

export const attachments = group('Files that members send: ciphertext, without a name or type.', {
  directory: derived(path(), {
    derived: {
      text: 'attachments inside storage.data_dir',
      compute: (lookup) => `${String(lookup('storage.data_dir'))}/attachments`,
    },
    description:
      'Where the files lie. Several nodes need one directory that all of them share (NFS or the like): a file that one node has taken must be found by the others. Need not be backed up: what is lost can be sent again.',
    example: '/var/lib/vant/attachments',
    reload: 'restart',
    since: '0.1.0',
  }),
  max_size: option(byteSize({ min: '64KiB', max: '4GiB' }), {
    default: '100MiB',
    description: 'The largest file, encrypted. Clients learn it from GET /v1/server. Larger is refused.',
    reload: 'live',
    since: '0.1.0',
  }),
  quota_per_account: option(byteSize({ min: '64KiB', max: '1TiB' }), {
    default: '1GiB',
    description:
      'The most that all files of one member may take at a time. Each counts as 64 KiB at least. Room comes back as files expire. Keep it at least as large as attachments.max_size.',
    reload: 'live',
    since: '0.1.0',
  }),
  ttl: option(duration({ min: '1m', max: '7d' }), {
    default: '7d',
    description:
      'How long a file can be fetched. Then it is deleted for good. Keep it at least as long as relay.message_ttl, or a device that comes back late gets the message without its file.',
    reload: 'live',
    since: '0.1.0',
  }),
  min_free: option(byteSize({ min: '0B', max: '1TiB' }), {
    default: '512MiB',
    description:
      'What stays free on the disk of attachments.directory. When less would be left, files are refused, so that messages can still be stored.',
    reload: 'live',
    since: '0.1.0',
  }),
});
