/** Devices that call each other over a relay in memory, with scripted peer connections and one clock. The real ones of a
 * browser are in tests/e2e. */
import { CallManager } from '../../../../client/calls/call-manager.ts';
import type { CallPeer, PeerHandlers } from '../../../../client/calls/call-ports.ts';
import type { CallView } from '../../../../client/calls/call-view.ts';
import { CallMessage } from '../../../../wire/generated/content.ts';
import { parseAccountId, parseDeviceId, type AccountId } from '../../../../wire/ids.ts';
import { createFakeClock, type FakeClock } from '../fakes.ts';

export const ADA = parseAccountId('11111111-1111-4111-8111-111111111111');
export const BOB = parseAccountId('22222222-2222-4222-8222-222222222222');
export const CAROL = parseAccountId('33333333-3333-4333-8333-333333333333');

/** Remembers what was asked of it; the test says when it connects. */
export class ScriptedPeer implements CallPeer {
  readonly handlers: PeerHandlers;
  readonly steps: string[] = [];
  readonly candidates: string[] = [];
  isClosed = false;
  #isOffering = false;

  constructor(handlers: PeerHandlers) {
    this.handlers = handlers;
  }

  async createOffer({ isIceRestart }: { isIceRestart: boolean }): Promise<string> {
    this.steps.push(isIceRestart ? 'restart' : 'offer');
    this.#isOffering = true;
    return `offer ${this.steps.length}`;
  }

  async acceptOffer(sdp: string): Promise<string> {
    this.steps.push(this.#isOffering ? `roll back, accept ${sdp}` : `accept ${sdp}`);
    this.#isOffering = false;
    return `answer to ${sdp}`;
  }

  async acceptAnswer(sdp: string): Promise<void> {
    if (!this.#isOffering) throw new Error('InvalidStateError');
    this.#isOffering = false;
    this.steps.push(`take ${sdp}`);
  }

  async addCandidate(candidate: string): Promise<void> {
    if (candidate === 'bad') throw new Error('OperationError');
    this.candidates.push(candidate);
  }

  close(): void {
    this.isClosed = true;
  }
}

export interface TestDevice {
  readonly account: AccountId;
  readonly id: number;
  readonly manager: CallManager;
  readonly views: CallView[];
  readonly peers: ScriptedPeer[];
  /** Kinds of the durable messages that this device has sent. */
  readonly durable: string[];
  isOnline: boolean;
  hasMicrophone: boolean;
  isBusyElsewhere: boolean;
  phase(): string | undefined;
  end(): string | undefined;
}

export interface CallWorld {
  readonly clock: FakeClock;
  /** Everything that was brought to a device, as "account/device kind". */
  readonly delivered: string[];
  device(account: AccountId, id: number): TestDevice;
  /** Lets all that is on its way arrive. */
  settle(): Promise<void>;
}

export function createWorld(): CallWorld {
  const clock = createFakeClock();
  const devices: TestDevice[] = [];
  const delivered: string[] = [];
  const inFlight: Promise<unknown>[] = [];
  let randomByte = 0;

  const deliver = (from: TestDevice, recipient: AccountId, message: CallMessage): void => {
    // As over the wire: nobody shares objects.
    const bytes = CallMessage.encode(message).finish();
    for (const device of devices) {
      if (device.account !== recipient || device === from || !device.isOnline) continue;
      delivered.push(`${device.account.slice(0, 1)}/${device.id} ${message.body?.$case ?? ''}`);
      const call = CallMessage.decode(bytes);
      inFlight.push(device.manager.receive({ from: from.account, fromDevice: from.id, call }));
    }
  };

  return {
    clock,
    delivered,
    device(account, id) {
      const views: CallView[] = [];
      const peers: ScriptedPeer[] = [];
      const durable: string[] = [];
      const device: TestDevice = {
        account,
        id,
        views,
        peers,
        durable,
        isOnline: true,
        hasMicrophone: true,
        isBusyElsewhere: false,
        manager: new CallManager(
          {
            self: { accountId: account, deviceId: parseDeviceId(id) },
            clock,
            random: { bytes: (count) => new Uint8Array(count).fill(++randomByte) },
            async send(recipient, message) {
              if (!device.isOnline) return false;
              deliver(device, recipient, message);
              return true;
            },
            async sendDurably(_recipient, message) {
              durable.push(message.body?.$case ?? '');
            },
            async createPeer(handlers) {
              if (!device.hasMicrophone) throw new Error('NotAllowedError');
              const peer = new ScriptedPeer(handlers);
              peers.push(peer);
              return peer;
            },
            isInCallElsewhere: async () => device.isBusyElsewhere,
          },
          (view) => views.push(view),
        ),
        phase: () => device.views.at(-1)?.phase,
        end: () => device.views.at(-1)?.end,
      };
      devices.push(device);
      return device;
    },
    async settle() {
      while (inFlight.length > 0) {
        await Promise.all(inFlight.splice(0));
        await clock.advance(0);
      }
      await clock.advance(0);
      if (inFlight.length > 0) await this.settle();
    },
  };
}
