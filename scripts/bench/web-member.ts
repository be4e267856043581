/** A member in a browser, and their engine as the page itself talks to it. */
import type { Browser, BrowserContext, Page } from 'playwright-core';

/** Ids that the page itself never gets to. */
const FIRST_ID = 1_000_000;

interface Hook {
  worker: Worker | undefined;
  lastId: number;
}

export interface WebMember {
  readonly context: BrowserContext;
  readonly page: Page;
  readonly accountId: string;
  call<T>(target: string, method: string, ...args: readonly unknown[]): Promise<T>;
  /** Gives a file to the engine's import. */
  importBackup(fileBase64: string, passphrase: string): Promise<unknown>;
}

export async function joinAsMember(browser: Browser, url: string, link: string, name: string): Promise<WebMember> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  await context.addInitScript((firstId: number) => {
    const hook: Hook = { worker: undefined, lastId: firstId };
    Object.assign(globalThis, { vantHook: hook });
    const Original = globalThis.Worker;
    globalThis.Worker = class extends Original {
      constructor(...parameters: ConstructorParameters<typeof Original>) {
        super(...parameters);
        hook.worker = this;
      }
    };
  }, FIRST_ID);
  const page = await context.newPage();
  await page.goto(url);
  const call = <T>(target: string, method: string, ...args: readonly unknown[]): Promise<T> =>
    page.evaluate(callEngine, { target, method, args }) as Promise<T>;
  const { accountId } = await call<{ accountId: string }>('client', 'join', {
    link,
    displayName: name,
    deviceName: name,
  });
  await call('control', 'open');
  return {
    context,
    page,
    accountId,
    call,
    importBackup: (file, passphrase) =>
      page.evaluate(callEngine, { target: 'backup', method: 'importFrom', args: [{ passphrase }], file }),
  };
}

/** Runs in the page. `file` in base64 becomes a Blob of the first argument. */
async function callEngine(call: {
  target: string;
  method: string;
  args: readonly unknown[];
  file?: string;
}): Promise<unknown> {
  const { vantHook } = globalThis as unknown as { vantHook: Hook };
  const worker = vantHook.worker;
  if (worker === undefined) throw new Error('The page has no engine yet.');
  const id = ++vantHook.lastId;
  let { args } = call;
  if (call.file !== undefined) {
    const bytes = Uint8Array.from(atob(call.file), (character) => character.charCodeAt(0));
    args = [{ ...(args[0] as object), file: new Blob([bytes]) }];
  }
  return new Promise((resolve, reject) => {
    const listen = ({ data }: MessageEvent<{ id?: number; type: string; value?: unknown; error?: Error }>): void => {
      if (data.id !== id) return;
      worker.removeEventListener('message', listen);
      if (data.type === 'result') resolve(data.value instanceof Blob ? undefined : data.value);
      else reject(new Error(JSON.stringify(data.error)));
    };
    worker.addEventListener('message', listen);
    worker.postMessage({ id, target: call.target, method: call.method, args });
  });
}
