/** A sender and a receiver as docs/protocol.md wants them: they come back whatever happens, repeat with `resend` set, and drop
 * what they have seen. What they remember stands for a client's database. */
import { randomBytes } from 'node:crypto';
import type { RawConnection, RawDevice } from './raw-device.ts';
import { until } from './until.ts';

const COME_BACK_DEADLINE_MS = 60_000;

/** Where to connect at this moment: clients of a killed node come back on another one. */
export type Locate = () => string;

async function comeBack(device: RawDevice, locate: Locate, query: string): Promise<RawConnection> {
  const connect = () => device.connect({ url: locate(), query }).catch(() => undefined);
  return await until(`a connection of ${device.accountId}`, connect, COME_BACK_DEADLINE_MS);
}

/** Sends one numbered message after the other: the next one when the last has been accepted. */
export class PersistentSender {
  /** What the sender saw accepted, in this order. */
  readonly accepted: string[] = [];
  repetitions = 0;
  readonly #name: string;
  readonly #device: RawDevice;
  readonly #recipient: RawDevice;
  readonly #locate: Locate;
  #isStopped = false;
  #running: Promise<void> | undefined;

  constructor(name: string, device: RawDevice, recipient: RawDevice, locate: Locate) {
    this.#name = name;
    this.#device = device;
    this.#recipient = recipient;
    this.#locate = locate;
  }

  start(): void {
    this.#running = this.#run();
  }

  /** Resolves when the message under way has been accepted. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#running;
  }

  async #run(): Promise<void> {
    let connection: RawConnection | undefined;
    for (let number = 1; !this.#isStopped; number++) {
      const text = `${this.#name} ${number}`;
      const messageId = randomBytes(16);
      for (let isAccepted = false, resend = false; !isAccepted; resend = true) {
        connection ??= await comeBack(this.#device, this.#locate, '?deliver=false');
        const options = { messageId, resend, ...(number % 5 === 0 && { ttlSeconds: 3600 }) };
        const result = await connection.send(this.#recipient, text, options).catch(() => undefined);
        isAccepted = result?.$case === 'accepted';
        if (result === undefined) connection = undefined;
        if (!isAccepted) this.repetitions++;
      }
      this.accepted.push(text);
    }
    await connection?.close();
  }
}

/** Stores, then acknowledges. */
export class PersistentReceiver {
  /** What the user sees, in this order. */
  readonly inbox: string[] = [];
  /** Deliveries that were dropped because they had been seen. */
  duplicates = 0;
  readonly #seen = new Set<string>();
  readonly #device: RawDevice;
  readonly #locate: Locate;
  #connection: RawConnection | undefined;
  #isStopped = false;
  #running: Promise<void> | undefined;

  constructor(device: RawDevice, locate: Locate) {
    this.#device = device;
    this.#locate = locate;
  }

  start(): void {
    this.#running = this.#run();
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#connection?.socket.close();
    await this.#running;
  }

  async untilReceived(count: number): Promise<void> {
    await until(`${count} messages`, () => this.inbox.length >= count, COME_BACK_DEADLINE_MS).catch(
      (error: unknown) => {
        throw new Error(`only ${this.inbox.length} of ${count} arrived`, { cause: error });
      },
    );
  }

  async #run(): Promise<void> {
    while (!this.#isStopped) {
      const connection = await comeBack(this.#device, this.#locate, '');
      this.#connection = connection;
      connection.autoAck = false;
      let next = 0;
      const take = () => {
        for (; next < connection.received.length; next++) this.#store(connection, next);
      };
      connection.socket.on('message', take);
      take();
      await connection.closed;
    }
  }

  #store(connection: RawConnection, index: number): void {
    const { deliveryId, content, delivery } = connection.received[index]!;
    const messageId = Buffer.from(delivery.envelope!.messageId).toString('hex');
    if (this.#seen.has(messageId)) this.duplicates++;
    else this.inbox.push(content);
    this.#seen.add(messageId);
    if (connection.socket.readyState === connection.socket.OPEN) connection.ack(deliveryId);
  }
}

/** What the inbox holds of one sender. */
export const messagesFrom = (inbox: readonly string[], name: string): string[] =>
  inbox.filter((text) => text.startsWith(`${name} `));
