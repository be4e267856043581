import type { RecordSection } from '../../wire/record-schemas.ts';
import type { RecordSource, RecordSubject } from '../records/record-source.ts';
import type { UsageStore } from './usage-store.ts';

export class AttachmentRecordSource implements RecordSource {
  readonly #usage: UsageStore;

  constructor(usage: UsageStore) {
    this.#usage = usage;
  }

  async describe({ accountId }: RecordSubject): Promise<RecordSection> {
    const { storedAs, files } = await this.#usage.inspect(accountId);
    return {
      id: 'attachments',
      title: 'Files that you have sent lately',
      place: 'files',
      purpose:
        'So that nobody fills the disk. Only sizes are noted: the encrypted files themselves say neither whose they are nor ' +
        'what they hold.',
      kept: 'Until the file expires.',
      entries: files.map(({ bytes, expiresAt }) => ({
        title: 'file',
        storedAs: [storedAs],
        fields: [
          { name: 'bytes', kind: 'bytes', value: bytes, note: 'counted, 64 KiB at least' },
          { name: 'expiresAt', kind: 'time', value: expiresAt },
        ],
      })),
    };
  }
}
