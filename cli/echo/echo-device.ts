/** Answers one call of one member, and gives back what it hears. Everything else that comes is dropped unread. */
import { CONNECT_PATH } from '../../wire/route-addresses.ts';
import { encodeHex } from '../../wire/encoding.ts';
import type { CallMessage } from '../../wire/generated/content.ts';
import type { Delivery, Envelope } from '../../wire/generated/frames.ts';
import type { AccountId } from '../../wire/ids.ts';
import { WEBSOCKET_BEARER_PREFIX, WEBSOCKET_SUBPROTOCOL } from '../../wire/limits.ts';
import { credentialsOf, type Account } from '../../client/account/account-record.ts';
import { CallManager } from '../../client/calls/call-manager.ts';
import type { CallPeer, PeerHandlers } from '../../client/calls/call-ports.ts';
import type { CallView } from '../../client/calls/call-view.ts';
import { KnownCertificates } from '../../client/messaging/known-certificates.ts';
import { openEnvelope } from '../../client/messaging/open-envelope.ts';
import { markSeen } from '../../client/messaging/seen-ids.ts';
import type { SessionBuilder } from '../../client/messaging/session-builder.ts';
import { sendTransient } from '../../client/messaging/transient.ts';
import type { ClientPorts } from '../../client/ports.ts';
import { createApi } from '../../client/transport/api.ts';
import { ConnectionKeeper } from '../../client/transport/connection-keeper.ts';
import type { Connection } from '../../client/transport/connection.ts';
import { EchoPeer } from './echo-peer.ts';
import { RelayBridge } from './relay-bridge.ts';

const SIGNAL_TTL_SECONDS = 60;

export interface EchoDeviceOptions {
  readonly caller: AccountId;
  readonly onConnected: () => void;
  /** The call is over, and the other side has been told. */
  readonly onEnded: () => void;
}

export class EchoDevice {
  readonly #ports: ClientPorts;
  readonly #account: Account;
  readonly #options: EchoDeviceOptions;
  readonly #builder: SessionBuilder;
  readonly #certificates: KnownCertificates;
  readonly #keeper: ConnectionKeeper;
  readonly #calls: CallManager;
  /** Deliveries one after the other, and what is being sent. */
  #received: Promise<unknown> = Promise.resolve();
  #sent: Promise<unknown> = Promise.resolve();

  constructor(ports: ClientPorts, account: Account, options: EchoDeviceOptions) {
    this.#ports = ports;
    this.#account = account;
    this.#options = options;
    const api = createApi(ports.http, account.origin, credentialsOf(account));
    this.#certificates = new KnownCertificates(ports.signal.PublicKey.deserialize(account.trustRoot));
    // There is no directory: it knows its caller, and nobody else.
    this.#builder = { ports, api, account, refreshDirectory: async () => undefined };
    this.#keeper = this.#createKeeper();
    this.#calls = new CallManager(
      {
        self: account,
        clock: ports.clock,
        random: ports.random,
        send: (recipient, message) => this.#send(recipient, message),
        // It calls nobody, so nobody has missed its call.
        sendDurably: async () => undefined,
        createPeer: (handlers) => this.#createPeer(handlers),
        isInCallElsewhere: async () => false,
      },
      (view) => this.#onChange(view),
    );
  }

  start(): void {
    this.#keeper.start();
  }

  /** Nobody has called: then nobody will. */
  endUnused(): void {
    if (this.#calls.current === undefined) this.#options.onEnded();
  }

  hangUp(): void {
    if (this.#calls.current === undefined) this.#options.onEnded();
    else this.#calls.hangUp();
  }

  #onChange({ phase }: CallView): void {
    if (phase === 'incoming') void this.#accept();
    if (phase === 'ended') void this.#finish();
  }

  async #accept(): Promise<void> {
    // The offer is taken by whoever has told of the call.
    await Promise.resolve();
    await this.#calls.accept();
  }

  async #finish(): Promise<void> {
    // The last word is sent right after the change.
    await Promise.resolve();
    await this.#sent;
    this.#keeper.stop();
    this.#options.onEnded();
  }

  async #createPeer(handlers: PeerHandlers): Promise<CallPeer> {
    const credentials = await this.#builder.api.call('getTurnCredentials', {});
    return new EchoPeer(handlers, await RelayBridge.open(credentials));
  }

  #send(recipient: AccountId, message: CallMessage): Promise<boolean> {
    // It has no other devices to tell.
    if (recipient !== this.#options.caller) return Promise.resolve(true);
    const body = { $case: 'call' as const, value: message };
    const sending = sendTransient(this.#builder, this.#keeper.connection, recipient, body, {
      ttlSeconds: SIGNAL_TTL_SECONDS,
    });
    this.#sent = Promise.allSettled([this.#sent, sending]);
    return sending;
  }

  #createKeeper(): ConnectionKeeper {
    const { origin } = this.#account;
    return new ConnectionKeeper(this.#ports, {
      chooseReceiving: async () => true,
      target: () => ({
        url: `${origin.replace(/^http/, 'ws')}${CONNECT_PATH}`,
        protocols: [WEBSOCKET_SUBPROTOCOL, WEBSOCKET_BEARER_PREFIX + credentialsOf(this.#account)],
      }),
      onState: (state) => {
        // The server has taken the account back.
        if (state.status === 'stopped' && state.reason !== undefined) this.#options.onEnded();
      },
      onConnected: () => this.#options.onConnected(),
      onDelivery: (delivery, connection) => {
        this.#received = this.#received.then(() => this.#receive(delivery, connection)).catch(() => undefined);
      },
      onQueueDrained: () => undefined,
      // There was one prekey, for one caller.
      onPreKeysLow: () => undefined,
      onPushAddressDropped: () => undefined,
    });
  }

  async #receive({ envelope, deliveryId }: Delivery, connection: Connection): Promise<void> {
    if (envelope !== undefined) await this.#read(envelope).catch(() => undefined);
    if (deliveryId > 0) connection.acknowledge([deliveryId]);
  }

  async #read(envelope: Envelope): Promise<void> {
    const { storage, signal, clock } = this.#ports;
    const opened = await storage.transaction(async (tx) => {
      const result = await openEnvelope(signal, tx, this.#account, this.#certificates, envelope);
      if (result.kind === 'content') {
        await markSeen(tx, result.sender.accountId, encodeHex(envelope.messageId), clock.now());
      }
      return result;
    });
    if (opened.kind !== 'content' || opened.content.body?.$case !== 'call') return;
    const { accountId, deviceId } = opened.sender;
    await this.#calls.receive({ from: accountId, fromDevice: deviceId, call: opened.content.body.value });
  }
}
