import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Job, JobReport, JobResult } from './jobs.ts';

const GENERATOR = fileURLToPath(new URL('generator.ts', import.meta.url));
const JOB_DEADLINE_MS = 60_000;

export interface RunningJob<J extends Job> {
  readonly result: JobResult<J>;
  /** Ends the generator and with it its connections. */
  readonly end: () => void;
}

/** Gives a job to a new generator process. */
export async function startJob<J extends Job>(job: J): Promise<RunningJob<J>> {
  const child = fork(GENERATOR, { serialization: 'advanced' });
  const done = Promise.withResolvers<JobReport>();
  const fail = (failure: string) => done.resolve({ failure });
  const timer = setTimeout(() => fail('the generator takes too long'), JOB_DEADLINE_MS);
  child.once('message', (report: JobReport) => done.resolve(report));
  child.once('exit', (code) => fail(`the generator ended with ${String(code)}`));
  child.send(job);
  const report = await done.promise.finally(() => clearTimeout(timer));
  const end = () => void child.kill('SIGKILL');
  if ('failure' in report) {
    end();
    throw new Error(`${job.kind}: ${report.failure}`);
  }
  return { result: report.result as JobResult<J>, end };
}

/** Runs a job to its end. */
export async function runJob<J extends Job>(job: J): Promise<JobResult<J>> {
  const running = await startJob(job);
  running.end();
  return running.result;
}
