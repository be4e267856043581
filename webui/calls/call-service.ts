/** Calls in this tab: the state machine of client/calls with the browser's microphone, camera and network. */
import { batch, signal } from '@preact/signals-core';
import { CallManager, type ReceivedCallMessage } from '../../client/calls/call-manager.ts';
import type { CallPeer, PeerHandlers } from '../../client/calls/call-ports.ts';
import type { CallView } from '../../client/calls/call-view.ts';
import type { Account } from '../../client/account/account-record.ts';
import type { ConnectionState } from '../../client/transport/connection-keeper.ts';
import type { CallMessage } from '../../wire/generated/content.ts';
import type { AccountId } from '../../wire/ids.ts';
import { EngineError, type EngineClient } from '../platform/engine-client.ts';
import { BrowserPeer } from './browser-peer.ts';
import { CallStatsReader, type CallStats } from './call-stats.ts';
import {
  loadSettings,
  openCamera,
  openMicrophone,
  openScreen,
  saveSettings,
  type CallSettings,
} from './media-devices.ts';
import { playTone } from './ringtone.ts';
import { holdCallLock, isInCallElsewhere } from '../engine/call-lock.ts';
import { browserClock } from '../engine/ports/browser-clock.ts';

const STATS_MS = 500;
/** How long a call that has ended is still shown. */
const SHOWN_AFTER_MS = 2500;

export type PictureKind = 'camera' | 'screen';

export interface CallRequest {
  readonly peer: AccountId;
  readonly withVideo: boolean;
}

export class CallService {
  /** A call that was not begun, because the member's key is another one than before: the person has to know first. */
  readonly refused = signal<CallRequest | undefined>(undefined);
  /** The call that is shown: the current one, or for a moment the one that has just ended. */
  readonly call = signal<CallView | undefined>(undefined);
  readonly isMuted = signal(false);
  readonly picture = signal<PictureKind | undefined>(undefined);
  readonly localPicture = signal<MediaStream | undefined>(undefined);
  readonly remoteAudio = signal<MediaStream | undefined>(undefined);
  readonly remotePicture = signal<MediaStream | undefined>(undefined);
  readonly stats = signal<CallStats | undefined>(undefined);
  readonly settings = signal<CallSettings>(loadSettings());
  readonly #engine: EngineClient;
  readonly #manager: CallManager;
  readonly #tabs = new BroadcastChannel('vant-calls');
  /** The connection to the server, over which the signalling of calls goes, has ended and is not there again. */
  #hasLostServer = false;
  #peer: BrowserPeer | undefined;
  #microphone: MediaStreamTrack | undefined;
  #stopTone: () => void = () => undefined;
  #releaseLock: () => void = () => undefined;
  #statsTimer: ReturnType<typeof setInterval> | undefined;
  #stats = new CallStatsReader();

  constructor(engine: EngineClient, account: Account) {
    this.#engine = engine;
    const { accountId, deviceId } = account;
    this.#manager = new CallManager(
      {
        self: { accountId, deviceId },
        clock: browserClock,
        random: { bytes: (count) => crypto.getRandomValues(new Uint8Array(count)) },
        send: (recipient, message) => this.#send(recipient, message),
        sendDurably: (recipient, message) => engine.client.sendCallDurably(recipient, message),
        createPeer: (handlers, { withVideo }) => this.#createPeer(handlers, withVideo),
        isInCallElsewhere,
      },
      (view) => this.#onChange(view),
    );
    engine.on('call', (received) => void this.#manager.receive(received));
    this.#tabs.addEventListener('message', ({ data }: MessageEvent<{ taken: string }>) =>
      this.#manager.takenElsewhere(data.taken),
    );
    engine.on('connection', ({ status }) => this.#onConnection(status));
    addEventListener('pagehide', () => this.#manager.hangUp());
  }

  /** What the service worker has heard before this tab was there. */
  async receive(message: ReceivedCallMessage): Promise<void> {
    await this.#manager.receive(message);
  }

  async start(peer: AccountId, withVideo: boolean): Promise<void> {
    if (this.#manager.current !== undefined) return;
    const identity = await this.#engine.team.identityState(peer).catch(() => undefined);
    if (identity?.isChanged === true) this.refused.value = { peer, withVideo };
    else await this.#manager.start(peer, withVideo);
  }

  /** Answers what `refused` asks. */
  async startAnyway(): Promise<void> {
    const wanted = this.refused.value;
    this.refused.value = undefined;
    if (wanted === undefined) return;
    await this.#engine.team.acceptIdentity(wanted.peer);
    await this.#manager.start(wanted.peer, wanted.withVideo);
  }

  /** A test call, to hear oneself. @throws VantError ECHO_UNAVAILABLE, ECHO_BUSY, RATE_LIMITED */
  async startEcho(): Promise<void> {
    if (this.#manager.current !== undefined || (await isInCallElsewhere())) return;
    await this.#manager.start(await this.#engine.team.openEcho(), false, true);
  }

  async accept(): Promise<void> {
    const call = this.#manager.current;
    if (call === undefined) return;
    this.#tabs.postMessage({ taken: call.id });
    if (call.isIdentityChanged) {
      await this.#engine.team.acceptIdentity(call.peer);
      this.#manager.identityAccepted(call.peer);
    }
    await this.#manager.accept();
  }

  decline(): void {
    const id = this.#manager.current?.id;
    if (id !== undefined) this.#tabs.postMessage({ taken: id });
    this.#manager.decline();
  }

  hangUp(): void {
    this.#manager.hangUp();
  }

  setMuted(isMuted: boolean): void {
    this.isMuted.value = isMuted;
    if (this.#microphone !== undefined) this.#microphone.enabled = !isMuted;
  }

  /** Shows camera or screen to the other side, or neither. @throws DOMException when it is not allowed */
  async showPicture(kind: PictureKind | undefined): Promise<void> {
    const camera = this.settings.value.camera;
    const track = kind === undefined ? undefined : await (kind === 'screen' ? openScreen() : openCamera(camera));
    this.#setPicture(kind, track);
    await this.#peer?.showPicture(track);
  }

  /** Remembers the choice, and changes over within a call. */
  async change(settings: CallSettings): Promise<void> {
    const before = this.settings.value;
    this.settings.value = settings;
    saveSettings(settings);
    if (this.#peer === undefined || settings.microphone === before.microphone) return;
    const track = await openMicrophone(settings.microphone);
    this.#microphone?.stop();
    this.#microphone = track;
    track.enabled = !this.isMuted.value;
    await this.#peer.replaceMicrophone(track);
  }

  async #send(recipient: AccountId, message: CallMessage): Promise<boolean> {
    try {
      return await this.#engine.client.sendCall(recipient, message);
    } catch (error) {
      if (error instanceof EngineError && error.code === 'IDENTITY_CHANGED') this.#manager.identityRefused(recipient);
      return false;
    }
  }

  async #createPeer(handlers: PeerHandlers, withVideo: boolean): Promise<CallPeer> {
    const { microphone: microphoneId, camera: cameraId, isAlwaysRelayed = false } = this.settings.value;
    const [microphone, camera, iceServers] = await Promise.all([
      openMicrophone(microphoneId),
      // A call with video goes on without it.
      withVideo ? openCamera(cameraId).catch(() => undefined) : undefined,
      // Without them, two devices in one network still find each other.
      this.#engine.team.iceServers().catch(() => []),
    ]);
    this.#microphone = microphone;
    microphone.enabled = !this.isMuted.value;
    if (camera !== undefined) this.#setPicture('camera', camera);
    const onRemoteTrack = (track: MediaStreamTrack): void => this.#showRemote(track);
    this.#peer = new BrowserPeer(handlers, { iceServers, isAlwaysRelayed, microphone, camera, onRemoteTrack });
    this.#stats = new CallStatsReader();
    this.#statsTimer = setInterval(() => void this.#readStats(), STATS_MS);
    return this.#peer;
  }

  #showRemote(track: MediaStreamTrack): void {
    if (track.kind === 'audio') {
      this.remoteAudio.value = new MediaStream([track]);
      return;
    }
    // A picture that is switched off is a track without frames.
    const update = (): void => {
      this.remotePicture.value = track.muted || track.readyState === 'ended' ? undefined : new MediaStream([track]);
    };
    for (const event of ['mute', 'unmute', 'ended']) track.addEventListener(event, update);
    update();
  }

  #setPicture(kind: PictureKind | undefined, track: MediaStreamTrack | undefined): void {
    for (const old of this.localPicture.value?.getTracks() ?? []) old.stop();
    batch(() => {
      this.picture.value = kind;
      this.localPicture.value = track === undefined ? undefined : new MediaStream([track]);
    });
    // The browser's own button "stop sharing".
    track?.addEventListener('ended', () => void this.showPicture(undefined));
  }

  /** That the server had to be reached anew tells of another network, seconds before the call itself misses anything. And before it is
   * reached, nothing can be agreed on with the other side. */
  #onConnection(status: ConnectionState['status']): void {
    if (status === 'connected' && this.#hasLostServer) this.#manager.networkChanged();
    this.#hasLostServer = status !== 'connected';
  }

  #onChange(view: CallView): void {
    this.call.value = view;
    this.#stopTone();
    this.#stopTone = () => undefined;
    if (view.phase === 'ringing') this.#stopTone = playTone('ringing');
    if (view.phase === 'incoming') this.#stopTone = playTone('incoming');
    if (view.phase === 'calling' || view.phase === 'connecting') this.#takeLock();
    if (view.phase === 'ended') {
      this.#finish(view);
      void this.#conclude(view);
    }
  }

  #finish(view: CallView): void {
    clearInterval(this.#statsTimer);
    this.#releaseLock();
    this.#releaseLock = () => undefined;
    this.#microphone?.stop();
    this.#setPicture(undefined, undefined);
    this.#peer = undefined;
    this.#microphone = undefined;
    batch(() => {
      this.isMuted.value = false;
      this.remoteAudio.value = undefined;
      this.remotePicture.value = undefined;
      this.stats.value = undefined;
    });
    browserClock.setTimer(SHOWN_AFTER_MS, () => {
      if (this.call.value?.id === view.id) this.call.value = undefined;
    });
  }

  async #conclude(view: CallView): Promise<void> {
    const { peer, withVideo } = view;
    if (view.isEcho) return this.#engine.team.forgetEcho(peer);
    if (view.end !== 'identity-changed') return this.#record(view);
    // It has rung nowhere: in its place there is a question.
    batch(() => {
      this.call.value = undefined;
      this.refused.value = { peer, withVideo };
    });
  }

  async #record({ id, peer, isOutgoing, withVideo, connectedAt, endedAt = 0, end }: CallView): Promise<void> {
    await this.#engine.client.recordCall(peer, {
      callId: id,
      direction: isOutgoing ? 'outgoing' : 'incoming',
      isVideo: withVideo,
      isMissed: connectedAt === undefined && (isOutgoing || end === 'cancelled' || end === 'no-answer'),
      ...(connectedAt === undefined ? {} : { durationMs: endedAt - connectedAt }),
    });
  }

  async #readStats(): Promise<void> {
    const report = await this.#peer?.getStats();
    if (report !== undefined && this.#peer !== undefined) this.stats.value = this.#stats.read(report);
  }

  #takeLock(): void {
    const held = Promise.withResolvers<undefined>();
    this.#releaseLock();
    this.#releaseLock = () => held.resolve(undefined);
    holdCallLock(held.promise);
  }
}
