/** The first file of the TURN thread. It is named in start-worker.ts only. */
import { parentPort, workerData } from 'node:worker_threads';
import { runTurnThread } from './turn-thread.ts';
import type { WorkerInput } from './worker-messages.ts';

// Not awaited, so that it can be bundled as a script; a rejection ends the thread either way.
if (parentPort !== null) void runTurnThread(parentPort, workerData as WorkerInput);
