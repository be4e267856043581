import type { InspectableConnection } from './connection.ts';
import { AofRewriter, type RewriterClock } from './embedded/aof-rewriter.ts';
import { findLastRewrite } from './embedded/aof-files.ts';
import { startEmbeddedRedis, type EmbeddedHooks } from './embedded/embedded-redis.ts';
import { isAnswering } from './embedded/probe.ts';
import { checkExternalRedis, type Finding } from './external-check.ts';
import { createExternalLink } from './external-redis.ts';
import { NodeLink } from './links/node-link.ts';
import type { EmbeddedOptions, ExternalOptions, Log, StorageOptions } from './options.ts';
import { systemClock } from './system-clock.ts';
import { ResilientConnection } from './resilient-connection.ts';
import { inspectRedis, type RedisFacts } from './inspect-redis.ts';
import { StorageSetupError } from './storage-setup-error.ts';

export interface StorageHooks {
  readonly log: Log;
  /** Embedded Redis is gone for good; the server should stop. */
  readonly onFatal: (error: StorageSetupError) => void;
  readonly clock?: RewriterClock | undefined;
  readonly restart?: EmbeddedHooks['restart'];
  readonly endsWithVant?: EmbeddedHooks['endsWithVant'];
  /** How long an external Redis may take to be reached for the first time. */
  readonly startTimeoutMs?: number | undefined;
}

export interface StorageFacts extends RedisFacts {
  /** When deleted envelopes last left the disk. Known for an embedded Redis only. */
  readonly lastRewriteAt?: number;
}

export interface Storage {
  readonly connection: InspectableConnection;
  /** One line for the log and for `vant doctor`: which Redis this is. */
  readonly description: string;
  /** The process of the embedded Redis; undefined while it is down, and for an external one. */
  redisPid(): number | undefined;
  readonly mode: StorageOptions['mode'];
  /** What was found wrong with an external Redis at the start, with what mends it. */
  readonly findings: readonly string[];
  inspect(): Promise<StorageFacts>;
  /** False when our own Redis runs and does not answer. While it is down its supervisor starts it again, and an external one is
   * not ours to mend: both count as true. */
  answers(): Promise<boolean>;
  /** Makes deleted envelopes leave the disk now. @returns false when there was nothing to do, or Redis is not ours. */
  rewriteAof(): Promise<boolean>;
  close(): Promise<void>;
}

const START_TIMEOUT_MS = 10_000;
const STOP_REWRITE_TIMEOUT_MS = 20_000;

/** Brings Redis up, or connects to it, and gives the one connection that the stores share.
 * @throws StorageSetupError with what the admin can do about it. */
export async function openStorage(options: StorageOptions, hooks: StorageHooks): Promise<Storage> {
  return options.mode === 'embedded' ? openEmbedded(options, hooks) : openExternal(options, hooks);
}

async function openEmbedded(options: EmbeddedOptions, hooks: StorageHooks): Promise<Storage> {
  const redis = await startEmbeddedRedis(options, hooks);
  const link = new NodeLink({ locate: async () => ({ path: redis.socketPath }) });
  const connection = new ResilientConnection(link, { onTrouble: reportTrouble(hooks.log) });
  try {
    await connection.whenReady(START_TIMEOUT_MS);
  } catch (error) {
    await connection.close();
    await redis.stop();
    throw error;
  }
  const rewriter = new AofRewriter({
    execute: (command) => connection.execute('', command),
    directory: redis.directory,
    intervalMs: options.aofRewriteIntervalMs,
    clock: hooks.clock ?? systemClock,
    log: hooks.log,
  });
  return {
    connection,
    description: `embedded Redis ${redis.binaryVersion}`,
    mode: 'embedded',
    findings: [],
    async inspect() {
      const lastRewriteAt = findLastRewrite(redis.directory);
      return { ...(await inspectRedis(connection)), ...(lastRewriteAt !== undefined && { lastRewriteAt }) };
    },
    redisPid: () => redis.pid(),
    answers: async () => redis.pid() === undefined || (await isAnswering(redis.socketPath)),
    rewriteAof: () => rewriter.rewrite(),
    async close() {
      rewriter.stop();
      if (connection.isReady()) await rewriteBeforeStop(rewriter, hooks.log);
      await connection.close();
      await redis.stop();
    },
  };
}

/** Nothing deleted stays on disk over a stop; but a stop does not wait for it without end. */
async function rewriteBeforeStop(rewriter: AofRewriter, log: Log): Promise<void> {
  const { promise: tooLate, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error('It takes too long.')), STOP_REWRITE_TIMEOUT_MS);
  try {
    await Promise.race([rewriter.rewrite(), tooLate]);
  } catch (error) {
    log('warn', `The append-only file was not rewritten at the stop: ${(error as Error).message}`);
  } finally {
    clearTimeout(timer);
  }
}

async function openExternal(options: ExternalOptions, hooks: StorageHooks): Promise<Storage> {
  const connection = new ResilientConnection(createExternalLink(options), { onTrouble: reportTrouble(hooks.log) });
  try {
    await connection.whenReady(hooks.startTimeoutMs ?? START_TIMEOUT_MS);
    const { version, findings } = await checkExternalRedis(connection, options.target.kind);
    reportFindings(findings, options.requireDurable, hooks.log);
    return {
      connection,
      description: `external Redis ${version} (${options.target.kind})`,
      mode: 'external',
      findings: findings.map(({ message }) => message),
      inspect: () => inspectRedis(connection),
      redisPid: () => undefined,
      answers: async () => true,
      rewriteAof: async () => false,
      close: () => connection.close(),
    };
  } catch (error) {
    await connection.close();
    throw error instanceof StorageSetupError ? error : cannotConnect(error as Error);
  }
}

function reportFindings(findings: readonly Finding[], isStrict: boolean, log: Log): void {
  const fatal = findings.filter(({ severity }) => severity === 'unusable' || (isStrict && severity === 'unsafe'));
  if (fatal.length > 0) {
    throw new StorageSetupError(`This Redis cannot be used:\n  ${fatal.map(({ message }) => message).join('\n  ')}`);
  }
  for (const { message } of findings) log('warn', message);
}

function cannotConnect(error: Error & { detail?: string | undefined }): StorageSetupError {
  return new StorageSetupError(
    `${error.detail ?? error.message} Check the address, user, password and TLS options under redis.external.`,
    error,
  );
}

/** The connection tries again and again; the log tells a trouble once, until it changes. */
function reportTrouble(log: Log): (reason: Error) => void {
  let last: string | undefined;
  return (reason) => {
    if (reason.message !== last) log('warn', `There is no connection to Redis: ${reason.message}`);
    last = reason.message;
  };
}
