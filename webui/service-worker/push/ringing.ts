/** A call that comes in while no tab could take it: rings with a notification, until it is over here or a page has taken it. The state
 * machine is the one of the page, without microphone. */
import { CallManager, type ReceivedCallMessage } from '../../../client/calls/call-manager.ts';
import type { CallView } from '../../../client/calls/call-view.ts';
import { isInCallElsewhere } from '../../engine/call-lock.ts';
import { browserClock } from '../../engine/ports/browser-clock.ts';
import { encodeHex } from '../../../wire/encoding.ts';
import type { CallMessage } from '../../../wire/generated/content.ts';
import type { AccountId } from '../../../wire/ids.ts';
import type { PendingCall } from '../../notifications/worker-messages.ts';
import type { WokenClient } from './woken-client.ts';

const CONNECT_MS = 5000;

export interface RingingDependencies {
  readonly show: (view: CallView) => Promise<void>;
  readonly hide: (callId: string) => Promise<void>;
}

export class Ringing {
  readonly #woken: WokenClient;
  readonly #dependencies: RingingDependencies;
  readonly #manager: CallManager;
  readonly #messages: ReceivedCallMessage[] = [];
  #ended = Promise.withResolvers<undefined>();
  #isAnswered = false;
  #work: Promise<unknown> = Promise.resolve();

  constructor(woken: WokenClient, dependencies: RingingDependencies) {
    this.#woken = woken;
    this.#dependencies = dependencies;
    const { client, account } = woken;
    this.#manager = new CallManager(
      {
        self: { accountId: account.accountId, deviceId: account.deviceId },
        clock: browserClock,
        random: { bytes: (count) => crypto.getRandomValues(new Uint8Array(count)) },
        send: (recipient, message) => this.#send(recipient, message),
        sendDurably: (recipient, message) => client.sendCallDurably(recipient, message),
        createPeer: () => Promise.reject(new Error('A service worker has no microphone.')),
        isInCallElsewhere,
      },
      (view) => this.#next(() => this.#onChange(view)),
    );
    client.on('call', (received) => {
      this.#messages.push(received);
      this.#next(() => this.#manager.receive(received));
    });
  }

  /** What rings now, in hex. */
  get callId(): string | undefined {
    return this.#manager.current?.id;
  }

  /** When nothing rings, or does not any more, and all of it is written down. */
  async over(): Promise<void> {
    while (await this.rings()) await this.#ended.promise;
  }

  /** When what has come in until now is seen to. */
  async rings(): Promise<boolean> {
    await this.#work;
    return this.callId !== undefined;
  }

  decline(): void {
    this.#manager.decline();
  }

  /** Somebody has pressed the button; a page asks for the call in a moment. */
  answer(): void {
    this.#isAnswered = true;
  }

  /** From now on a page has it: here it ends without a word to the other side. */
  handOver(): PendingCall {
    const id = this.callId;
    if (id === undefined) return { messages: [], isAnswered: false };
    this.#manager.takenElsewhere(id);
    // Not those of a call before it: that one would ring again.
    const messages = this.#messages.filter(({ call }) => encodeHex(call.callId) === id);
    return { messages, isAnswered: this.#isAnswered };
  }

  async #send(recipient: AccountId, message: CallMessage): Promise<boolean> {
    const { client } = this.#woken;
    if (await client.sendCall(recipient, message)) return true;
    // It came while the client was leaving, which now comes back for it.
    await client.drain(CONNECT_MS);
    return client.sendCall(recipient, message);
  }

  async #onChange(view: CallView): Promise<void> {
    if (view.phase === 'incoming') await this.#dependencies.show(view);
    if (view.phase !== 'ended') return;
    try {
      await this.#dependencies.hide(view.id);
      if (view.end === 'cancelled' || view.end === 'no-answer') await this.#recordMissed(view);
    } finally {
      this.#ended.resolve(undefined);
      this.#ended = Promise.withResolvers();
    }
  }

  async #recordMissed({ id, peer, withVideo }: CallView): Promise<void> {
    const call = { callId: id, direction: 'incoming', isVideo: withVideo, isMissed: true } as const;
    await this.#woken.client.recordCall(peer, call);
  }

  /** One after the other; a notification that could not be shown must not stop the call. */
  #next(work: () => Promise<void>): void {
    this.#work = this.#work.then(work).catch(() => undefined);
  }
}
