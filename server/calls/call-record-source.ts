import type { RecordSection } from '../../wire/record-schemas.ts';
import type { RecordSource, RecordSubject } from '../records/record-source.ts';
import type { Turn } from './turn.ts';

interface CallSettings {
  readonly mode: string;
  readonly credentialTtlMs: number;
}

/** What the relay for calls holds, in words: it runs in a thread of its own (or is somebody else's), under names that are random to
 * it, and is not asked who is who. */
export class CallRecordSource implements RecordSource {
  readonly #settings: () => CallSettings;
  readonly #turn: Turn;

  constructor(settings: () => CallSettings, turn: Turn) {
    this.#settings = settings;
    this.#turn = turn;
  }

  async describe({ accountId }: RecordSubject): Promise<RecordSection> {
    const { mode, credentialTtlMs } = this.#settings();
    // Remembered so that a device that is removed loses them at once.
    const issued = this.#turn.listIssued(accountId).map(({ deviceId, expiresAtMs }) => ({
      title: `credentials of device ${deviceId}`,
      fields: [{ name: 'expiresAt', kind: 'time' as const, value: expiresAtMs }],
    }));
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
        ...issued,
      ],
    };
  }
}
