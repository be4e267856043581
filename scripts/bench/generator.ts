/** The load generator: a process of its own, so that its work is not taken for the server's. One job, one report. */
import { holdConnections } from './hold-connections.ts';
import type { HoldResult, Job, JobReport, TrafficResult } from './jobs.ts';
import { runTraffic } from './run-traffic.ts';

process.once('message', (job: Job) => {
  run(job).then(
    (result) => report({ result }),
    (error: unknown) => report({ failure: error instanceof Error ? error.message : String(error) }),
  );
});
// Whoever asked for the load has gone.
process.once('disconnect', () => process.exit());

function run(job: Job): Promise<TrafficResult | HoldResult> {
  return job.kind === 'hold' ? holdConnections(job) : runTraffic(job);
}

function report(message: JobReport): void {
  process.send?.(message);
}
