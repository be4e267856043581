/** Carries one device's queue to its connection, in order, within a window of unacknowledged envelopes.
 *
 * Redis holds the truth; memory is a short cut. While everything in the queue has been delivered (`live`), an envelope that
 * this node appends is delivered without being read back. Whether that is allowed is decided by counting: the queue must be
 * exactly as long as this node expects. One envelope more (another node appended) or less (one expired), and the
 * queue is read again from the last delivered entry. So no order of events between nodes can skip or swap envelopes.
 *
 * The counting rests on this: operations on one queue, issued through one Redis connection, take effect in order. Their
 * answers may come to this file in another order (each passes through its own chain of promises), so every append and every
 * read has a place in the order of asking. One thing counting cannot see: another node appends one envelope, and in the same
 * moment one goes that this node did not remove (it expired). Whoever removes such entries asks for a `recheck`. */
import type { DeviceAddress } from '../devices/device-address.ts';
import {
  toAcceptedAt,
  type AppendResult,
  type MessageStore,
  type NewEntry,
  type QueueEntry,
} from '../messages/message-store.ts';
import type { Removals, Removing } from './removal-batch.ts';

/** Entries in the first read; it adapts to their size. */
const FIRST_PAGE_SIZE = 16;

export interface DeliveryWindow {
  readonly maxEnvelopes: number;
  readonly maxBytes: number;
}

/** What all deliveries of a node share. */
export interface DeliveryQueues {
  readonly store: MessageStore;
  readonly window: DeliveryWindow;
  readonly removals: Removals;
  /** From acceptance to acknowledgement. */
  readonly latency: { add(ms: number): void };
  readonly now: () => number;
}

export interface DeliverySink {
  deliver(deliveryId: number, envelope: Uint8Array): void;
  /** All that was queued when the device connected is delivered and acknowledged. */
  queueDrained(): void;
  /** The store does not answer; `resume` is called when it may again. */
  storageFailed(error: unknown): void;
}

interface InFlight {
  readonly entryId: string;
  readonly bytes: number;
}

export class Delivery implements Removing {
  readonly #device: DeviceAddress;
  readonly #store: MessageStore;
  readonly #queues: DeliveryQueues;
  readonly #startedAt: number;
  readonly #window: DeliveryWindow;
  readonly #removalBatch: Removals;
  readonly #sink: DeliverySink;

  readonly #inFlight = new Map<number, InFlight>();
  #inFlightBytes = 0;
  #nextDeliveryId = 1;
  /** The last delivered entry: everything up to it has been delivered. */
  #cursor = '';

  /** Everything in the queue has been delivered. */
  #isLive = false;
  #isReading = false;
  #isClosed = false;
  /** Something may lie behind the cursor that the read under way does not see. */
  #mustReadAgain = false;
  /** Appends asked for so far; and how many of them came before the last read, which therefore has seen them. */
  #appends = 0;
  #appendsBeforeRead = 0;
  /** While live: the append whose answer comes next. */
  #nextAppend = 0;
  #mustRecheck = false;
  /** Entries that a recheck comes upon again. */
  #known: ReadonlySet<string> | undefined;

  #pageSize = FIRST_PAGE_SIZE;

  /** Appends minus removals that this node has issued, ever; and what to add to get the expected length of the queue. */
  #issued = 0;
  #base = 0;

  #acknowledged: string[] = [];
  /** Removals under way: they may fail yet. */
  readonly #removals = new Set<readonly string[]>();
  /** Delivery id up to which the queue counts as drained; 0 when that has been told. */
  #drainTarget = Number.MAX_SAFE_INTEGER;

  constructor(device: DeviceAddress, queues: DeliveryQueues, sink: DeliverySink) {
    this.#device = device;
    this.#store = queues.store;
    this.#queues = queues;
    this.#startedAt = queues.now();
    this.#window = queues.window;
    this.#removalBatch = queues.removals;
    this.#sink = sink;
  }

  get unacknowledged(): number {
    return this.#inFlight.size;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Not all that is queued has been delivered and acknowledged, as far as is known here. */
  get mayHaveMail(): boolean {
    return this.#inFlight.size > 0 || !this.#isLive;
  }

  /** The delivery that has waited longest for its acknowledgement. */
  get oldestUnacknowledged(): number | undefined {
    // Map keys are in the order of insertion.
    for (const deliveryId of this.#inFlight.keys()) return deliveryId;
    return undefined;
  }

  get isWindowFull(): boolean {
    return this.#inFlight.size >= this.#window.maxEnvelopes || this.#inFlightBytes >= this.#window.maxBytes;
  }

  /** Reading one entry for each acknowledgement would cost more than it gains. */
  get #isWindowHalfEmpty(): boolean {
    return this.#inFlight.size <= this.#window.maxEnvelopes / 2 && this.#inFlightBytes <= this.#window.maxBytes / 2;
  }

  /** Reads what lies behind the cursor: at the start, when another node has appended, and now and then to be sure. */
  resume(): void {
    this.#isLive = false;
    this.#mustReadAgain = true;
    this.removeAcknowledged();
    this.#readOn();
  }

  /** Reads the whole queue again and delivers what has been passed over. Costs what is in flight; for rare occasions. */
  recheck(): void {
    this.#mustRecheck = true;
    this.resume();
  }

  close(): void {
    this.#isClosed = true;
    this.removeAcknowledged();
  }

  /** Appends to the queue, and delivers at once if everything before has been delivered. */
  async append(entry: NewEntry): Promise<AppendResult> {
    const expectedLength = ++this.#issued;
    const place = ++this.#appends;
    let result: AppendResult;
    try {
      result = await this.#store.append(this.#device, entry);
    } catch (error) {
      this.#lose(error);
      throw error;
    }
    this.#appended(place, expectedLength, result, entry.envelope);
    return result;
  }

  #appended(place: number, expectedLength: number, result: AppendResult, envelope: Uint8Array): void {
    if (!this.#isLive) {
      if (this.#isReading && place > this.#appendsBeforeRead) this.#mustReadAgain = true;
      this.#readOn();
    } else if (place <= this.#appendsBeforeRead) {
      // The read that made the queue live has seen it; only its answer was quicker.
    } else if (place !== this.#nextAppend++) {
      this.resume();
    } else if (result.status !== 'appended') {
      this.#base--;
    } else if (result.queueLength === this.#base + expectedLength && !this.isWindowFull) {
      this.#deliver(result.entryId, envelope);
    } else this.resume();
  }

  acknowledge(deliveryIds: readonly number[]): number {
    let unknown = 0;
    const wasNone = this.#acknowledged.length === 0;
    for (const deliveryId of deliveryIds) {
      const sent = this.#inFlight.get(deliveryId);
      if (sent === undefined) {
        unknown++;
        continue;
      }
      this.#inFlight.delete(deliveryId);
      this.#inFlightBytes -= sent.bytes;
      this.#acknowledged.push(sent.entryId);
      this.#measure(sent.entryId);
    }
    if (wasNone && this.#acknowledged.length > 0) this.#removalBatch.add(this);
    this.#tellWhenDrained();
    if (!this.#isLive && this.#isWindowHalfEmpty) this.#readOn();
    return unknown;
  }

  /** What had waited for the device tells nothing about the relay. */
  #measure(entryId: string): void {
    const acceptedAt = toAcceptedAt(entryId);
    if (acceptedAt >= this.#startedAt) this.#queues.latency.add(this.#queues.now() - acceptedAt);
  }

  /** Now, instead of with the others. */
  removeAcknowledged(): void {
    void this.#remove();
  }

  async #remove(): Promise<void> {
    const entryIds = this.#acknowledged;
    if (entryIds.length === 0) return;
    this.#acknowledged = [];
    this.#issued -= entryIds.length;
    this.#removals.add(entryIds);
    try {
      await this.#store.remove(this.#device, entryIds);
    } catch (error) {
      // Removing twice does no harm; forgetting would deliver again what the device has.
      this.#acknowledged.push(...entryIds);
      this.#issued += entryIds.length;
      this.#lose(error);
    } finally {
      this.#removals.delete(entryIds);
    }
  }

  /** Nothing is known of the queue any more until it has been read again. */
  #lose(error: unknown): void {
    this.#isLive = false;
    this.#mustReadAgain = true;
    if (!this.#isClosed) this.#sink.storageFailed(error);
  }

  /** Reads unless a read is under way: that one sees everything issued before it, since the store answers in order. */
  #readOn(): void {
    if (!this.#isReading && !this.isWindowFull) void this.#read();
  }

  async #read(): Promise<void> {
    this.#isReading = true;
    try {
      while (!this.#isLive && !this.#isClosed && !this.isWindowFull) await this.#readPage();
    } catch (error) {
      this.#lose(error);
    } finally {
      this.#isReading = false;
    }
  }

  #beginRead(): void {
    this.#mustReadAgain = false;
    this.#appendsBeforeRead = this.#appends;
    if (!this.#mustRecheck) return;
    this.#mustRecheck = false;
    const inFlight = Array.from(this.#inFlight.values(), ({ entryId }) => entryId);
    this.#known = new Set([...inFlight, ...this.#acknowledged, ...[...this.#removals].flat()]);
    this.#cursor = '';
  }

  /** At the end of the queue it becomes live. */
  async #readPage(): Promise<void> {
    this.#beginRead();
    const issuedBefore = this.#issued;
    const room = Math.min(this.#pageSize, this.#window.maxEnvelopes - this.#inFlight.size);
    const limit = room + (this.#known?.size ?? 0);
    const { entries, queueLength } = await this.#store.read(this.#device, this.#cursor, limit);
    if (this.#isClosed || !this.#take(entries)) return;
    this.#pageSize = Math.min(2 * this.#pageSize, this.#window.maxEnvelopes);
    if (entries.length === limit || this.#mustReadAgain) return;
    this.#known = undefined;
    this.#base = queueLength - issuedBefore;
    this.#nextAppend = this.#appendsBeforeRead + 1;
    this.#isLive = true;
    if (this.#drainTarget === Number.MAX_SAFE_INTEGER) this.#drainTarget = this.#nextDeliveryId;
    this.#tellWhenDrained();
  }

  /** @returns false when the window had no room for all. */
  #take(entries: readonly QueueEntry[]): boolean {
    let delivered = 0;
    for (const { entryId, envelope } of entries) {
      if (this.#known?.has(entryId)) {
        this.#cursor = entryId;
        continue;
      }
      if (this.isWindowFull) {
        // Large envelopes: the rest of the page is read again when there is room, so ask for less at once.
        this.#pageSize = delivered;
        return false;
      }
      this.#deliver(entryId, envelope);
      delivered++;
    }
    return true;
  }

  #deliver(entryId: string, envelope: Uint8Array): void {
    this.#cursor = entryId;
    const deliveryId = this.#nextDeliveryId++;
    this.#inFlight.set(deliveryId, { entryId, bytes: envelope.length });
    this.#inFlightBytes += envelope.length;
    this.#sink.deliver(deliveryId, envelope);
  }

  #tellWhenDrained(): void {
    if (this.#drainTarget === 0 || this.#drainTarget === Number.MAX_SAFE_INTEGER) return;
    for (const deliveryId of this.#inFlight.keys()) {
      // Map keys are in the order of insertion, so the first is the oldest.
      if (deliveryId < this.#drainTarget) return;
      break;
    }
    this.#drainTarget = 0;
    this.#sink.queueDrained();
  }
}
