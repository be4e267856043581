import type { AccountId } from '../../wire/ids.ts';
import type { RecordEntry, RecordField, RecordSection } from '../../wire/record-schemas.ts';
import type { LiveRecords } from '../records/live-records.ts';
import type { RecordSource, RecordSubject } from '../records/record-source.ts';
import type { ConnectionRegistry } from './connection-registry.ts';
import type { DeviceConnection } from './device-connection.ts';

/** Connections that are open now, on whichever node. They are in memory only: nobody writes down where somebody was. */
export class ConnectionRecordSource implements RecordSource {
  readonly #live: LiveRecords;

  constructor(live: LiveRecords) {
    this.#live = live;
  }

  async describe({ accountId }: RecordSubject): Promise<RecordSection> {
    const { entries, silentNodes } = await this.#live.ask(accountId);
    const silent: RecordField = { name: 'silentNodes', kind: 'count', value: silentNodes, note: 'ask again' };
    return {
      id: 'connections',
      title: 'Your open connections',
      place: 'memory',
      purpose: 'Messages are delivered over them.',
      kept: 'As long as they are open.',
      entries: [
        ...entries,
        ...(silentNodes === 0 ? [] : [{ title: 'server processes that did not answer', fields: [silent] }]),
      ],
    };
  }
}

/** Those that this node holds. */
export function describeConnections(registry: ConnectionRegistry, node: string, accountId: AccountId): RecordEntry[] {
  const own = [...registry].filter(({ actor }) => actor.accountId === accountId);
  return own.map((connection) => toEntry(connection, node));
}

function toEntry(connection: DeviceConnection, node: string): RecordEntry {
  const { actor, clientAddress, connectedAt, lastHeardAt, delivery } = connection;
  return {
    title: `connection of device ${actor.deviceId}`,
    fields: [
      { name: 'address', kind: 'text', value: clientAddress, note: 'where it comes from, as the server sees it' },
      { name: 'connectedAt', kind: 'time', value: connectedAt },
      { name: 'lastHeardAt', kind: 'time', value: lastHeardAt },
      { name: 'node', kind: 'text', value: node, note: 'the server process that holds it' },
      { name: 'receives', kind: 'flag', value: delivery !== undefined },
      { name: 'unacknowledged', kind: 'count', value: delivery?.unacknowledged ?? 0, note: 'envelopes on their way' },
    ],
  };
}
