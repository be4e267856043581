import { Envelope, EnvelopeType } from '../../wire/generated/frames.ts';
import type { RecordEntry, RecordField, RecordSection } from '../../wire/record-schemas.ts';
import type { DeviceAddress } from '../devices/device-address.ts';
import type { RecordSource, RecordSubject } from '../records/record-source.ts';
import type { InspectedEntry, QueueInspector } from './message-store.ts';

/** Envelopes of one device that are listed one by one; of more, only how many there are. */
const MAX_LISTED = 500;

const ENVELOPE_TYPES = new Map<number, string>(Object.entries(EnvelopeType).map(([name, value]) => [value, name]));

/** What waits for the account's devices. An envelope does not say who sent it, so neither does this. */
export class QueueRecordSource implements RecordSource {
  readonly #queues: QueueInspector;
  readonly #messageTtlMs: () => number;

  constructor(queues: QueueInspector, messageTtlMs: () => number) {
    this.#queues = queues;
    this.#messageTtlMs = messageTtlMs;
  }

  async describe({ accountId, account }: RecordSubject): Promise<RecordSection> {
    const devices = [...account.devices.keys()];
    const entries = await Promise.all(devices.map((deviceId) => this.#describeQueue({ accountId, deviceId })));
    return {
      id: 'queues',
      title: 'Messages that wait for your devices',
      place: 'database',
      purpose: 'A device that is away gets them when it comes back. They are encrypted, and do not name their sender.',
      kept: 'Until the device has acknowledged them, or their time is up.',
      entries: entries.flat(),
    };
  }

  async #describeQueue(device: DeviceAddress): Promise<RecordEntry[]> {
    const { storedAs, envelopes, bytes, entries, notedExpiries } = await this.#queues.inspect(device, MAX_LISTED);
    const [oldest] = entries;
    const fields: RecordField[] = [
      { name: 'envelopes', kind: 'count', value: envelopes },
      { name: 'bytes', kind: 'bytes', value: bytes, note: 'about what they take in the database' },
      { name: 'messageTtl', kind: 'duration', value: this.#messageTtlMs(), note: 'the longest that one may wait' },
      {
        name: 'notedExpiries',
        kind: 'count',
        value: notedExpiries,
        note: 'times at which a short-lived one is deleted',
      },
    ];
    if (oldest !== undefined) fields.push({ name: 'oldestAcceptedAt', kind: 'time', value: oldest.acceptedAt });
    const title = `queue of device ${device.deviceId}`;
    return [{ title, storedAs: [...storedAs], fields }, ...entries.map((entry) => toEntry(device, entry))];
  }
}

function toEntry(device: DeviceAddress, { entryId, acceptedAt, envelope, expiresAt }: InspectedEntry): RecordEntry {
  const { type, content, messageId, clientTimestamp, serverTimestamp, urgent, ephemeral } = Envelope.decode(envelope);
  const fields: RecordField[] = [
    { name: 'type', kind: 'text', value: ENVELOPE_TYPES.get(type) ?? String(type) },
    { name: 'acceptedAt', kind: 'time', value: acceptedAt },
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
