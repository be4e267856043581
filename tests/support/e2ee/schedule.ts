// Two devices under a random schedule: loss, reordering, duplication, damage, long silence, both starting at once,
// sessions given up, devices reinstalled. Each load and save goes through bytes, so sessions are restored at every step.
//
// What must hold: a message arrives once and unchanged; whatever is refused changes no store by a single byte.
import { expect } from 'vitest';
import { SignalMessage, PreKeySignalMessage } from '../../../e2ee/index.ts';
import { type Address, Device, type Sealed } from './device.ts';
import type { Engine } from './engine.ts';
import { SeededRandom } from './seeded-random.ts';

export const ALICE: Address = { name: '9d0652a3-dcc3-4d11-975f-74d61598733f', deviceId: 1 };
export const BOB: Address = { name: '796abedb-ca4e-4f18-8803-1fde5b921f9f', deviceId: 3 };

interface InFlight {
  readonly sealed: Sealed;
  readonly plaintext: Uint8Array;
  /** How many ratchet keys the sender had used before this one. */
  readonly turn: number;
}

interface Side {
  device: Device;
  readonly peer: Address;
  /** On the way to this side. */
  inbox: InFlight[];
  delivered: InFlight[];
  /** The newest turn of the other side that has been decrypted here. */
  newestTurn: number;
  turn: number;
  ratchetKey: string;
}

export interface ScheduleResult {
  readonly delivered: number;
  readonly lost: number;
  readonly refused: number;
  readonly reinstalls: number;
  readonly simultaneous: number;
}

/** A receiver keeps five chains per session; with one to spare every message of these turns must still be readable. */
const READABLE_TURNS = 4;

export async function runSchedule(alice: Engine, bob: Engine, seed: number, actions: number): Promise<ScheduleResult> {
  const schedule = new Schedule(alice, bob, seed);
  try {
    await schedule.run(actions);
  } catch (error) {
    throw new Error(`schedule failed; replay it with seed ${seed} and ${actions} actions`, { cause: error });
  }
  return schedule.result;
}

class Schedule {
  readonly result = { delivered: 0, lost: 0, refused: 0, reinstalls: 0, simultaneous: 0 };
  private readonly random: SeededRandom;
  private readonly sides: readonly [Side, Side];

  constructor(alice: Engine, bob: Engine, seed: number) {
    this.random = new SeededRandom(seed);
    this.sides = [newSide(new Device(alice, ALICE), BOB), newSide(new Device(bob, BOB), ALICE)];
  }

  async run(actions: number): Promise<void> {
    for (let i = 0; i < actions; i++) await this.act(this.random.below(2) === 0 ? 0 : 1);
    await this.settle();
  }

  private async act(index: 0 | 1): Promise<void> {
    const dice = this.random.fraction();
    if (dice < 0.45) return this.send(index);
    if (dice < 0.9) return this.receive(index);
    if (dice < 0.94) return this.receiveDamaged(index);
    if (dice < 0.965) return this.receiveAgain(index);
    if (dice < 0.975) return this.burst(index);
    if (dice < 0.985) return this.startAtOnce();
    if (dice < 0.995) return this.giveUpSession(index);
    return this.reinstall(index);
  }

  private async send(index: 0 | 1): Promise<void> {
    const side = this.sides[index];
    const other = this.sides[index === 0 ? 1 : 0];
    if (!(await side.device.hasSession(side.peer))) await this.begin(side, other);
    const plaintext = this.random.bytes(this.random.below(300));
    const sealed = await side.device.encrypt(side.peer, plaintext);
    const key = ratchetKeyOf(sealed);
    if (key !== side.ratchetKey) {
      side.ratchetKey = key;
      side.turn++;
    }
    if (this.random.chance(0.15)) this.result.lost++;
    else other.inbox.push({ sealed, plaintext, turn: side.turn });
  }

  private async begin(side: Side, other: Side): Promise<void> {
    const bundle = await other.device.publishBundle({ oneTime: this.random.chance(0.7) });
    await side.device.begin(side.peer, bundle);
  }

  private async receive(index: 0 | 1): Promise<void> {
    const side = this.sides[index];
    // Mostly in order, sometimes from anywhere.
    const position = this.random.chance(0.7) ? 0 : this.random.below(side.inbox.length);
    const [message] = side.inbox.splice(position, 1);
    if (message === undefined) return;
    if (side.newestTurn - message.turn >= READABLE_TURNS) {
      this.result.lost++;
      return;
    }
    expect(await side.device.decrypt(side.peer, message.sealed)).toEqual(message.plaintext);
    side.newestTurn = Math.max(side.newestTurn, message.turn);
    this.result.delivered++;
    side.delivered.push(message);
  }

  private async receiveAgain(index: 0 | 1): Promise<void> {
    const side = this.sides[index];
    if (side.delivered.length === 0) return;
    await this.refuse(side, this.random.pick(side.delivered).sealed);
  }

  /** One bit of a message flipped. Of a PreKeySignalMessage the inner message is damaged: the rest is not authenticated. */
  private async receiveDamaged(index: 0 | 1): Promise<void> {
    const side = this.sides[index];
    if (side.inbox.length === 0) return;
    const { sealed } = this.random.pick(side.inbox);
    const bytes = new Uint8Array(sealed.bytes);
    const [from, to] = authenticatedRange(sealed);
    const at = from + this.random.below(to - from);
    bytes[at] = (bytes[at] ?? 0) ^ (1 << this.random.below(8));
    await this.refuse(side, { type: sealed.type, bytes });
  }

  private async refuse(side: Side, sealed: Sealed): Promise<void> {
    const before = side.device.stores.dump();
    await expect(side.device.decrypt(side.peer, sealed)).rejects.toBeInstanceOf(Error);
    expect(side.device.stores.dump()).toBe(before);
    this.result.refused++;
  }

  /** A long silence of the other side. */
  private async burst(index: 0 | 1): Promise<void> {
    for (let left = 20 + this.random.below(80); left > 0; left--) await this.send(index);
  }

  private async startAtOnce(): Promise<void> {
    const [alice, bob] = this.sides;
    await this.begin(alice, bob);
    await this.begin(bob, alice);
    await this.send(0);
    await this.send(1);
    this.result.simultaneous++;
  }

  /** As a client does that was told of a message that could not be read. */
  private async giveUpSession(index: 0 | 1): Promise<void> {
    const { device, peer } = this.sides[index];
    const address = device.protocolAddress(peer);
    const record = await device.stores.getSession(address);
    if (record === null) return;
    record.archiveCurrentState();
    await device.stores.saveSession(address, record);
  }

  /** All is lost on one device. The other is asked to trust its new identity; what was on the way to it is refused. */
  private async reinstall(index: 0 | 1): Promise<void> {
    const old = this.sides[index];
    const other = this.sides[index === 0 ? 1 : 0];
    old.device = new Device(old.device.engine, old.device.address, { registrationId: this.random.below(0x3fff) + 1 });
    for (const message of old.inbox.slice(0, 3)) await this.refuse(old, message.sealed);
    Object.assign(old, { inbox: [], delivered: [], newestTurn: 0, turn: 0, ratchetKey: '' });
    Object.assign(other, { inbox: [], delivered: [], newestTurn: 0 });
    await this.refuseUntrusted(index);
    other.device.stores.identities.delete(other.device.protocolAddress(other.peer).toString());
    await this.giveUpSession(index === 0 ? 1 : 0);
    other.turn = 0;
    this.result.reinstalls++;
  }

  /** Until then a message of the new device is refused. */
  private async refuseUntrusted(index: 0 | 1): Promise<void> {
    const side = this.sides[index];
    const other = this.sides[index === 0 ? 1 : 0];
    await this.begin(side, other);
    const sealed = await side.device.encrypt(side.peer, this.random.bytes(10));
    const isKnown = other.device.stores.identities.has(other.device.protocolAddress(other.peer).toString());
    if (isKnown) await this.refuse(other, sealed);
    side.turn = 1;
    side.ratchetKey = ratchetKeyOf(sealed);
  }

  /** However it went, the two can talk in the end. */
  private async settle(): Promise<void> {
    for (const side of this.sides) side.inbox = [];
    for (let i = 0; i < 3; i++) {
      for (const index of [0, 1] as const) {
        const receiver = index === 0 ? 1 : 0;
        while (this.sides[receiver].inbox.length === 0) await this.send(index);
        while (this.sides[receiver].inbox.length > 0) await this.receive(receiver);
      }
    }
  }
}

function newSide(device: Device, peer: Address): Side {
  return { device, peer, inbox: [], delivered: [], newestTurn: 0, turn: 0, ratchetKey: '' };
}

const PRE_KEY = 3;

function innerMessage(sealed: Sealed): SignalMessage {
  if (sealed.type !== PRE_KEY) return SignalMessage.deserialize(sealed.bytes);
  return PreKeySignalMessage.deserialize(sealed.bytes).message();
}

function ratchetKeyOf(sealed: Sealed): string {
  return innerMessage(sealed).senderRatchetKey().serialize().join();
}

/** Where in the bytes the authenticated message lies. */
function authenticatedRange(sealed: Sealed): readonly [from: number, to: number] {
  const inner = innerMessage(sealed).serialize();
  const starts = Array.from({ length: sealed.bytes.length - inner.length + 1 }, (_, i) => i);
  const from = starts.find((start) => inner.every((byte, i) => byte === sealed.bytes[start + i])) ?? 0;
  return [from, from + inner.length];
}
