/** All checks, in the order in which one would look: the machine, the store, the way in, calls, push. */
import type { BuildInfo } from '../build-info.ts';
import type { Check, CheckContext, Finding } from './check.ts';
import { checkClock, findTimeSources } from './clock-check.ts';
import { createHostChecks } from './host-checks.ts';
import { createNetworkChecks } from './network-checks.ts';
import { createPushChecks } from './push-checks.ts';
import { createTurnChecks } from './turn-checks.ts';
import { checkVersion } from './version-check.ts';

export interface AllChecksContext extends CheckContext {
  readonly build: BuildInfo;
  readonly now: () => number;
  /** Each caller reaches Redis in its own way. */
  readonly checkRedis: () => Promise<Finding>;
}

export function createAllChecks(context: AllChecksContext): readonly Check[] {
  return [...createBasicChecks(context), ...createTurnChecks(context), ...createPushChecks(context)];
}

export function createBasicChecks(context: AllChecksContext): readonly Check[] {
  const { loaded, build, now, checkRedis } = context;
  const { public_url: publicUrl } = loaded.config.server;
  return [
    { name: 'version', option: 'server.public_url', run: () => checkVersion(build, publicUrl) },
    ...createHostChecks(context, now),
    // The clock of no option; push and certificates name the services that are asked.
    { name: 'clock', option: 'server', run: () => checkClock(findTimeSources(loaded), now) },
    { name: 'Redis', option: `redis.${loaded.config.redis.mode}`, run: checkRedis },
    ...createNetworkChecks(context, now),
  ];
}
