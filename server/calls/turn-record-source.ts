import type { RecordSection } from '../../wire/record-schemas.ts';
import type { RecordSource, RecordSubject } from '../records/record-source.ts';
import type { Turn } from './turn.ts';

/** Who may use the relay for calls. Who has used it, and with whom, is not kept anywhere. */
export class TurnRecordSource implements RecordSource {
  readonly #turn: Turn;

  constructor(turn: Turn) {
    this.#turn = turn;
  }

  async describe({ accountId }: RecordSubject): Promise<RecordSection> {
    const entries = this.#turn.listIssued(accountId).map(({ deviceId, expiresAtMs }) => ({
      title: `credentials of device ${deviceId}`,
      fields: [{ name: 'expiresAt', kind: 'time' as const, value: expiresAtMs }],
    }));
    return {
      id: 'calls',
      title: 'Your access to the relay for calls',
      place: 'memory',
      purpose: 'So that a device that is removed loses it at once. Calls themselves are not written down.',
      kept: 'Until the credentials expire, or the server process that gave them ends.',
      entries,
    };
  }
}
