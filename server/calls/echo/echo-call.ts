/** One test call: a process that is a device of an account of its own, which exists as long as the process does. */
import { fork, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { VantError } from '../../../wire/errors.ts';
import { parseAccountId, type AccountId } from '../../../wire/ids.ts';
import type { DeviceRegistration, Echo } from '../../../wire/schemas.ts';
import type { AccountDirectory } from '../../accounts/account-directory.ts';
import type { AccountStore } from '../../accounts/account-store.ts';
import type { Actor } from '../../accounts/actor.ts';
import type { Log } from '../../observability/log.ts';
import { placesOf } from '../../program/private-folder.ts';
import { verifyRegistration } from '../../keys/verify-keys.ts';
import type { FromEcho, ToEcho } from './echo-messages.ts';
import { openInnerDoor, type InnerDoor } from './inner-door.ts';

/** Loading libsignal and WebRTC takes a small computer some seconds. */
const START_MS = 20_000;
/** The process ends the call by itself when its time is over; this much later it is ended. */
const GRACE_MS = 30_000;

export interface EchoRooms {
  readonly store: AccountStore;
  readonly directory: AccountDirectory;
  readonly log: Log;
  readonly now: () => number;
}

export interface EchoCallOptions {
  /** File of the program that answers. */
  readonly program: string;
  /** Of HTTP, which the program is to reach. */
  readonly server: NodeJS.EventEmitter;
  readonly trustRoot: string;
  readonly maxCallMs: number;
}

export class EchoCall {
  readonly accountId: AccountId = parseAccountId(randomUUID());
  readonly endsAt: number;
  readonly #rooms: EchoRooms;
  readonly #options: EchoCallOptions;
  readonly #child: ChildProcess;
  readonly #exited: Promise<unknown>;
  readonly #connected = Promise.withResolvers<string>();
  readonly #deadline: NodeJS.Timeout;
  #door: InnerDoor | undefined;
  #identityKey = '';

  constructor(rooms: EchoRooms, options: EchoCallOptions) {
    this.#rooms = rooms;
    this.#options = options;
    this.endsAt = rooms.now() + options.maxCallMs;
    // It needs nothing of what this process was told: no secret in the environment, no option of Node.
    const { PATH, NODE_ENV } = process.env;
    const environment = { PATH, NODE_ENV, ...placesOf(process.env) };
    this.#child = fork(options.program, [], {
      ...{ execArgv: [], env: environment, stdio: ['ignore', 'ignore', 'inherit', 'ipc'] },
    });
    this.#connected.promise.catch(() => undefined);
    this.#exited = once(this.#child, 'exit').catch(() => undefined);
    this.#child.on('message', (message) => {
      this.#hear(message as FromEcho).catch((error: unknown) => this.#connected.reject(error));
    });
    this.#child.on('error', (error) => this.#connected.reject(error));
    void this.#exited.then(() => this.#connected.reject(new Error('the echo process has ended')));
    this.#deadline = setTimeout(() => this.#child.kill('SIGKILL'), options.maxCallMs + GRACE_MS);
  }

  /** Resolves when it can be called. @throws VantError INTERNAL */
  async start({ accountId, account }: Actor): Promise<Echo> {
    const { server, trustRoot, maxCallMs } = this.#options;
    const caller = { accountId, identityKey: account.identityKey };
    const timer = setTimeout(() => this.#connected.reject(new Error('the echo process does not start')), START_MS);
    try {
      const { origin } = (this.#door = await openInnerDoor(server));
      this.#say({ type: 'prepare', origin, trustRoot, caller, maxCallMs });
      const identityKey = await this.#connected.promise;
      return { accountId: this.accountId, identityKey, ttlSeconds: Math.floor(maxCallMs / 1000) };
    } catch (error) {
      this.#rooms.log.error({ err: error }, 'A test call could not be answered');
      throw new VantError('INTERNAL', undefined, { cause: error });
    } finally {
      clearTimeout(timer);
    }
  }

  /** Resolves when the process is gone, and everything that was stored for it. */
  async ended(): Promise<void> {
    await this.#exited;
    clearTimeout(this.#deadline);
    this.#door?.close();
    await this.#rooms.store.removeGuest(this.accountId);
    await this.#rooms.directory.announceChange(this.accountId);
  }

  kill(): void {
    this.#child.kill('SIGKILL');
  }

  async #hear(message: FromEcho): Promise<void> {
    if (message.type === 'connected') this.#connected.resolve(this.#identityKey);
    else await this.#register(message.secretHash, message.device);
  }

  async #register(secretHash: string, device: DeviceRegistration): Promise<void> {
    const { store, now } = this.#rooms;
    verifyRegistration(device);
    this.#identityKey = device.identityKey;
    const expiresAt = this.endsAt + 2 * GRACE_MS;
    await store.createGuest({ accountId: this.accountId, createdAt: now(), secretHash, device, expiresAt });
    this.#say({ type: 'registered', accountId: this.accountId });
  }

  #say(message: ToEcho): void {
    if (this.#child.connected) this.#child.send(message, () => undefined);
  }
}
