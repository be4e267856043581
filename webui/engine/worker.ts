/** The worker's entry: takes calls from the page, gives results and events. */
import { EngineHost } from './engine-host.ts';
import {
  BACKUP_METHODS,
  CLIENT_METHODS,
  CONTROL_METHODS,
  GROUP_METHODS,
  PUSH_METHODS,
  SEARCH_METHODS,
  TEAM_METHODS,
  VAULT_METHODS,
  type CallMessage,
  type EngineApi,
  type EngineMessage,
  type WireError,
} from './engine-api.ts';

declare const self: DedicatedWorkerGlobalScope;

const ALLOWED: Readonly<Record<keyof EngineApi, readonly string[]>> = {
  control: CONTROL_METHODS,
  client: CLIENT_METHODS,
  team: TEAM_METHODS,
  groups: GROUP_METHODS,
  push: PUSH_METHODS,
  vault: VAULT_METHODS,
  backup: BACKUP_METHODS,
  search: SEARCH_METHODS,
};

const post = (message: EngineMessage): void => self.postMessage(message);

const host = new EngineHost((name, detail) => post({ type: 'event', name, detail }), { write: () => undefined });

self.addEventListener('message', ({ data }: MessageEvent<CallMessage>) => {
  void run(data).then(
    (value) => post({ type: 'result', id: data.id, value }),
    (error: unknown) => post({ type: 'error', id: data.id, error: toWireError(error) }),
  );
});

async function run({ target, method, args }: CallMessage): Promise<unknown> {
  if (!ALLOWED[target].includes(method)) throw new Error(`The engine has no method ${target}.${method}.`);
  const object = (await host.target(target)) as Record<string, (...values: readonly unknown[]) => unknown>;
  return object[method]?.(...args);
}

function toWireError(error: unknown): WireError {
  if (!(error instanceof Error)) return { name: 'Error', message: String(error) };
  const { code } = error as { code?: unknown };
  return { name: error.name, message: error.message, ...(typeof code === 'string' ? { code } : {}) };
}
