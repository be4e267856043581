/** "Send me a test": the whole way of a push to this browser, step by step, with the time that each took. */
import type { PushStep } from '../../../wire/schemas.ts';
import { NotificationBoard } from '../../notifications/notification-board.ts';
import type { NotificationTexts } from '../../notifications/notification-texts.ts';
import type { EngineClient } from '../engine-client.ts';
import { readPermission, type PushUpkeep } from './push-upkeep.ts';
import type { PushFailure } from './push-rules.ts';
import { registration, untilPush } from './worker-link.ts';

const ARRIVAL_TIMEOUT_MS = 30_000;

export type TestStepName = 'permission' | 'subscription' | PushStep | 'arrival' | 'notification';

export interface TestStep {
  readonly name: TestStepName;
  readonly isOk: boolean;
  readonly ms: number;
  /** What the push service said. */
  readonly detail?: string | undefined;
  readonly failure?: PushFailure | undefined;
}

export interface PushTestOptions {
  readonly engine: EngineClient;
  readonly upkeep: PushUpkeep;
  readonly texts: () => NotificationTexts;
  /** What the notification at the end says. */
  readonly body: string;
  readonly onStep: (step: TestStep) => void;
}

/** Stops at the first step that fails. Gives whether all went well. */
export async function runPushTest({ engine, upkeep, texts, body, onStep }: PushTestOptions): Promise<boolean> {
  let since = performance.now();
  const step = (name: TestStepName, isOk: boolean, more: Partial<TestStep> = {}): boolean => {
    onStep({ name, isOk, ms: performance.now() - since, ...more });
    since = performance.now();
    return isOk;
  };
  if (!step('permission', readPermission() === 'granted')) return false;
  await upkeep.mend();
  const { isRegistered = false, failure } = upkeep.report.value;
  if (!step('subscription', isRegistered && failure === undefined, { failure })) return false;
  if (!(await sendAndReceive(engine, step))) return false;
  return step('notification', await show(texts, body));
}

type Step = (name: TestStepName, isOk: boolean, more?: Partial<TestStep>) => boolean;

async function sendAndReceive(engine: EngineClient, step: Step): Promise<boolean> {
  const { arrived, stop } = untilPush();
  try {
    const { isAccepted, steps, detail } = await engine.push.test();
    for (const { name, ms } of steps.slice(0, -1)) step(name, true, { ms });
    const last = steps.at(-1);
    if (last !== undefined) step(last.name, isAccepted, { ms: last.ms, detail });
    if (!isAccepted) return false;
    const timeout = Promise.withResolvers<false>();
    const timer = setTimeout(() => timeout.resolve(false), ARRIVAL_TIMEOUT_MS);
    const isHere = await Promise.race([arrived.then(() => true), timeout.promise]).finally(() => clearTimeout(timer));
    return step('arrival', isHere);
  } finally {
    stop();
  }
}

async function show(texts: () => NotificationTexts, body: string): Promise<boolean> {
  const board = new NotificationBoard(await registration(), texts);
  await board.showTest(body).catch(() => undefined);
  return board.isShown('test');
}
