/** The TURN core with sockets of memory and a clock of the test: every byte that would go out can be looked at. */
import { randomBytes } from 'node:crypto';
import { RequestSigner } from '../../../server/turn/client/request-signer.ts';
import type { Allocation } from '../../../server/turn/core/allocation.ts';
import type {
  Client,
  ClientTransport,
  OpenedRelay,
  RelaySocket,
  RelaySocketRequest,
  TurnEvent,
} from '../../../server/turn/core/ports.ts';
import { TurnCore, type TurnCoreOptions, type TurnLimits } from '../../../server/turn/core/turn-core.ts';
import { createPeerPolicy } from '../../../server/turn/policy/peer-policy.ts';
import { createQuota } from '../../../server/turn/policy/quota.ts';
import { toIntegrityKey } from '../../../server/turn/stun/integrity.ts';
import { MessageBuilder } from '../../../server/turn/stun/message-builder.ts';
import {
  ATTRIBUTE,
  MESSAGE_CLASS,
  METHOD,
  PROTOCOL_UDP,
  type AddressFamily,
} from '../../../server/turn/stun/stun-constants.ts';
import { parseStunMessage, readUint16, type StunMessage } from '../../../server/turn/stun/stun-message.ts';

export const REALM = 'vant';
export const USERS: ReadonlyMap<string, string> = new Map([
  ['ada', 'ada-secret'],
  ['bob', 'bob-secret'],
]);
/** As peers see our relayed addresses. */
export const RELAY_ADDRESS = { 4: '93.184.216.33', 6: '2a00::33' } as const;
export const PEER = '8.8.8.8';
export const PEER_6 = '2606:4700::8';

const LIMITS: TurnLimits = {
  maxLifetimeSeconds: 3600,
  maxPermissions: 8,
  maxChannels: 4,
  maxBytesPerSecond: 0,
  maxTotalBytesPerSecond: 0,
  repliesPerSecond: 0,
};

export interface Sent {
  readonly from: number;
  readonly family: AddressFamily;
  readonly address: string;
  readonly port: number;
  readonly data: Buffer;
}

export class MemoryRelaySocket implements RelaySocket {
  readonly family: AddressFamily;
  readonly port: number;
  receive: RelaySocket['receive'] = () => undefined;
  isClosed = false;
  readonly #sent: Sent[];

  constructor(family: AddressFamily, port: number, sent: Sent[]) {
    this.family = family;
    this.port = port;
    this.#sent = sent;
  }

  send(bytes: Uint8Array, start: number, length: number, port: number, address: string): void {
    // As node:dgram does: this must never be reached.
    if (port < 1 || port > 65_535) throw new RangeError(`port ${port}`);
    const data = Buffer.from(bytes.subarray(start, start + length));
    this.#sent.push({ from: this.port, family: this.family, address, port, data });
  }

  close(): void {
    this.isClosed = true;
  }
}

type Overrides = Partial<Omit<TurnCoreOptions, 'limits'>> & { readonly limits?: Partial<TurnLimits> };

export function createHarness({ limits, ...overrides }: Overrides = {}) {
  let nowMs = 1_800_000_000_000;
  let nextPort = 20_000;
  const sockets: MemoryRelaySocket[] = [];
  const sent: Sent[] = [];
  const events: TurnEvent[] = [];
  const open = async ({ family, isEven, reserveNext }: RelaySocketRequest): Promise<OpenedRelay | undefined> => {
    if (isEven && nextPort % 2 === 1) nextPort++;
    const make = () => new MemoryRelaySocket(family, nextPort++, sent);
    const opened = { socket: make(), next: reserveNext ? make() : undefined };
    sockets.push(opened.socket, ...(opened.next ? [opened.next] : []));
    return opened;
  };
  const core = new TurnCore({
    realm: REALM,
    limits: { ...LIMITS, ...limits },
    relaySockets: { open },
    authenticate: (username) => {
      const password = USERS.get(username);
      if (password === undefined) return [];
      return [{ userId: username, integrityKey: toIntegrityKey(username, REALM, password) }];
    },
    allowPeer: createPeerPolicy({ allow: [], deny: [] }),
    quota: createQuota({ maxAllocations: 10, maxAllocationsPerUser: 3, maxAllocationsPerAddress: 6 }),
    onEvent: (event) => events.push(event),
    now: () => nowMs,
    ...overrides,
  });
  core.setRelayAddresses(RELAY_ADDRESS);
  return {
    core,
    sockets,
    sent,
    events,
    now: () => nowMs,
    /** Lets time pass, second by second. */
    pass(seconds: number) {
      for (let second = 0; second < seconds; second++) {
        nowMs += 1000;
        core.tick();
      }
    },
    client: (username = 'ada', port = 5000, transport: ClientTransport = 'udp', address = '192.0.2.7') =>
      new TestClient(core, { username, port, transport, address }),
  };
}
export type Harness = ReturnType<typeof createHarness>;

type MethodName = keyof typeof METHOD;
export type Fill = (builder: MessageBuilder) => unknown;

/** One after the other. */
export const all =
  (...fills: Fill[]): Fill =>
  (builder) => {
    for (const fill of fills) fill(builder);
  };
export const xorPeer =
  (...addresses: (string | readonly [string, number])[]): Fill =>
  (builder) => {
    for (const peer of addresses) {
      const [address, port] = typeof peer === 'string' ? [peer, 0] : peer;
      builder.address(ATTRIBUTE.XOR_PEER_ADDRESS, address, port);
    }
  };
export const channel =
  (number: number, address: string, port: number): Fill =>
  (builder) => {
    builder.bytes(ATTRIBUTE.CHANNEL_NUMBER, Uint8Array.of(number >>> 8, number & 0xff, 0, 0));
    builder.address(ATTRIBUTE.XOR_PEER_ADDRESS, address, port);
  };
export const udpTransport: Fill = (builder) =>
  builder.bytes(ATTRIBUTE.REQUESTED_TRANSPORT, Uint8Array.of(PROTOCOL_UDP, 0, 0, 0));

export class TestClient implements Client {
  readonly transport: ClientTransport;
  readonly address: string;
  readonly port: number;
  readonly family: AddressFamily;
  allocation: Allocation | undefined = undefined;
  pendingTransaction: string | undefined = undefined;
  isHeld = false;
  readonly received: Uint8Array[] = [];
  readonly signer: RequestSigner;
  readonly #core: TurnCore;

  constructor(
    core: TurnCore,
    options: { username: string; port: number; transport: ClientTransport; address: string },
  ) {
    this.#core = core;
    this.transport = options.transport;
    this.address = options.address;
    this.port = options.port;
    this.family = options.address.includes(':') ? 6 : 4;
    this.signer = new RequestSigner(options.username, USERS.get(options.username) ?? 'wrong');
  }

  send(bytes: Uint8Array): void {
    this.received.push(Uint8Array.from(bytes));
  }

  hold(isHeld: boolean): void {
    this.isHeld = isHeld;
  }

  /** Hands bytes in, and lets what follows from them happen. @returns the answers. */
  async give(bytes: Uint8Array): Promise<StunMessage[]> {
    const before = this.received.length;
    this.#core.receive(this, Buffer.from(bytes));
    await settle();
    return this.received.slice(before).flatMap((answer) => parseStunMessage(answer) ?? []);
  }

  build(method: MethodName, fill?: Fill, sign = this.signer): Uint8Array {
    const builder = new MessageBuilder(METHOD[method], MESSAGE_CLASS.REQUEST, randomBytes(12));
    fill?.(builder);
    return sign.sign(builder).build();
  }

  async request(method: MethodName, fill?: Fill): Promise<StunMessage> {
    const [answer] = await this.give(this.build(method, fill));
    if (answer === undefined) throw new Error(`${method} was not answered`);
    return answer;
  }

  /** @returns 0 for success, else the code. */
  async codeOf(method: MethodName, fill?: Fill): Promise<number> {
    return (await this.request(method, fill)).findErrorCode() ?? 0;
  }

  /** Gets a nonce. */
  async challenge(): Promise<this> {
    this.signer.learn(await this.request('ALLOCATE', udpTransport));
    return this;
  }

  async allocate(fill?: Fill): Promise<StunMessage> {
    if (this.signer.key === undefined) await this.challenge();
    return await this.request('ALLOCATE', (builder) => {
      udpTransport(builder);
      fill?.(builder);
    });
  }

  /** With an allocation. @throws Error when it is refused. */
  async allocated(fill?: Fill): Promise<this> {
    const answer = await this.allocate(fill);
    if (answer.class !== MESSAGE_CLASS.SUCCESS) throw new Error(`refused with ${answer.findErrorCode() ?? 0}`);
    return this;
  }

  get relayPort(): number {
    return this.allocation?.relays[0]?.port ?? 0;
  }

  indicate(address: string, port: number, data: Uint8Array): void {
    const builder = new MessageBuilder(METHOD.SEND, MESSAGE_CLASS.INDICATION, randomBytes(12));
    this.#core.receive(
      this,
      builder.address(ATTRIBUTE.XOR_PEER_ADDRESS, address, port).bytes(ATTRIBUTE.DATA, data).build(),
    );
  }

  giveRaw(bytes: Uint8Array): void {
    this.#core.receive(this, Buffer.from(bytes));
  }

  /** What came last, as data: `[from, text]` of an indication, `[channel, text]` of ChannelData. */
  get lastData(): [string | number, string] | undefined {
    const bytes = this.received.at(-1);
    if (bytes === undefined) return undefined;
    if ((bytes[0]! & 0xc0) === 0x40) {
      return [readUint16(bytes, 0), Buffer.from(bytes.subarray(4, 4 + readUint16(bytes, 2))).toString()];
    }
    const message = parseStunMessage(bytes);
    const data = message?.find(ATTRIBUTE.DATA);
    const peer = message?.findAddress(ATTRIBUTE.XOR_PEER_ADDRESS);
    return data && peer && [`${peer.address} ${peer.port}`, Buffer.from(data).toString()];
  }
}

/** Sockets of memory open within microtasks. */
export const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
