import type { RecordSection } from '../../wire/record-schemas.ts';
import type { RecordSource, RecordSubject } from './record-source.ts';

/** "What the server knows about me": the sections of all rooms. */
export class AccountRecords {
  readonly #sources: readonly RecordSource[];

  constructor(sources: readonly RecordSource[]) {
    this.#sources = sources;
  }

  async collect(subject: RecordSubject): Promise<RecordSection[]> {
    return await Promise.all(this.#sources.map((source) => source.describe(subject)));
  }
}
