/** The first file of the TURN thread. It is named in start-worker.ts only. */
import { parentPort, workerData } from 'node:worker_threads';
import { runTurnThread } from './turn-thread.ts';
import type { WorkerInput } from './worker-messages.ts';

if (parentPort !== null) await runTurnThread(parentPort, workerData as WorkerInput);
