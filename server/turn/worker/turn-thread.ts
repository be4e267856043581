/** The TURN thread: a TurnServer with credentials, peers and quotas as they are configured, and the addresses of this machine followed
 * as they change. */
import type { MessagePort } from 'node:worker_threads';
import { Counters } from '../core/counters.ts';
import type { TurnEvent } from '../core/ports.ts';
import { createBridgedStream } from '../net/bridged-stream.ts';
import { findRelayAddresses, listHostAddresses, type FoundAddresses } from '../net/relay-addresses.ts';
import { TurnServer, type HandedOver, type ListenAddress, type ListenFailure } from '../net/turn-server.ts';
import { createPeerPolicy } from '../policy/peer-policy.ts';
import { createQuota } from '../policy/quota.ts';
import { createTimeLimitedAuthenticator } from '../policy/time-limited-credentials.ts';
import type { FromWorker, ToWorker, TurnSettings, TurnState, WorkerInput } from './worker-messages.ts';

/** Addresses come with the network after a start, and change when a provider feels like it. */
const RECHECK_MS = 30_000;
/** Events are news for a log, not a stream: beyond these in a second they are counted only. */
const MAX_EVENTS_PER_SECOND = 50;

export async function runTurnThread(parent: MessagePort, input: WorkerInput): Promise<void> {
  const thread = new TurnThread(parent, input);
  parent.on('message', (message: ToWorker) => thread.receive(message));
  // A mistake of ours must not end calls: the next thread goes on with them.
  process.once('uncaughtException', (error) => thread.fail(error));
  await thread.start(input.handedOver);
}

class TurnThread {
  readonly #parent: MessagePort;
  readonly #settings: TurnSettings;
  readonly #server: TurnServer;
  #state: TurnState;
  #revoked: ReadonlySet<string>;
  #hostAddresses: readonly string[] = listHostAddresses();
  #relayAddresses: FoundAddresses = {};
  #timer: NodeJS.Timeout | undefined;
  #failures: readonly ListenFailure[] = [];
  #lastStatus = '';
  #eventBudget = MAX_EVENTS_PER_SECOND;

  constructor(parent: MessagePort, { settings, state, counters }: WorkerInput) {
    this.#parent = parent;
    this.#settings = settings;
    this.#state = state;
    this.#revoked = new Set(state.revoked);
    this.#server = new TurnServer({
      realm: settings.realm,
      limits: settings.limits,
      relayPorts: settings.relayPorts,
      streamLimits: settings.streamLimits,
      counters: new Counters(counters),
      quota: createQuota(settings.quota),
      allowPeer: createPeerPolicy({
        allow: settings.allowPeers,
        deny: settings.denyPeers,
        hostAddresses: () => this.#hostAddresses,
      }),
      authenticate: createTimeLimitedAuthenticator({
        realm: settings.realm,
        secrets: () => this.#state.secrets,
        maxLifetimeMs: settings.credentialTtlMs,
        isRevoked: (userId) => this.#revoked.has(userId),
        now: Date.now,
      }),
      onEvent: (event) => this.#tell(event),
    });
  }

  async start(handedOver: readonly HandedOver[]): Promise<void> {
    if (this.#state.certificate !== undefined) this.#server.setCertificate(this.#state.certificate);
    await this.#followAddresses(handedOver);
    this.#timer = setInterval(() => {
      this.#followAddresses().catch((error: unknown) => {
        this.#tell({ type: 'fault', where: 'addresses', error: error as Error });
      });
    }, RECHECK_MS);
    setInterval(() => (this.#eventBudget = MAX_EVENTS_PER_SECOND), 1000).unref();
  }

  receive(message: ToWorker): void {
    if (message.type === 'state') this.#replaceState(message.state);
    else if (message.type === 'stream') {
      this.#server.serve(createBridgedStream(message.port), message.remote, message.isSecure);
    } else this.#stop();
  }

  #replaceState(state: TurnState): void {
    const before = this.#state;
    this.#state = state;
    this.#revoked = new Set(state.revoked);
    for (const userId of state.revoked) if (!before.revoked.includes(userId)) this.#server.core.endUser(userId);
    if (state.certificate !== undefined) this.#server.setCertificate(state.certificate);
  }

  /** Opens what is to be listened on and is not yet, closes what is gone, and finds the external address. */
  async #followAddresses(handedOver: readonly HandedOver[] = []): Promise<void> {
    const { listen, externalAddresses, stunServer, publicHost } = this.#settings;
    this.#hostAddresses = listHostAddresses();
    const relayAddresses = await findRelayAddresses({
      listenHosts: listen.map(({ address }) => address),
      configured: externalAddresses,
      stunServer,
      publicHost,
    });
    this.#server.setRelayAddresses(relayAddresses);
    this.#relayAddresses = relayAddresses;
    const wished = listen.flatMap((address) => this.#spread(address));
    const open = this.#server.addresses;
    const has = (list: readonly ListenAddress[], { transport, address, port }: ListenAddress) =>
      list.some(
        (other) => other.transport === transport && other.address === address && (port === 0 || other.port === port),
      );
    for (const address of open) {
      if (address.transport === 'udp' && !has(wished, address) && !wished.some(({ port }) => port === 0)) {
        this.#server.closeDatagrams(address);
      }
    }
    this.#failures = await this.#server.listen(wished.filter((address) => !has(open, address)));
    // Before anybody is told that this server is ready: it must not seem empty.
    await this.#server.import(handedOver);
    this.#report();
  }

  /** A datagram is answered from the address that it was sent to only by a socket of that address; so "all" means one each. */
  #spread({ transport, address, port }: ListenAddress): ListenAddress[] {
    const isAll = address === '0.0.0.0' || address === '::';
    if (transport !== 'udp' || !isAll || port === 0) return [{ transport, address, port }];
    return this.#hostAddresses
      .filter((candidate) => candidate.includes(':') === (address === '::'))
      .map((candidate) => ({ transport, address: candidate, port }));
  }

  #report(): void {
    const status = {
      listening: this.#server.addresses,
      failures: this.#failures,
      relayAddresses: this.#relayAddresses,
    };
    const text = JSON.stringify(status);
    if (text === this.#lastStatus) return;
    this.#lastStatus = text;
    this.#parent.postMessage({ type: 'status', status } satisfies FromWorker);
  }

  #tell(event: TurnEvent): void {
    if (this.#eventBudget-- > 0) this.#parent.postMessage({ type: 'event', event } satisfies FromWorker);
  }

  /** After an error that nobody has caught. */
  fail(error: Error): void {
    this.#handOver(error.message);
    process.exit(1);
  }

  #handOver(failure: string | undefined): void {
    const handedOver = this.#server.export();
    this.#parent.postMessage({ type: 'handover', handedOver, failure } satisfies FromWorker);
  }

  #stop(): void {
    clearInterval(this.#timer);
    this.#handOver(undefined);
    this.#server.stop();
    this.#parent.close();
  }
}
