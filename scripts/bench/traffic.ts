/** Pairs of devices that send to each other, inside the generator: what is the same at full speed and at a fixed pace. */
import { encodeAckFrame, FIRST_REQUEST_ID, SendFrame } from './client-frames.ts';
import type { BenchDevice } from './device.ts';
import { Cursor } from './fields.ts';
import type { PaceJob, SaturateJob } from './jobs.ts';
import { RawWebSocket, type SocketEvents } from './raw-web-socket.ts';

/** Numbers of fields in frames.proto. */
const SERVER_FRAME_SEND_RESPONSE = 2;
const SERVER_FRAME_DELIVERY = 3;
const SEND_RESPONSE_ACCEPTED = 2;
const DELIVERY_ENVELOPE = 2;
const ENVELOPE_CONTENT = 2;

/** One envelope under way; used again when it is accepted and delivered. */
export interface Slot {
  readonly pair: number;
  readonly frame: SendFrame;
  isAccepted: boolean;
  isDelivered: boolean;
}

export class Traffic implements SocketEvents {
  readonly #job: SaturateJob | PaceJob;
  readonly #sockets: RawWebSocket[] = [];
  readonly #slots: Slot[] = [];
  readonly #cursor = new Cursor();
  readonly #allOpen = Promise.withResolvers<undefined>();
  readonly #failed = Promise.withResolvers<never>();
  /** Called for each envelope that is accepted, delivered and acknowledged. */
  onCompleted: (slot: Slot) => void = () => undefined;
  onDelivered: (latencyMs: number) => void = () => undefined;
  #open = 0;
  #sent = 0;
  underWay = 0;
  completed = 0;

  constructor(job: SaturateJob | PaceJob) {
    this.#job = job;
    this.#failed.promise.catch(() => undefined);
  }

  get pairs(): number {
    return Math.floor(this.#job.devices.length / 2);
  }

  /** Rejects when a connection ends or a request is refused. */
  get failed(): Promise<never> {
    return this.#failed.promise;
  }

  async connect(): Promise<void> {
    for (const { credentials } of this.#job.devices) {
      this.#sockets.push(new RawWebSocket(this.#job.target, credentials, this));
    }
    await Promise.race([this.#allOpen.promise, this.failed]);
  }

  close(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  createSlot(pair: number): Slot {
    const recipient = this.#job.devices[2 * pair + 1] as BenchDevice;
    const frame = new SendFrame(recipient, this.#slots.length, this.#job.contentBytes);
    const slot = { pair, frame, isAccepted: false, isDelivered: false };
    this.#slots.push(slot);
    return slot;
  }

  send(slot: Slot, atMs: number): void {
    slot.isAccepted = slot.isDelivered = false;
    slot.frame.stamp(atMs, this.#sent++);
    this.underWay++;
    this.#sockets[2 * slot.pair]!.write(slot.frame.bytes);
  }

  opened(): void {
    if (++this.#open === this.#job.devices.length) this.#allOpen.resolve(undefined);
  }

  ended(reason: string): void {
    this.#failed.reject(new Error(reason));
  }

  frame(socket: RawWebSocket, data: Buffer, start: number, end: number): void {
    const cursor = this.#cursor.open(data, start, end);
    if (!cursor.next()) return;
    if (cursor.field === SERVER_FRAME_SEND_RESPONSE) this.#answered(cursor.enter());
    else if (cursor.field === SERVER_FRAME_DELIVERY) this.#delivered(socket, cursor.enter());
  }

  #answered(cursor: Cursor): void {
    cursor.next();
    const slot = this.#slots[cursor.value - FIRST_REQUEST_ID]!;
    cursor.next();
    if (cursor.field !== SEND_RESPONSE_ACCEPTED) {
      const text = cursor.data.toString('latin1', cursor.start, cursor.end);
      this.#failed.reject(new Error(`a request was refused: ${text}`));
      return;
    }
    slot.isAccepted = true;
    if (slot.isDelivered) this.#complete(slot);
  }

  #delivered(socket: RawWebSocket, cursor: Cursor): void {
    cursor.next();
    socket.write(encodeAckFrame(cursor.value));
    if (!cursor.find(DELIVERY_ENVELOPE) || !cursor.enter().find(ENVELOPE_CONTENT)) throw new Error('an odd delivery');
    this.onDelivered(performance.now() - cursor.data.readDoubleLE(cursor.start));
    const slot = this.#slots[cursor.data.readUInt32LE(cursor.start + 8)]!;
    slot.isDelivered = true;
    if (slot.isAccepted) this.#complete(slot);
  }

  #complete(slot: Slot): void {
    this.underWay--;
    this.completed++;
    this.onCompleted(slot);
  }
}
