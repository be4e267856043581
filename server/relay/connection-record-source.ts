import type { RecordEntry, RecordField, RecordSection } from '../../wire/record-schemas.ts';
import type { RecordSource, RecordSubject } from '../records/record-source.ts';
import type { ConnectionRegistry } from './connection-registry.ts';
import type { DeviceConnection } from './device-connection.ts';

/** Connections that are open now. They are in memory only: nobody writes down where somebody was. */
export class ConnectionRecordSource implements RecordSource {
  readonly #registry: ConnectionRegistry;
  readonly #node: string;

  constructor(registry: ConnectionRegistry, node: string) {
    this.#registry = registry;
    this.#node = node;
  }

  async describe({ accountId }: RecordSubject): Promise<RecordSection> {
    const own = [...this.#registry].filter(({ actor }) => actor.accountId === accountId);
    return {
      id: 'connections',
      title: 'Your open connections',
      place: 'memory',
      purpose: 'Messages are delivered over them.',
      kept: 'As long as they are open.',
      entries: own.map((connection) => this.#toEntry(connection)),
    };
  }

  #toEntry(connection: DeviceConnection): RecordEntry {
    const { actor, clientAddress, connectedAt, lastHeardAt, delivery } = connection;
    const fields: RecordField[] = [
      { name: 'address', kind: 'text', value: clientAddress, note: 'where it comes from, as the server sees it' },
      { name: 'connectedAt', kind: 'time', value: connectedAt },
      { name: 'lastHeardAt', kind: 'time', value: lastHeardAt },
      { name: 'node', kind: 'text', value: this.#node, note: 'the server process that holds it' },
      { name: 'receives', kind: 'flag', value: delivery !== undefined },
      { name: 'unacknowledged', kind: 'count', value: delivery?.unacknowledged ?? 0, note: 'envelopes on their way' },
    ];
    return { title: `connection of device ${actor.deviceId}`, fields };
  }
}
