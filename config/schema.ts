/** Every option that Vant has. Types, sample file, editor schema, docs and environment names all come from here. */
import { group, type SecretsOf, type ValuesOf } from './option.ts';
import { attachments } from './options/attachments.ts';
import { calls } from './options/calls.ts';
import { invites } from './options/invites.ts';
import { limits } from './options/limits.ts';
import { log } from './options/log.ts';
import { metrics } from './options/metrics.ts';
import { push } from './options/push.ts';
import { redis } from './options/redis.ts';
import { relay } from './options/relay.ts';
import { server } from './options/server.ts';
import { storage } from './options/storage.ts';
import { tls } from './options/tls.ts';
import { turn } from './options/turn.ts';

export const SCHEMA = group('The configuration of a Vant server.', {
  server,
  tls,
  storage,
  redis,
  relay,
  push,
  attachments,
  limits,
  invites,
  calls,
  turn,
  log,
  metrics,
});

/** What a running server reads: durations in milliseconds, sizes in bytes, paths absolute. Deeply frozen. */
export type Config = ValuesOf<typeof SCHEMA>;

/** The passwords, in the same tree as the options but apart from Config, so that printing Config cannot print them. */
export type Secrets = SecretsOf<typeof SCHEMA>;
