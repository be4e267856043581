import { group, option } from '../option.ts';
import { path } from '../values/path.ts';

export const storage = group('Where the server keeps its files.', {
  data_dir: option(path(), {
    default: 'data',
    description:
      'Directory for everything that must survive a restart: the files of the embedded Redis and the keys of this server. Created when missing. Only the user that runs Vant may have access to it. This is the directory to back up. If it points to another place after a while, the server starts empty.',
    example: '/var/lib/vant',
    reload: 'restart',
    since: '0.1.0',
  }),
});
