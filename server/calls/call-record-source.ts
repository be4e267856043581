import type { RecordSection } from '../../wire/record-schemas.ts';
import type { RecordSource } from '../records/record-source.ts';

interface CallSettings {
  readonly mode: string;
  readonly credentialTtlMs: number;
}

/** What the relay for calls holds, in words: it runs in a thread of its own (or is somebody else's), under names that are random to
 * it, and is not asked who is who. */
export class CallRecordSource implements RecordSource {
  readonly #settings: () => CallSettings;

  constructor(settings: () => CallSettings) {
    this.#settings = settings;
  }

  async describe(): Promise<RecordSection> {
    const { mode, credentialTtlMs } = this.#settings();
    return {
      id: 'calls',
      title: 'Calls that are relayed',
      place: 'memory',
      purpose:
        'Devices that cannot reach each other send their encrypted packets through a relay. While they do, it holds the ' +
        'addresses of both ends and counts bytes, under a random name for each device. Nothing of it is stored.',
      kept: 'As long as the call is relayed.',
      entries: [
        {
          title: 'settings',
          fields: [
            {
              name: 'turn.mode',
              kind: 'text',
              value: mode,
              note: 'embedded: here; external: another server; off: none',
            },
            {
              name: 'turn.credential_ttl',
              kind: 'duration',
              value: credentialTtlMs,
              note: 'for so long a device may use it',
            },
          ],
        },
      ],
    };
  }
}
