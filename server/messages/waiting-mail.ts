import { Envelope } from '../../wire/generated/frames.ts';
import type { DeviceAddress } from '../devices/device-address.ts';
import type { Urgency } from '../push/urgency.ts';
import type { MessageStore } from './message-store.ts';

const PAGE_SIZE = 8;
const MAX_PAGES = 8;

/** How urgent the mail is that waits for a device; undefined when none does. Asked when nobody has noted it: after a connection
 * has ended, or a node has died. A long queue without anything urgent at its beginning counts as urgent. */
export async function findUrgency(store: MessageStore, device: DeviceAddress): Promise<Urgency | undefined> {
  let cursor = '';
  for (let page = 0; page < MAX_PAGES; page++) {
    const { entries } = await store.read(device, cursor, PAGE_SIZE);
    if (entries.some(({ envelope }) => Envelope.decode(envelope).urgent)) return 'message';
    if (entries.length < PAGE_SIZE) return entries.length === 0 && cursor === '' ? undefined : 'quiet';
    cursor = entries.at(-1)?.entryId ?? '';
  }
  return 'message';
}
