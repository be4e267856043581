import { Worker } from 'node:worker_threads';
import type { WorkerInput } from './worker-messages.ts';

/** Relaying makes much garbage that lives for a moment: a small young heap is collected quickly and keeps the thread small. */
const RESOURCE_LIMITS = { maxYoungGenerationSizeMb: 16, maxOldGenerationSizeMb: 512 };

/** The one place that knows where the thread's code is. Node runs the TypeScript as it is; a bundler replaces the URL. */
export function startWorker(input: WorkerInput): Worker {
  return new Worker(new URL('worker-entry.ts', import.meta.url), {
    name: 'vant-turn',
    workerData: input,
    resourceLimits: RESOURCE_LIMITS,
    // No options of the parent, such as an inspector's port or a test runner's loaders.
    execArgv: [],
  });
}
