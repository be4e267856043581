/** Tells systemd's watchdog that this server works: not only that the process is there, but that its event loop turns and its own
 * Redis answers. What a restart cannot mend (an external Redis that is away, a full disk) is said, and is no reason to be killed. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Health } from '../observability/health.ts';
import type { ServiceManager } from './service-manager.ts';

/** So many looks before systemd's patience ends: one that fails may be a hiccup. */
const LOOKS = 4;

interface Means {
  readonly service: ServiceManager;
  readonly app: { readonly health: Health; readonly log: { error(text: string): void } };
}

/** @returns a function that ends it */
export function startWatchdog({ service, app }: Means): () => void {
  const { watchdogMs } = service;
  if (watchdogMs === undefined) return () => undefined;
  const stopping = new AbortController();
  let shown: string | undefined;
  const look = async (): Promise<void> => {
    if (await app.health.isWell()) await service.alive();
    else app.log.error('Redis does not answer. If it stays so, systemd starts this server again');
    const problem = await app.health.findProblem();
    if (problem !== shown) await service.status(problem ?? 'Serving');
    shown = problem;
  };
  void (async () => {
    while (!stopping.signal.aborted) {
      await look().catch((error: unknown) => app.log.error(`The watchdog could not look: ${(error as Error).message}`));
      await delay(watchdogMs / LOOKS, undefined, { signal: stopping.signal, ref: false }).catch(() => undefined);
    }
  })();
  return () => stopping.abort();
}
