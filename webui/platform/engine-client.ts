/** The page's end of the engine: calls go to the worker, events come from it. */
import type {
  CallMessage,
  EngineApi,
  EngineControl,
  EngineEvents,
  EngineMessage,
  WireError,
} from '../engine/engine-api.ts';
import workerUrl from '../engine/worker.ts?worker&url';
import { trustedScriptUrl } from './trusted-types.ts';

/** What went wrong in the engine. `code` is one of wire/errors.ts or client/errors.ts, where it has one. */
export class EngineError extends Error {
  readonly code: string | undefined;

  constructor({ name, message, code }: WireError) {
    super(message);
    this.name = name;
    this.code = code;
  }
}

interface Waiting {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

export interface EngineClient {
  readonly control: EngineControl;
  readonly client: EngineApi['client'];
  readonly team: EngineApi['team'];
  on<K extends keyof EngineEvents>(name: K, listener: (detail: EngineEvents[K]) => void): () => void;
}

export function startEngine(): EngineClient {
  const worker = new Worker(trustedScriptUrl(workerUrl), { type: 'module', name: 'vant-engine' });
  const waiting = new Map<number, Waiting>();
  const listeners = new EventTarget();
  let lastId = 0;

  worker.addEventListener('message', ({ data }: MessageEvent<EngineMessage>) => {
    if (data.type === 'event') {
      listeners.dispatchEvent(new CustomEvent(data.name, { detail: data.detail }));
      return;
    }
    const call = waiting.get(data.id);
    waiting.delete(data.id);
    if (data.type === 'result') call?.resolve(data.value);
    else call?.reject(new EngineError(data.error));
  });
  worker.addEventListener('error', () => {
    for (const call of waiting.values()) call.reject(new Error('The engine could not be started.'));
    waiting.clear();
  });

  const call = (target: CallMessage['target'], method: string, args: readonly unknown[]): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const id = ++lastId;
      waiting.set(id, { resolve, reject });
      worker.postMessage({ id, target, method, args } satisfies CallMessage);
    });
  const remote = (target: CallMessage['target']): object =>
    new Proxy(
      {},
      {
        get:
          (_target, method) =>
          (...args: readonly unknown[]) =>
            call(target, String(method), args),
      },
    );

  return {
    control: remote('control') as EngineControl,
    client: remote('client') as EngineApi['client'],
    team: remote('team') as EngineApi['team'],
    on(name, listener) {
      const handle = (event: Event): void => listener((event as CustomEvent<never>).detail);
      listeners.addEventListener(name, handle);
      return () => listeners.removeEventListener(name, handle);
    },
  };
}
