/** Tests every way that messages and calls take from this browser to the server. */
import { signal } from '@preact/signals-core';
import { CONNECTION_WAYS, type ConnectionResults } from '../../../client/calls/connection-reports.ts';
import type { IceServer } from '../../../client/team.ts';
import { findStunUrl, listRelays, type RelayUrl, type RelayWay } from './relay-urls.ts';
import { testRelay, type RelayOutcome } from './test-relay.ts';
import { testServer } from './test-server.ts';
import { testStun } from './test-stun.ts';

export type TestedWay = 'server' | 'websocket' | 'stun' | RelayWay;

export const TESTED_WAYS = ['server', 'websocket', 'stun', 'turn-udp', 'turn-tcp', 'turn-tls'] as const;
const RELAY_WAYS = ['turn-udp', 'turn-tcp', 'turn-tls'] as const;

export type WayResult =
  | { readonly kind: 'running' }
  /** The server does not offer it. */
  | { readonly kind: 'not-offered' }
  | {
      readonly kind: 'works';
      readonly roundTripMs?: number;
      readonly gatherMs?: number;
      readonly clockAheadMs?: number;
    }
  | { readonly kind: 'unreachable' | 'no-data'; readonly port?: number }
  | { readonly kind: 'refused'; readonly code: number };

export interface ConnectionTestPorts {
  /** @throws EngineError without a connection */
  iceServers(): Promise<readonly IceServer[]>;
  /** Whether the connection over which messages come is open. */
  isConnected(): boolean;
}

export class ConnectionTest {
  /** Empty before the first test. */
  readonly results = signal<ReadonlyMap<TestedWay, WayResult>>(new Map());
  readonly isRunning = signal(false);
  readonly #ports: ConnectionTestPorts;

  constructor(ports: ConnectionTestPorts) {
    this.#ports = ports;
  }

  /** All ways at once; each result is shown when it is there. Does nothing while a test runs. */
  async run(): Promise<void> {
    if (this.isRunning.peek()) return;
    this.isRunning.value = true;
    this.results.value = new Map(TESTED_WAYS.map((way) => [way, { kind: 'running' }]));
    try {
      await Promise.all([this.#testServer(), this.#testCalls()]);
    } finally {
      this.isRunning.value = false;
    }
  }

  /** What may be told to others: whether each way works, and nothing of where it leads. */
  get summary(): ConnectionResults {
    const told = CONNECTION_WAYS.flatMap((way) => {
      const kind = this.results.value.get(way)?.kind ?? 'running';
      return kind === 'running' || kind === 'not-offered' ? [] : [[way, kind === 'works'] as const];
    });
    return Object.fromEntries(told);
  }

  async #testServer(): Promise<void> {
    const outcome = await testServer().catch(() => undefined);
    if (outcome === undefined) this.#set('server', { kind: 'unreachable' });
    else {
      const { roundTripMs, clockAheadMs } = outcome;
      this.#set('server', { kind: 'works', roundTripMs, ...(clockAheadMs === undefined ? {} : { clockAheadMs }) });
    }
    this.#set('websocket', { kind: this.#ports.isConnected() ? 'works' : 'unreachable' });
  }

  async #testCalls(): Promise<void> {
    const servers = await this.#ports.iceServers().catch(() => undefined);
    if (servers === undefined) {
      for (const way of ['stun', ...RELAY_WAYS] as const) this.#set(way, { kind: 'unreachable' });
      return;
    }
    const [server] = servers;
    const urls = server?.urls ?? [];
    const relays = listRelays(urls);
    for (const way of RELAY_WAYS) {
      if (!relays.some((relay) => relay.way === way)) this.#set(way, { kind: 'not-offered' });
    }
    const stun = this.#testStun(findStunUrl(urls));
    await Promise.all([stun, ...relays.map((relay) => this.#testRelay(relay, server))]);
    // A relay over UDP tells each client its address (RFC 8656, 7.3), and browsers do not always say that STUN has worked.
    if (this.results.value.get('turn-udp')?.kind === 'works' && this.results.value.get('stun')?.kind === 'unreachable')
      this.#set('stun', { kind: 'works' });
  }

  async #testStun(url: string | undefined): Promise<void> {
    if (url === undefined) {
      this.#set('stun', { kind: 'not-offered' });
      return;
    }
    const roundTripMs = await testStun(url).catch(() => undefined);
    const isKnownToWork = this.results.value.get('turn-udp')?.kind === 'works';
    if (roundTripMs !== undefined) this.#set('stun', { kind: 'works', gatherMs: roundTripMs });
    else this.#set('stun', { kind: isKnownToWork ? 'works' : 'unreachable' });
  }

  async #testRelay({ way, url, port }: RelayUrl, server: IceServer | undefined): Promise<void> {
    const outcome: RelayOutcome = await testRelay({ ...server, urls: [url] }).catch(() => ({ kind: 'unreachable' }));
    this.#set(way, outcome.kind === 'unreachable' ? { ...outcome, port } : outcome);
  }

  #set(way: TestedWay, result: WayResult): void {
    this.results.value = new Map([...this.results.value, [way, result]]);
  }
}
