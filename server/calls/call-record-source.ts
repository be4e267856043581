import type { AccountId } from '../../wire/ids.ts';
import type { RecordSection } from '../../wire/record-schemas.ts';
import type { RecordSource, RecordSubject } from '../records/record-source.ts';
import type { EchoService } from './echo/echo-service.ts';
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

  readonly #echo: Pick<EchoService, 'endOf'>;

  constructor(settings: () => CallSettings, turn: Turn, echo: Pick<EchoService, 'endOf'>) {
    this.#settings = settings;
    this.#turn = turn;
    this.#echo = echo;
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
      title: 'Calls that are relayed, and test calls',
      place: 'memory',
      purpose:
        'Devices that cannot reach each other send their encrypted packets through a relay. While they do, it holds the ' +
        'addresses of both ends and counts bytes, under a random name for each device. Nothing of it is stored. A test call is a call ' +
        'with this server: while it lasts it knows that you make one, and what it hears goes back to you and is kept nowhere.',
      kept: 'As long as the call is relayed, or the test call lasts.',
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
        ...this.#describeTestCall(accountId),
      ],
    };
  }

  #describeTestCall(accountId: AccountId) {
    const endsAt = this.#echo.endOf(accountId);
    if (endsAt === undefined) return [];
    return [{ title: 'test call', fields: [{ name: 'endsAt', kind: 'time' as const, value: endsAt }] }];
  }
}
