/** The two ways to drive traffic: as fast as it goes, and at a fixed pace. */
import { setTimeout as delay } from 'node:timers/promises';
import type { PaceJob, SaturateJob, TrafficResult } from './jobs.ts';
import { LatencyLog } from './latency-log.ts';
import { Traffic, type Slot } from './traffic.ts';

/** After connecting, the relay still reads queues and counts prekeys. */
const SETTLE_MS = 300;
const FINISH_DEADLINE_MS = 3_000;
/** How exactly a timer of Node fires. What it is late by is ours; only a longer delay counts as the server's. */
const TIMER_GRAIN_MS = 2;

export async function runTraffic(job: SaturateJob | PaceJob): Promise<TrafficResult> {
  const traffic = new Traffic(job);
  try {
    await traffic.connect();
    await Promise.race([delay(SETTLE_MS), traffic.failed]);
    const start = job.kind === 'saturate' ? saturate : pace;
    const stop = start(traffic, job as never);
    const result = await Promise.race([measure(traffic, job), traffic.failed]);
    stop();
    await Promise.race([untilFinished(traffic), traffic.failed]);
    return { ...result, envelopes: traffic.completed };
  } finally {
    traffic.close();
  }
}

/** @returns what ends it. */
function saturate(traffic: Traffic, { window }: SaturateJob): () => void {
  let isStopped = false;
  traffic.onCompleted = (slot) => {
    if (!isStopped) traffic.send(slot, performance.now());
  };
  for (let pair = 0; pair < traffic.pairs; pair++) {
    for (let i = 0; i < window; i++) traffic.send(traffic.createSlot(pair), performance.now());
  }
  return () => (isStopped = true);
}

/** Open loop: nothing is waited for, so a stalled server meets all that was due meanwhile. */
function pace(traffic: Traffic, { perSecond }: PaceJob): () => void {
  const free: Slot[][] = Array.from({ length: traffic.pairs }, () => []);
  traffic.onCompleted = (slot) => void free[slot.pair]!.push(slot);
  const startMs = performance.now();
  let count = 0;
  const timer = setInterval(() => {
    const nowMs = performance.now();
    for (; startMs + (count * 1000) / perSecond <= nowMs; count++) {
      const dueMs = startMs + (count * 1000) / perSecond;
      const pair = count % traffic.pairs;
      const slot = free[pair]!.pop() ?? traffic.createSlot(pair);
      traffic.send(slot, nowMs - dueMs < TIMER_GRAIN_MS ? nowMs : dueMs);
    }
  }, 1);
  return () => clearInterval(timer);
}

async function measure(
  traffic: Traffic,
  { warmUpMs, measureMs }: SaturateJob | PaceJob,
): Promise<Omit<TrafficResult, 'envelopes'>> {
  await delay(warmUpMs);
  const log = new LatencyLog();
  traffic.onDelivered = (latencyMs) => log.add(latencyMs);
  const [startMs, cpuBefore, countBefore] = [performance.now(), process.cpuUsage(), traffic.completed];
  await delay(measureMs);
  const elapsedMs = performance.now() - startMs;
  const cpu = process.cpuUsage(cpuBefore);
  traffic.onDelivered = () => undefined;
  return {
    perSecond: ((traffic.completed - countBefore) * 1000) / elapsedMs,
    p50Ms: log.percentile(0.5),
    p99Ms: log.percentile(0.99),
    maxMs: log.percentile(1),
    generatorCores: (cpu.user + cpu.system) / 1000 / elapsedMs,
  };
}

/** Whatever is under way must arrive: a program that is fast because it loses something has no result. */
async function untilFinished(traffic: Traffic): Promise<void> {
  const untilMs = performance.now() + FINISH_DEADLINE_MS;
  while (traffic.underWay > 0) {
    if (performance.now() > untilMs) throw new Error(`${traffic.underWay} envelopes did not arrive`);
    await delay(10);
  }
}
