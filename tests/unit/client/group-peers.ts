/** Members of a group without a network: what one puts into its outbox is handed to the others by the test, in the order of
 * its choice. Their logic and stores are the real ones. */
import { Content } from '../../../wire/generated/content.ts';
import type { AccountId } from '../../../wire/ids.ts';
import { changeGroup, createGroup, type NewGroup } from '../../../client/groups/change-group.ts';
import type { GroupOperation } from '../../../client/groups/group-operation.ts';
import { getGroup } from '../../../client/groups/group-store.ts';
import { receiveArrival } from '../../../client/messaging/apply-arrival.ts';
import { compose } from '../../../client/messaging/compose.ts';
import { textBody } from '../../../client/messaging/content.ts';
import type { ActionContext } from '../../../client/messaging/message-actions.ts';
import { deleteOutboxItem, firstFor, listFirst } from '../../../client/messaging/outbox.ts';
import { listMessages } from '../../../client/conversations/history.ts';
import { createMemoryStorage, type MemoryStorage } from './memory-storage.ts';

const startMs = 1_700_000_000_000;

export const accountIdOf = (number: number): AccountId =>
  `00000000-0000-4000-8000-${number.toString(16).padStart(12, '0')}` as AccountId;

export class Peer {
  readonly id: AccountId;
  readonly storage: MemoryStorage = createMemoryStorage();
  readonly #random: () => number;
  #now = startMs;

  constructor(number: number, random: () => number) {
    this.id = accountIdOf(number);
    this.#random = random;
  }

  act<T>(work: (context: ActionContext) => Promise<T>): Promise<T> {
    const clock = { now: () => this.#now++, setTimer: () => () => undefined };
    const random = { bytes: (count: number) => Uint8Array.from({ length: count }, () => this.#random() * 256) };
    const account = { accountId: this.id, deviceId: 1 } as ActionContext['account'];
    return this.storage.transaction((tx) => work({ ports: { clock, random }, tx, account }));
  }

  create(group: NewGroup): Promise<string> {
    return this.act((context) => createGroup(context, group));
  }

  change(id: string, operation: GroupOperation): Promise<void> {
    return this.act((context) => changeGroup(context, id, operation));
  }

  async say(conversation: string, text: string): Promise<void> {
    await this.act(({ ports, tx, account }) => compose(ports, tx, account, conversation, textBody(text)));
  }

  async state(id: string) {
    return (await this.storage.transaction((tx) => getGroup(tx, id)))?.state;
  }

  async texts(id: string): Promise<string[]> {
    const messages = await this.storage.transaction((tx) => listMessages(tx, id, { limit: 1000 }));
    return messages.filter(({ kind }) => kind === 'text').map(({ text }) => text);
  }

  async changes(id: string): Promise<string[]> {
    const messages = await this.storage.transaction((tx) => listMessages(tx, id, { limit: 1000 }));
    return messages.flatMap(({ notice }) => (notice?.type === 'group' ? notice.changes.map(({ type }) => type) : []));
  }

  /** For whom something waits, without one's own devices. */
  async recipients(): Promise<AccountId[]> {
    return (await this.storage.transaction((tx) => listFirst(tx)))
      .map(({ value }) => value.recipient)
      .filter((recipient) => recipient !== this.id);
  }

  /** The oldest that waits for `recipient`, out of the outbox. */
  async take(recipient: AccountId): Promise<Content | undefined> {
    return this.storage.transaction(async (tx) => {
      const first = await firstFor(tx, recipient);
      if (first === undefined) return undefined;
      await deleteOutboxItem(tx, first.key);
      return Content.decode(first.value.bytes);
    });
  }

  async receive(author: AccountId, content: Content): Promise<void> {
    await this.act((context) =>
      receiveArrival(context, {
        ...{ self: this.id, author, authorDevice: 1, peer: author, receivedAt: this.#now },
        serverTimestamp: this.#now,
        content,
      }),
    );
  }
}

/** Delivers the oldest of one sender to one recipient. False when there is none. */
export async function deliverOne(from: Peer, to: Peer): Promise<boolean> {
  const content = await from.take(to.id);
  if (content !== undefined) await to.receive(from.id, content);
  return content !== undefined;
}

/** Until nothing waits any more, in an order that `choose` decides; each sender's messages keep theirs. */
export async function deliverAll(peers: readonly Peer[], choose: (below: number) => number = () => 0): Promise<void> {
  for (;;) {
    const lines: [Peer, Peer][] = [];
    for (const from of peers) {
      const recipients = await from.recipients();
      lines.push(...peers.filter(({ id }) => recipients.includes(id)).map((to): [Peer, Peer] => [from, to]));
    }
    const line = lines[choose(lines.length)];
    if (line === undefined) return;
    await deliverOne(...line);
  }
}
