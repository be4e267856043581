/** A plain TURN client: what `vant doctor turn` and the tests look at a server with. No ICE: every step is asked for by name. */
import { randomBytes } from 'node:crypto';
import { encodeChannelData, isChannelData } from '../stun/channel-data.ts';
import { MessageBuilder } from '../stun/message-builder.ts';
import {
  ATTRIBUTE,
  ERROR,
  FAMILY_CODE,
  MESSAGE_CLASS,
  METHOD,
  PROTOCOL_UDP,
  TRANSACTION_ID_BYTES,
  type AddressFamily,
} from '../stun/stun-constants.ts';
import { parseStunMessage, readUint16, type StunMessage } from '../stun/stun-message.ts';
import type { TransportAddress } from '../stun/transport-address.ts';
import { openClientSocket, type ClientSocket, type ServerAddress } from './client-socket.ts';
import { RequestSigner } from './request-signer.ts';

export interface TurnClientOptions {
  readonly username?: string;
  readonly password?: string;
  /** For one request with all its repetitions. */
  readonly timeoutMs?: number;
}

/** RFC 8489, section 6.2.1; each repetition waits twice as long as the one before. */
const FIRST_REPETITION_MS = 500;
const DEFAULT_TIMEOUT_MS = 5_000;

/** The server refused a request. */
export class TurnError extends Error {
  override readonly name = 'TurnError';
  readonly code: number;
  readonly answer: StunMessage;

  constructor(method: string, answer: StunMessage) {
    const code = answer.findErrorCode() ?? 0;
    super(`${method} was refused with ${code}`);
    this.code = code;
    this.answer = answer;
  }
}

export interface Received {
  readonly data: Uint8Array;
  /** Of a Data indication. */
  readonly peer: TransportAddress | undefined;
  /** Of a ChannelData message. */
  readonly channelNumber: number | undefined;
}

type MethodName = keyof typeof METHOD;
type Fill = (builder: MessageBuilder) => unknown;

export class TurnClient {
  /** Called with all data that peers have sent. */
  onData: (received: Received) => void = () => undefined;
  readonly #signer: RequestSigner;
  readonly #timeoutMs: number;
  readonly #waiting = new Map<string, (answer: StunMessage) => void>();
  #socket: ClientSocket | undefined;

  private constructor({ username = '', password = '', timeoutMs = DEFAULT_TIMEOUT_MS }: TurnClientOptions) {
    this.#signer = new RequestSigner(username, password);
    this.#timeoutMs = timeoutMs;
  }

  /** @throws Error when a stream cannot be opened. UDP notices with the first request. */
  static async connect(server: ServerAddress, options: TurnClientOptions = {}): Promise<TurnClient> {
    const client = new TurnClient(options);
    client.#socket = await openClientSocket(server, (message) => client.#receive(message), client.#timeoutMs);
    return client;
  }

  /** @returns where the server sees us. */
  async bind(): Promise<TransportAddress> {
    return needAddress(await this.request('BINDING'), ATTRIBUTE.XOR_MAPPED_ADDRESS);
  }

  /** @returns the relayed transport address. */
  async allocate(family?: AddressFamily, fill?: Fill): Promise<TransportAddress> {
    const answer = await this.request('ALLOCATE', (builder) => {
      builder.bytes(ATTRIBUTE.REQUESTED_TRANSPORT, Uint8Array.of(PROTOCOL_UDP, 0, 0, 0));
      if (family !== undefined) {
        builder.bytes(ATTRIBUTE.REQUESTED_ADDRESS_FAMILY, Uint8Array.of(FAMILY_CODE[family], 0, 0, 0));
      }
      fill?.(builder);
    });
    return needAddress(answer, ATTRIBUTE.XOR_RELAYED_ADDRESS);
  }

  /** @returns the lifetime in seconds that the server gives. */
  async refresh(lifetimeSeconds: number): Promise<number> {
    const answer = await this.request('REFRESH', (builder) => builder.uint32(ATTRIBUTE.LIFETIME, lifetimeSeconds));
    return answer.findUint32(ATTRIBUTE.LIFETIME) ?? 0;
  }

  async createPermission(...addresses: string[]): Promise<void> {
    await this.request('CREATE_PERMISSION', (builder) => {
      for (const address of addresses) builder.address(ATTRIBUTE.XOR_PEER_ADDRESS, address, 0);
    });
  }

  async bindChannel(channelNumber: number, { address, port }: Omit<TransportAddress, 'family'>): Promise<void> {
    await this.request('CHANNEL_BIND', (builder) => {
      builder.bytes(ATTRIBUTE.CHANNEL_NUMBER, Uint8Array.of(channelNumber >>> 8, channelNumber & 0xff, 0, 0));
      builder.address(ATTRIBUTE.XOR_PEER_ADDRESS, address, port);
    });
  }

  /** A Send indication. */
  send({ address, port }: Omit<TransportAddress, 'family'>, data: Uint8Array): void {
    const message = new MessageBuilder(METHOD.SEND, MESSAGE_CLASS.INDICATION, randomBytes(TRANSACTION_ID_BYTES));
    this.sendRaw(message.address(ATTRIBUTE.XOR_PEER_ADDRESS, address, port).bytes(ATTRIBUTE.DATA, data).build());
  }

  sendChannelData(channelNumber: number, data: Uint8Array): void {
    this.sendRaw(encodeChannelData(channelNumber, data, this.#socket?.isReliable === true));
  }

  sendRaw(bytes: Uint8Array): void {
    this.#socket?.send(bytes);
  }

  /** Asks, and asks once more with what a challenge has told. @throws TurnError, or Error without an answer. */
  async request(method: MethodName, fill: Fill = () => undefined): Promise<StunMessage> {
    for (let attempt = 1; ; attempt++) {
      const builder = new MessageBuilder(METHOD[method], MESSAGE_CLASS.REQUEST, randomBytes(TRANSACTION_ID_BYTES));
      fill(builder);
      const answer = await this.exchange(this.#signer.sign(builder).build(), method);
      if (answer.class === MESSAGE_CLASS.SUCCESS) return answer;
      const error = new TurnError(method, answer);
      const isChallenge = error.code === ERROR.STALE_NONCE || (error.code === ERROR.UNAUTHENTICATED && attempt === 1);
      if (attempt > 2 || !isChallenge || !this.#signer.learn(answer)) throw error;
    }
  }

  /** Sends a request as it is. @returns the answer to it. @throws Error without one. */
  async exchange(request: Uint8Array, name = 'The request'): Promise<StunMessage> {
    const transaction = toKey(request.subarray(8, 20));
    const answered = Promise.withResolvers<StunMessage>();
    this.#waiting.set(transaction, answered.resolve);
    const stop = this.#repeat(request, () => answered.reject(new Error(`${name} was not answered`)));
    try {
      return await answered.promise;
    } finally {
      stop();
      this.#waiting.delete(transaction);
    }
  }

  close(): void {
    this.#socket?.close();
  }

  #repeat(request: Uint8Array, fail: () => void): () => void {
    const deadline = setTimeout(fail, this.#timeoutMs);
    let timer: NodeJS.Timeout | undefined;
    const send = (waitMs: number) => {
      this.sendRaw(request);
      if (this.#socket?.isReliable === false) timer = setTimeout(() => send(2 * waitMs), waitMs);
    };
    send(FIRST_REPETITION_MS);
    return () => {
      clearTimeout(deadline);
      clearTimeout(timer);
    };
  }

  #receive(bytes: Uint8Array): void {
    if (isChannelData(bytes)) {
      const length = readUint16(bytes, 2);
      this.onData({ data: bytes.subarray(4, 4 + length), peer: undefined, channelNumber: readUint16(bytes, 0) });
      return;
    }
    const message = parseStunMessage(bytes);
    if (message?.class === MESSAGE_CLASS.INDICATION) this.#receiveData(message);
    else if (message !== undefined) this.#waiting.get(toKey(message.transactionId))?.(message);
  }

  #receiveData(message: StunMessage): void {
    const data = message.find(ATTRIBUTE.DATA);
    if (data === undefined) return;
    this.onData({ data, peer: message.findAddress(ATTRIBUTE.XOR_PEER_ADDRESS), channelNumber: undefined });
  }
}

const toKey = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');

function needAddress(answer: StunMessage, type: number): TransportAddress {
  const address = answer.findAddress(type);
  if (address === undefined) throw new Error('the server answered without an address');
  return address;
}
