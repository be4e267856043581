import { Envelope, EnvelopeType } from '../../wire/generated/frames.ts';
import type { RecordEntry, RecordField, RecordSection } from '../../wire/record-schemas.ts';
import type { DeviceAddress } from '../devices/device-address.ts';
import type { RecordSource, RecordSubject } from '../records/record-source.ts';
import { toAcceptedAt, type MessageStore, type QueueEntry, type QueueInspector } from './message-store.ts';

/** Envelopes of one device that are listed one by one, and what is read for that; of more, only how many there are. */
const MAX_LISTED = 500;
const MAX_READ_BYTES = 4 * 1024 * 1024;
/** Read at once: their contents are in memory for a moment. */
const PAGE_SIZE = 8;

const ENVELOPE_TYPES = new Map<number, string>(Object.entries(EnvelopeType).map(([name, value]) => [value, name]));

/** What waits for the account's devices. An envelope does not say who sent it, so neither does this. */
export class QueueRecordSource implements RecordSource {
  readonly #store: MessageStore & QueueInspector;
  readonly #messageTtlMs: () => number;

  constructor(store: MessageStore & QueueInspector, messageTtlMs: () => number) {
    this.#store = store;
    this.#messageTtlMs = messageTtlMs;
  }

  async describe({ accountId, account }: RecordSubject): Promise<RecordSection> {
    const entries: RecordEntry[] = [];
    // One after the other: a full queue is as large as its owner makes it.
    for (const deviceId of account.devices.keys())
      entries.push(...(await this.#describeQueue({ accountId, deviceId })));
    return {
      id: 'queues',
      title: 'Messages that wait for your devices',
      place: 'database',
      purpose: 'A device that is away gets them when it comes back. They are encrypted, and do not name their sender.',
      kept: 'Until the device has acknowledged them, or their time is up.',
      entries,
    };
  }

  async #describeQueue(device: DeviceAddress): Promise<RecordEntry[]> {
    const { storedAs, envelopes, bytes, oldestAt, expiries } = await this.#store.inspect(device);
    const listed = await this.#list(device, expiries);
    const fields: RecordField[] = [
      { name: 'envelopes', kind: 'count', value: envelopes },
      { name: 'bytes', kind: 'bytes', value: bytes, note: 'about what they take in the database' },
      { name: 'listed', kind: 'count', value: listed.length, note: 'the oldest, one by one' },
      { name: 'messageTtl', kind: 'duration', value: this.#messageTtlMs(), note: 'the longest that one may wait' },
      { name: 'notedExpiries', kind: 'count', value: expiries.size, note: 'when a short-lived one is deleted' },
    ];
    if (oldestAt !== undefined) fields.push({ name: 'oldestAcceptedAt', kind: 'time', value: oldestAt });
    return [{ title: `queue of device ${device.deviceId}`, storedAs: [...storedAs], fields }, ...listed];
  }

  async #list(device: DeviceAddress, expiries: ReadonlyMap<string, number>): Promise<RecordEntry[]> {
    const listed: RecordEntry[] = [];
    let [cursor, readBytes] = ['', 0];
    while (listed.length < MAX_LISTED && readBytes < MAX_READ_BYTES) {
      const { entries } = await this.#store.read(device, cursor, Math.min(PAGE_SIZE, MAX_LISTED - listed.length));
      for (const entry of entries) {
        listed.push(toEntry(device, entry, expiries.get(entry.entryId)));
        readBytes += entry.envelope.length;
        cursor = entry.entryId;
      }
      if (entries.length < PAGE_SIZE) break;
    }
    return listed;
  }
}

function toEntry(device: DeviceAddress, { entryId, envelope }: QueueEntry, expiresAt?: number): RecordEntry {
  const { type, content, messageId, clientTimestamp, serverTimestamp, urgent, ephemeral } = Envelope.decode(envelope);
  const fields: RecordField[] = [
    { name: 'type', kind: 'text', value: ENVELOPE_TYPES.get(type) ?? String(type) },
    { name: 'acceptedAt', kind: 'time', value: toAcceptedAt(entryId) },
    { name: 'serverTimestamp', kind: 'time', value: serverTimestamp },
    { name: 'clientTimestamp', kind: 'time', value: clientTimestamp, note: 'what the sending device has said' },
    { name: 'messageId', kind: 'text', value: Buffer.from(messageId).toString('hex'), note: 'random' },
    { name: 'content', kind: 'sealed', value: content.length, note: 'encrypted and padded' },
    { name: 'urgent', kind: 'flag', value: urgent },
    { name: 'ephemeral', kind: 'flag', value: ephemeral },
  ];
  if (expiresAt !== undefined) fields.push({ name: 'expiresAt', kind: 'time', value: expiresAt });
  return { title: `envelope ${entryId} for device ${device.deviceId}`, fields };
}
