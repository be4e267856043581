/** Talks to the engine behind a page of the web app, as the page itself does: for tests that are about the engine and not about
 * what the page looks like. */
import type { BrowserContext, Page } from 'playwright-core';
import type { Account } from '../../client/account/account-record.ts';
import type { StoredMessage } from '../../client/conversations/history.ts';

/** Ids that the page itself never gets to. */
const FIRST_ID = 1_000_000;
const DEADLINE_MS = 30_000;

interface EngineEvent {
  readonly name: string;
  readonly detail: unknown;
}

interface Hook {
  worker: Worker | undefined;
  readonly workers: Worker[];
  readonly events: EngineEvent[];
  lastId: number;
}

/** What a test can do with the engine of a page. Arguments and results must survive both JSON and structured clone; bytes do
 * not. */
export interface WebEngine {
  call<T>(target: string, method: string, ...args: readonly unknown[]): Promise<T>;
  /** All events since the page was loaded. */
  events(name: string): Promise<unknown[]>;
  /** Resolves when an event of this name fits, or has done so already. */
  untilEvent(name: string, fits: string): Promise<void>;
  untilState(state: string): Promise<void>;
  /** Ends the worker as a crash does. */
  kill(): Promise<void>;
}

/** Before the first page of the context is opened. */
export async function hookEngines(context: BrowserContext): Promise<void> {
  await context.addInitScript((firstId: number) => {
    const hook: Hook = { worker: undefined, workers: [], events: [], lastId: firstId };
    Object.assign(globalThis, { vantHook: hook });
    const Original = globalThis.Worker;
    globalThis.Worker = class extends Original {
      constructor(...parameters: ConstructorParameters<typeof Original>) {
        super(...parameters);
        hook.worker = this;
        hook.workers.push(this);
        this.addEventListener('message', ({ data }: MessageEvent<{ type: string } & EngineEvent>) => {
          if (data.type === 'event') hook.events.push({ name: data.name, detail: data.detail });
        });
      }
    };
  }, FIRST_ID);
}

export function engineOf(page: Page): WebEngine {
  const untilEvent = async (name: string, fits: string): Promise<void> => {
    await page.waitForFunction(
      ([wanted, expression]) => {
        const { vantHook } = globalThis as unknown as { vantHook: Hook };
        return vantHook.events.some((event) => {
          if (event.name !== wanted) return false;
          return JSON.stringify(event.detail).includes(expression!);
        });
      },
      [name, fits],
      { timeout: DEADLINE_MS },
    );
  };
  return {
    untilEvent,
    call: <T>(target: string, method: string, ...args: readonly unknown[]) =>
      page.evaluate(callEngine, { target, method, args }) as Promise<T>,
    events: (name) =>
      page.evaluate(
        (wanted) =>
          (globalThis as unknown as { vantHook: Hook }).vantHook.events
            .filter((event) => event.name === wanted)
            .map(({ detail }) => detail),
        name,
      ),
    async untilState(state) {
      await page.waitForFunction(
        (wanted) =>
          (globalThis as unknown as { vantHook: Hook }).vantHook.events.findLast(({ name }) => name === 'state')
            ?.detail === wanted,
        state,
        { timeout: DEADLINE_MS },
      );
    },
    kill: () => page.evaluate(() => (globalThis as unknown as { vantHook: Hook }).vantHook.worker?.terminate()),
  };
}

/** Runs in the page. */
function callEngine(call: { target: string; method: string; args: readonly unknown[] }): Promise<unknown> {
  const { vantHook } = globalThis as unknown as { vantHook: Hook };
  const worker = vantHook.worker!;
  const id = ++vantHook.lastId;
  return new Promise((resolve, reject) => {
    const listen = ({ data }: MessageEvent<{ id?: number; type: string; value?: unknown; error?: Error }>): void => {
      if (data.id !== id) return;
      worker.removeEventListener('message', listen);
      if (data.type === 'result') resolve(data.value);
      else reject(new Error(JSON.stringify(data.error)));
    };
    worker.addEventListener('message', listen);
    worker.postMessage({ id, ...call });
  });
}

/** Joins with a link, on a page that is open. */
export const joinTeam = (engine: WebEngine, link: string, name: string): Promise<Account> =>
  engine.call<Account>('client', 'join', { link, displayName: name, deviceName: name }).then(async (account) => {
    await engine.call('control', 'open');
    return account;
  });

export const invite = async (engine: WebEngine): Promise<string> =>
  (await engine.call<{ link: string }>('team', 'createInvite', { role: 'member' })).link;

/** All texts of a conversation, oldest first. */
export async function textsOf(engine: WebEngine, conversation: string): Promise<string[]> {
  const messages = await engine.call<StoredMessage[]>('client', 'messages', conversation, { limit: 5000 });
  return messages.filter(({ kind }) => kind === 'text').map(({ text }) => text);
}
