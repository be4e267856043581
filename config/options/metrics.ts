import { group, optional } from '../option.ts';
import { listenAddress } from '../values/host-port.ts';

export const metrics = group('Numbers for Prometheus.', {
  listen: optional(listenAddress(), {
    description:
      'Address and port where GET /metrics answers. Off when not set. It asks for no password: keep it on this machine or in a private network.',
    example: '127.0.0.1:9420',
    reload: 'restart',
    since: '0.1.0',
  }),
});
