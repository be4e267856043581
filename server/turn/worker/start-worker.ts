import { getAsset, isSea } from 'node:sea';
import { Worker, type WorkerOptions } from 'node:worker_threads';
import type { WorkerInput } from './worker-messages.ts';

/** Relaying makes much garbage that lives for a moment: a small young heap is collected quickly and keeps the thread small. */
const RESOURCE_LIMITS = { maxYoungGenerationSizeMb: 16, maxOldGenerationSizeMb: 512 };

/** What scripts/package makes of worker-entry.ts. */
const PACKAGED = 'turn-thread.js';

/** The one place that knows where the thread's code is. Node runs the TypeScript as it is; the packaged executable holds a bundle. */
export function startWorker(input: WorkerInput): Worker {
  const options: WorkerOptions = {
    name: 'vant-turn',
    workerData: input,
    resourceLimits: RESOURCE_LIMITS,
    // No options of the parent, such as an inspector's port or a test runner's loaders.
    execArgv: [],
  };
  return isSea()
    ? new Worker(getAsset(PACKAGED, 'utf8'), { ...options, eval: true })
    : new Worker(new URL('worker-entry.ts', import.meta.url), options);
}
