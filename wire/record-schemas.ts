/** "What the server knows about me": everything that is held about one account, in sections that each room fills itself. */
import { array, object, oneOf, scalar, string, type Static } from './schema.ts';

const RecordFieldSchema = object(
  {
    name: string({ description: 'as the server calls it' }),
    kind: oneOf('text', 'flag', 'count', 'bytes', 'time', 'duration', 'day', 'secret', 'sealed'),
    value: scalar({
      description:
        'time: ms since 1970; duration: ms; bytes, secret and sealed: how many bytes (of a hash; of what only members can read)',
    }),
  },
  { note: string({ description: 'what it is for, for a person' }) },
);
export type RecordField = Static<typeof RecordFieldSchema>;

const RecordEntrySchema = object(
  {
    title: string({ description: 'what this entry is about, such as `device 2`' }),
    fields: array(RecordFieldSchema),
  },
  { storedAs: array(string(), { description: 'the keys in the database from which it was read' }) },
);
export type RecordEntry = Static<typeof RecordEntrySchema>;

export const RECORD_PLACES = ['database', 'files', 'memory', 'log', 'nowhere'] as const;

const RecordSectionSchema = object({
  id: string({ description: 'account, devices, keys, queues, invites, limits, connections, log, …: more may come' }),
  title: string(),
  place: oneOf(...RECORD_PLACES),
  purpose: string({ description: 'why the server has it' }),
  kept: string({ description: 'for how long' }),
  entries: array(RecordEntrySchema),
});
export type RecordSection = Static<typeof RecordSectionSchema>;

export const AccountRecordsSchema = object({ sections: array(RecordSectionSchema) });
