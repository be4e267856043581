import { group, option } from '../option.ts';
import { byteSize } from '../values/byte-size.ts';
import { duration } from '../values/duration.ts';
import { integer } from '../values/integer.ts';

export const relay = group('How envelopes are taken, kept and delivered.', {
  message_ttl: option(duration({ min: '1m', max: '7d' }), {
    default: '7d',
    description:
      'How long an envelope waits for a device that is offline. Then it is deleted for good, and its recipient never sees it. Shorter keeps less on the server; people on holiday miss more. A shorter time also holds for those that wait already: they are gone within a minute.',
    example: '3d',
    reload: 'live',
    since: '0.1.0',
  }),
  max_content: option(byteSize({ min: '4KiB', max: '1MiB' }), {
    default: '256KiB',
    description:
      'The largest encrypted content of one envelope. Clients learn it when they connect. Larger is refused. Much larger means that one message can hold up the others behind it on a slow line.',
    reload: 'restart',
    since: '0.1.0',
  }),
  queue_max_envelopes: option(integer({ min: 100, max: 1_000_000 }), {
    default: '10000',
    description:
      'The most envelopes that wait for one device. When the queue is full, senders are told so and try again later. It keeps a device that never comes back from filling the memory.',
    reload: 'live',
    since: '0.1.0',
  }),
  keepalive: option(duration({ min: '5s', max: '10m' }), {
    default: '30s',
    description:
      'A connected client has to send something at least this often; one that is silent for twice as long is taken for gone and disconnected. Lower it when a proxy or router in between drops quiet connections sooner. Shorter costs battery on phones.',
    reload: 'restart',
    since: '0.1.0',
  }),
  delivery_window_envelopes: option(integer({ min: 1, max: 10_000 }), {
    default: '64',
    description:
      'The most envelopes on their way to a device without its acknowledgement. Higher is faster over long distances, and costs memory per connection.',
    reload: 'restart',
    since: '0.1.0',
  }),
  delivery_window_bytes: option(byteSize({ min: '4KiB', max: '64MiB' }), {
    default: '256KiB',
    description:
      'The most bytes on their way to a device without its acknowledgement. At least relay.max_content, so that the largest envelope fits. This times the number of connections is the memory that slow readers can take.',
    reload: 'restart',
    since: '0.1.0',
  }),
  slow_reader_timeout: option(duration({ min: '1s', max: '10m' }), {
    default: '30s',
    description:
      'A device that leaves a full window unacknowledged for this long, or whose socket buffer stays full, is disconnected. It loses nothing: it connects again and gets the same envelopes. Raise it for members on very slow lines.',
    reload: 'restart',
    since: '0.1.0',
  }),
  max_connections: option(integer({ min: 1, max: 1_000_000 }), {
    default: '10000',
    description:
      'The most WebSocket connections at once on this node. Each needs a file descriptor: with systemd, LimitNOFILE must be higher than this.',
    reload: 'restart',
    since: '0.1.0',
  }),
  max_connections_per_address: option(integer({ min: 1, max: 1_000_000 }), {
    default: '500',
    description:
      'The most connections at once from one client address. A whole office can share one address: count its devices. Behind a proxy this needs server.trusted_proxies.',
    reload: 'restart',
    since: '0.1.0',
  }),
});
