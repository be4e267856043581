/** The page's end of the engine: calls go to the worker, events come from it. */
import type {
  CallMessage,
  EngineApi,
  EngineEvents,
  EngineMessage,
  EngineState,
  WireError,
} from '../engine/engine-api.ts';
import workerUrl from '../engine/worker.ts?worker&url';
import { trustedScriptUrl } from './trusted-types.ts';

/** What went wrong in the engine. `code` is one of wire/errors.ts, client/errors.ts or engine/engine-errors.ts, where it has
 * one. */
export class EngineError extends Error {
  readonly code: string | undefined;

  constructor({ name, message, code }: WireError) {
    super(message);
    this.name = name;
    this.code = code;
  }
}

interface Waiting {
  readonly method: string;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

export interface EngineClient extends EngineApi {
  on<K extends keyof EngineEvents>(name: K, listener: (detail: EngineEvents[K]) => void): () => void;
}

const LOCKED: WireError = { name: 'EngineFault', message: 'The messages were locked.', code: 'LOCKED' };
const NOT_STARTED: WireError = { name: 'Error', message: 'The engine could not be started.' };

class EngineProxy {
  readonly #waiting = new Map<number, Waiting>();
  readonly #listeners = new EventTarget();
  #worker: Worker;
  #lastId = 0;
  #state: EngineState | undefined;

  constructor() {
    this.#worker = this.#startWorker();
  }

  call(target: CallMessage['target'], method: string, args: readonly unknown[]): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const id = ++this.#lastId;
      this.#waiting.set(id, { method, resolve, reject });
      this.#worker.postMessage({ id, target, method, args } satisfies CallMessage);
    });
  }

  on(name: string, listener: (detail: never) => void): () => void {
    const handle = (event: Event): void => listener((event as CustomEvent<never>).detail);
    this.#listeners.addEventListener(name, handle);
    return () => this.#listeners.removeEventListener(name, handle);
  }

  #startWorker(): Worker {
    const worker = new Worker(trustedScriptUrl(workerUrl), { type: 'module', name: 'vant-engine' });
    worker.addEventListener('message', ({ data }: MessageEvent<EngineMessage>) => this.#receive(data));
    worker.addEventListener('error', () => this.#rejectAll(NOT_STARTED));
    return worker;
  }

  #receive(message: EngineMessage): void {
    if (message.type === 'event') {
      if (message.name === 'state') this.#onState(message.detail as EngineState);
      this.#listeners.dispatchEvent(new CustomEvent(message.name, { detail: message.detail }));
      return;
    }
    const call = this.#waiting.get(message.id);
    this.#waiting.delete(message.id);
    if (message.type === 'result') call?.resolve(message.value);
    else call?.reject(new EngineError(message.error));
  }

  /** After locking, a new worker: what the old one had decrypted goes with its memory. */
  #onState(state: EngineState): void {
    const wasOpen = this.#state === 'joined' || this.#state === 'empty';
    this.#state = state;
    if (state !== 'locked' || !wasOpen) return;
    this.#worker.terminate();
    // Whoever has locked has got what was asked for.
    for (const call of this.#waiting.values()) if (call.method === 'lock') call.resolve(undefined);
    this.#rejectAll(LOCKED);
    this.#worker = this.#startWorker();
    void this.call('control', 'open', []).catch(() => undefined);
  }

  #rejectAll(error: WireError): void {
    for (const call of this.#waiting.values()) call.reject(new EngineError(error));
    this.#waiting.clear();
  }
}

export function startEngine(): EngineClient {
  const proxy = new EngineProxy();
  const remote = (target: CallMessage['target']): unknown =>
    new Proxy(
      {},
      {
        get:
          (_target, method) =>
          (...args: readonly unknown[]) =>
            proxy.call(target, String(method), args),
      },
    );
  return {
    control: remote('control') as EngineApi['control'],
    client: remote('client') as EngineApi['client'],
    team: remote('team') as EngineApi['team'],
    groups: remote('groups') as EngineApi['groups'],
    push: remote('push') as EngineApi['push'],
    vault: remote('vault') as EngineApi['vault'],
    backup: remote('backup') as EngineApi['backup'],
    search: remote('search') as EngineApi['search'],
    on: (name, listener) => proxy.on(name, listener),
  };
}
