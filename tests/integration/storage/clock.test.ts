import { afterEach, describe, expect, test } from 'vitest';
import { watchClock } from '../../../server/lifecycle/clock-check.ts';
import { makeTemporaryDirectory, removeDirectory } from '../../support/appliance.ts';
import { startNode } from '../../support/server.ts';

const DAY_MS = 86_400_000;
const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanups.splice(0).reverse()) await cleanUp();
});

/** One string, as Redis has it. */
function createStore() {
  let value: string | null = null;
  return {
    async execute(_key: string, [name, , text]: readonly unknown[]) {
      if (name === 'SET') value = String(text);
      return value === null ? null : Buffer.from(value);
    },
  };
}

describe('the clock of the machine', () => {
  test('a day behind what the data have seen is said at the start, with the remedy, and the server runs', async () => {
    const directory = await makeTemporaryDirectory();
    cleanups.push(() => removeDirectory(directory));
    const env = { VANT_STORAGE_DATA_DIR: directory };
    const first = await startNode(env);
    await first.app.stop();
    expect(first.logText()).not.toContain('The clock of this machine');
    const second = await startNode(env, { now: () => Date.now() - DAY_MS });
    cleanups.push(() => second.app.stop());
    expect(second.logText()).toMatch(
      /clock of this machine says \S+Z, and the data have seen \S+Z already: .*timedatectl set-ntp true/,
    );
    expect((await fetch(`${second.url}/health/ready`)).status).toBe(200);
  });

  test('an hour is tolerated, a minute more is not', async () => {
    const redis = createStore();
    const at = (now: number) => watchClock({ redis, key: 'k', now: () => now, warn: () => undefined });
    const warningAt = async (now: number) => {
      const watch = await at(now);
      watch.stop();
      return watch.warning;
    };
    const now = Date.now();
    expect(await warningAt(now)).toBeUndefined();
    expect(await warningAt(now - 3_600_000)).toBeUndefined();
    expect(await warningAt(now)).toBeUndefined();
    expect(await warningAt(now - 3_660_000)).toContain('it is behind, or was ahead');
  });

  test('a leap while the server runs is said once', async () => {
    const said: string[] = [];
    const time = { wallMs: Date.now(), evenMs: 0 };
    const watch = await watchClock({
      redis: createStore(),
      key: 'k',
      now: () => time.wallMs,
      monotonicMs: () => time.evenMs,
      warn: (message) => said.push(message),
    });
    const pass = (wallMs: number, evenMs: number) => {
      time.wallMs += wallMs;
      time.evenMs += evenMs;
      return watch.look();
    };
    await pass(60_000, 60_000);
    expect(said).toEqual([]);
    await pass(DAY_MS, 60_000);
    await pass(60_000, 60_000);
    expect(said).toEqual([expect.stringMatching(/has leapt by 1439 minutes, to .*timedatectl set-ntp true/)]);
    watch.stop();
  });
});
