import type { RecordSection } from '../../wire/record-schemas.ts';
import type { RecordSource } from '../records/record-source.ts';
import type { AddressLogging } from './log.ts';

interface LogSettings {
  readonly level: string;
  readonly addresses: AddressLogging;
}

const ADDRESSES: Readonly<Record<AddressLogging, string>> = {
  truncated: 'the network only: IPv4 /24, IPv6 /48',
  full: 'whole addresses',
  none: 'none',
};

/** What the log keeps, in words: the server cannot look into a log that others collect. */
export class LogRecordSource implements RecordSource {
  readonly #settings: () => LogSettings;

  constructor(settings: () => LogSettings) {
    this.#settings = settings;
  }

  async describe(): Promise<RecordSection> {
    const { level, addresses } = this.#settings();
    const writesConnections = level === 'debug' || level === 'trace';
    return {
      id: 'log',
      title: 'What the log says',
      place: 'log',
      purpose: 'To find faults. Account ids, names, keys, tokens and contents are never written.',
      kept: 'The server writes to its standard output; how long that is kept is up to whoever runs it.',
      entries: [
        {
          title: 'settings',
          fields: [
            { name: 'log.level', kind: 'text', value: level },
            { name: 'log.addresses', kind: 'text', value: ADDRESSES[addresses], note: 'how client addresses appear' },
            {
              name: 'connections',
              kind: 'flag',
              value: writesConnections && addresses !== 'none',
              note: 'whether a line is written for a connection, with its address as above and without whose it is',
            },
          ],
        },
      ],
    };
  }
}
