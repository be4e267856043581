// The same bytes on every host: with WebCrypto's X25519 and Ed25519, without them, in Node, in Chromium, in a Worker.
import { afterEach, describe, expect, test, vi } from 'vitest';
import type * as EngineModule from '../../../e2ee/index.ts';
import { ALICE, BOB } from '../../support/e2ee/addresses.ts';
import { Device } from '../../support/e2ee/device.ts';
import { transcript } from '../../support/e2ee/transcript.ts';
import expected from '../../vectors/transcript.json' with { type: 'json' };

type Engine = typeof EngineModule;

const host = globalThis as { crypto?: { getRandomValues(into: Uint8Array): Uint8Array; subtle?: object } };
const whole = Object.getOwnPropertyDescriptor(globalThis, 'crypto');
const own = host.crypto!;

/** A browser loads a module once: there only its own WebCrypto can be tried, and is held to what Node wrote down. */
const keepsModules = 'document' in globalThis;

/** The engine, loaded anew in a host whose WebCrypto is this. */
async function engineWith(crypto: object | undefined): Promise<Engine> {
  vi.resetModules();
  Object.defineProperty(globalThis, 'crypto', { configurable: true, value: crypto });
  return import('../../../e2ee/index.ts');
}

afterEach(() => {
  vi.resetModules();
  if (whole !== undefined) Object.defineProperty(globalThis, 'crypto', whole);
  else Reflect.deleteProperty(globalThis, 'crypto');
});

const getRandomValues = (into: Uint8Array): Uint8Array => own.getRandomValues(into);

describe('the same transcript', () => {
  test('with this host’s WebCrypto', async () => {
    expect(await transcript(await import('../../../e2ee/index.ts'))).toEqual(expected);
  });

  test.runIf(keepsModules)('in a Worker', async () => {
    interface WebWorker {
      onmessage: (event: { readonly data: unknown }) => void;
      terminate(): void;
    }
    type WorkerClass = new (url: URL, options: { type: 'module' }) => WebWorker;
    const { Worker } = globalThis as unknown as { Worker: WorkerClass };
    const worker = new Worker(new URL('../../support/e2ee/transcript-worker.ts', import.meta.url), { type: 'module' });
    const answer = await new Promise((resolve) => {
      worker.onmessage = ({ data }) => resolve(data);
    });
    worker.terminate();
    expect(answer).toEqual(expected);
  });

  test.skipIf(keepsModules)('without subtle, as in an insecure context', async () => {
    expect(await transcript(await engineWith({ getRandomValues }))).toEqual(expected);
  });

  test.skipIf(keepsModules)('where subtle knows no X25519', async () => {
    const reject = (): Promise<never> => Promise.reject(new Error('NotSupportedError'));
    const subtle = { importKey: reject, deriveBits: reject, verify: reject, digest: () => Promise.resolve() };
    expect(await transcript(await engineWith({ getRandomValues, subtle }))).toEqual(expected);
  });

  test.skipIf(keepsModules)(
    'where subtle’s X25519 gives wrong answers: it is asked once, and then no more',
    async () => {
      let asked = 0;
      const subtle = {
        importKey: () => Promise.resolve({}),
        deriveBits: () => Promise.resolve(new Uint8Array(32).fill(++asked).buffer),
        verify: () => Promise.resolve(false),
        digest: () => Promise.resolve(),
      };
      expect(await transcript(await engineWith({ getRandomValues, subtle }))).toEqual(expected);
      expect(asked).toBe(1);
    },
  );

  test.skipIf(keepsModules)('without any WebCrypto there is no randomness, and it says so', async () => {
    const engine = await engineWith(undefined);
    expect(() => engine.PrivateKey.generate()).toThrow('no safe source of randomness');
  });
});

test('a long derivation lets the host do other things', { timeout: 30_000 }, async () => {
  const engine: Engine = await import('../../../e2ee/index.ts');
  const alice = new Device(engine, ALICE);
  const bob = new Device(engine, BOB);
  await alice.begin(BOB, await bob.publishBundle());
  for (let i = 0; i < 2000; i++) await alice.encrypt(BOB, Uint8Array.of(1));
  const sealed = await alice.encrypt(BOB, Uint8Array.of(2));
  const pings = countTurns();
  await bob.decrypt(ALICE, sealed);
  expect(pings.stop()).toBeGreaterThan(4);
});

/** Counts turns of the event loop, by messages to ourselves: timers are held back in pages that nobody sees. */
function countTurns(): { stop(): number } {
  let turns = 0;
  const { port1, port2 } = new MessageChannel();
  Object.assign(port1, {
    onmessage: () => {
      turns++;
      port2.postMessage(0);
    },
  });
  port2.postMessage(0);
  return {
    stop: () => {
      port1.close();
      return turns;
    },
  };
}
