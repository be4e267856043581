import { AccountRecordSource } from './accounts/account-record-source.ts';
import type { Parts } from './app-parts.ts';
import { AttachmentRecordSource } from './attachments/attachment-record-source.ts';
import { CallRecordSource } from './calls/call-record-source.ts';
import type { Rooms } from './create-rooms.ts';
import { DeviceRecordSource } from './devices/device-record-source.ts';
import { InviteRecordSource } from './invites/invite-record-source.ts';
import { KeyRecordSource } from './keys/key-record-source.ts';
import { RateRecordSource } from './limits/rate-record-source.ts';
import { toCallSettings } from './live-limits.ts';
import { QueueRecordSource } from './messages/queue-record-source.ts';
import { LogRecordSource } from './observability/log-record-source.ts';
import { PushRecordSource } from './push/push-record-source.ts';
import { AccountRecords } from './records/account-records.ts';
import { ConnectionRecordSource } from './relay/connection-record-source.ts';

/** One source for each room that holds something about accounts: a new room adds its own here. */
export function createRecords({ live, stores }: Parts, rooms: Rooms): AccountRecords {
  return new AccountRecords([
    new AccountRecordSource(stores.accounts),
    new DeviceRecordSource(stores.accounts),
    new KeyRecordSource(stores.keys),
    new QueueRecordSource(stores.messages, () => live.current.relay.message_ttl),
    new PushRecordSource(stores.push),
    new AttachmentRecordSource(stores.attachmentUsage),
    new InviteRecordSource(stores.invites),
    new RateRecordSource(
      stores.rates,
      Object.values(rooms.limiters).map(({ scope }) => scope),
    ),
    new ConnectionRecordSource(stores.liveRecords),
    new CallRecordSource(() => toCallSettings(live.current), rooms.turn, rooms.echo),
    new LogRecordSource(() => live.current.log),
  ]);
}
