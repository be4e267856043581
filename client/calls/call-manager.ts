/** The calls of one program (a tab): at most one at a time; the others hear that it is busy. */
import { decodeHex, encodeHex } from '../../wire/encoding.ts';
import { CallHangupReason, type CallHangup, type CallMessage, type CallOffer } from '../../wire/generated/content.ts';
import type { AccountId } from '../../wire/ids.ts';
import { Call } from './call.ts';
import type { CallPorts } from './call-ports.ts';
import type { CallView } from './call-view.ts';

const CALL_ID_BYTES = 16;
/** A call that is over stays known for this long: what comes late belongs to it and must not ring again. */
const REMEMBERED_CALLS = 50;

export interface ReceivedCallMessage {
  readonly from: AccountId;
  readonly fromDevice: number;
  readonly call: CallMessage;
  /** The caller shows another identity key than the known one, and it is not accepted yet. */
  readonly isIdentityChanged?: boolean;
}

export class CallManager {
  readonly #ports: CallPorts;
  readonly #onChange: (view: CallView) => void;
  readonly #ended: string[] = [];
  #call: Call | undefined;

  /** @param onChange with every change of the call, up to and including its end */
  constructor(ports: CallPorts, onChange: (view: CallView) => void) {
    this.#ports = ports;
    this.#onChange = onChange;
  }

  get current(): CallView | undefined {
    return this.#call?.view;
  }

  /** Does nothing while there is a call. @param isEcho the peer gives back what it hears, and is no member */
  async start(peer: AccountId, withVideo: boolean, isEcho = false): Promise<void> {
    if (this.#call !== undefined) return;
    const id = encodeHex(this.#ports.random.bytes(CALL_ID_BYTES));
    await this.#open({ id, peer, isOutgoing: true, withVideo, isEcho, isIdentityChanged: false }).ring();
  }

  async accept(): Promise<void> {
    await this.#call?.accept();
  }

  decline(): void {
    this.#call?.decline();
  }

  hangUp(): void {
    this.#call?.hangUp();
  }

  /** A call to this account cannot go out until its new key is accepted. */
  identityRefused(peer: AccountId): void {
    const view = this.#call?.view;
    if (view?.peer === peer && view.isOutgoing && !hasConnected(view)) this.#call?.end('identity-changed', true);
  }

  /** The key of whoever calls is accepted: the call goes on as any other. */
  identityAccepted(peer: AccountId): void {
    if (this.#call?.view.peer === peer) this.#call.acceptIdentity();
  }

  networkChanged(): void {
    this.#call?.networkChanged();
  }

  /** Another tab of this browser has taken the call. */
  takenElsewhere(id: string): void {
    if (this.#call?.view.id === id && this.#call.view.phase === 'incoming') this.#call.end('answered-elsewhere', true);
    this.#forget(id);
  }

  async receive(received: ReceivedCallMessage): Promise<void> {
    const { from, fromDevice, call } = received;
    const { accountId, deviceId } = this.#ports.self;
    if (call.callId.length !== CALL_ID_BYTES) return;
    if (call.destinationDevice !== 0 && call.destinationDevice !== deviceId) return;
    const id = encodeHex(call.callId);
    if (from === accountId) {
      if (call.body?.$case === 'hangup') this.#hearOwnDevice(id, call.body.value);
    } else if (this.#call?.view.id === id && this.#call.view.peer === from) {
      this.#call.receive(call, fromDevice);
    } else if (call.body?.$case === 'offer' && !this.#ended.includes(id)) {
      await this.#receiveOffer(received, id, call.body.value);
    } else if (call.body?.$case === 'hangup') {
      this.#forget(id);
    }
  }

  async #receiveOffer(
    { from, fromDevice, isIdentityChanged = false }: ReceivedCallMessage,
    id: string,
    offer: CallOffer,
  ): Promise<void> {
    const isGlare = this.#call?.view.peer === from && this.#call.view.isOutgoing && !hasConnected(this.#call.view);
    if (this.#call !== undefined && !isGlare) {
      this.#forget(id);
      await this.#ports.send(from, { callId: decodeHex(id), destinationDevice: 0, body: { $case: 'busy', value: {} } });
      return;
    }
    // The tab that is in a call answers that it is busy.
    if (this.#call === undefined && (await this.#ports.isInCallElsewhere())) return;
    const own = this.#call;
    if (own !== undefined) {
      // Both called each other. The smaller call id is the call, and nobody has to accept it any more.
      if (own.view.id < id) return;
      own.end('answered-elsewhere', true);
    }
    const description = { id, peer: from, isOutgoing: false, withVideo: offer.video, isEcho: false, isIdentityChanged };
    const call = this.#open(description);
    call.receiveOffer(offer, fromDevice);
    if (own !== undefined) await call.accept();
  }

  /** Another device of this account has answered or declined. */
  #hearOwnDevice(id: string, { reason, answeredDevice }: CallHangup): void {
    if (answeredDevice === this.#ports.self.deviceId) return;
    this.#forget(id);
    const call = this.#call;
    if (call?.view.id !== id || call.view.phase !== 'incoming') return;
    const isDeclined = reason === CallHangupReason.DECLINED;
    call.end(isDeclined ? 'declined-elsewhere' : 'answered-elsewhere', true);
  }

  #open(description: ConstructorParameters<typeof Call>[1]): Call {
    const call: Call = new Call(this.#ports, description, (view) => {
      if (view.phase === 'ended') {
        this.#forget(view.id);
        if (this.#call === call) this.#call = undefined;
      }
      this.#onChange(view);
    });
    this.#call = call;
    this.#onChange(call.view);
    return call;
  }

  #forget(id: string): void {
    this.#ended.push(id);
    if (this.#ended.length > REMEMBERED_CALLS) this.#ended.shift();
  }
}

const hasConnected = (view: CallView): boolean => view.connectedAt !== undefined || view.phase === 'connecting';
