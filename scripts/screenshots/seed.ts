/** Three members join the owner, who sits at a browser, and all of them talk. They use the headless client, as the terminal does. */
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { createNodePorts } from '../../cli/ports/node-ports.ts';
import { createClient, type VantClient } from '../../client/client.ts';
import type { StoredMessage } from '../../client/conversations/history.ts';
import type { AccountId } from '../../wire/ids.ts';
import { drawPicture, PEOPLE, type Person } from './people.ts';

const HOUR_MS = 3_600_000;

interface Member {
  readonly client: VantClient;
  readonly id: AccountId;
  /** How far back the messages are dated that it writes now. */
  backMs: number;
}

export interface SeededTeam {
  /** Whose conversation is shown. */
  readonly memberId: string;
  readonly groupId: string;
  /** Not used yet. */
  readonly inviteLink: string;
  close(): Promise<void>;
}

export async function seedTeam(page: Page, directory: string): Promise<SeededTeam> {
  const [, ben, chiara, mikkel] = PEOPLE;
  const members: Member[] = [];
  for (const person of [ben, chiara, mikkel])
    members.push(await joinMember(page, person, join(directory, person.name), await createInvite(page)));
  const inviteLink = await createInvite(page);
  const [b, c, m] = members as [Member, Member, Member];
  const adaId = await findAda(c);
  await writeEarlier(b, m, adaId);
  const groupId = await talkInGroup(page, adaId, [b, c, m]);
  await verify(page, c.id);
  await talkWithCustomersDesk(page, adaId, c);
  return {
    memberId: c.id,
    groupId,
    inviteLink,
    close: async () => {
      for (const { client } of members) await client.close();
    },
  };
}

/** On the page that makes invites. */
async function createInvite(page: Page): Promise<string> {
  const again = page.getByRole('button', { name: 'Invite somebody else' });
  if (await again.isVisible()) await again.click();
  await page.getByRole('button', { name: 'Create invite link' }).click();
  return page.getByLabel('Invite link', { exact: true }).inputValue();
}

async function joinMember(page: Page, person: Person, directory: string, link: string): Promise<Member> {
  const ports = createNodePorts(directory, { write: () => undefined });
  const member = { backMs: 0 } as { -readonly [K in keyof Member]: Member[K] };
  const clock = { ...ports.clock, now: () => Date.now() - member.backMs };
  member.client = createClient({ ...ports, clock }, { journalPollMs: 50 });
  const account = await member.client.join({ link, displayName: person.name, deviceName: 'Workshop' });
  member.id = account.accountId;
  await member.client.connect({ receive: true });
  const team = await member.client.team();
  await team.setProfile({
    about: person.about,
    avatar: await drawPicture(page, person),
    avatarContentType: 'image/png',
  });
  return member;
}

async function findAda({ client }: Member): Promise<AccountId> {
  const [ada] = (await (await client.team()).members()).filter(({ role }) => role === 'owner');
  if (ada === undefined) throw new Error('There is no owner.');
  return ada.accountId;
}

/** What waits unread in the list. */
async function writeEarlier(ben: Member, mikkel: Member, ada: AccountId): Promise<void> {
  mikkel.backMs = 26 * HOUR_MS;
  await mikkel.client.sendText(
    ada,
    'The new price list is online. Two typos are still in it, I will fix them tomorrow.',
  );
  mikkel.backMs = 0;
  ben.backMs = 3 * HOUR_MS;
  await ben.client.sendText(ada, 'Paint is mixed. First coat today, second one tomorrow morning.');
  ben.backMs = 2 * HOUR_MS;
  await ben.client.sendText(ada, 'Could you order sandpaper, 400 and 800?');
  ben.backMs = 0;
}

async function talkInGroup(
  page: Page,
  ada: AccountId,
  [ben, chiara, mikkel]: [Member, Member, Member],
): Promise<string> {
  const groups = await ben.client.groups();
  const id = await groups.create({ title: 'Saturday market', members: [ada, chiara.id, mikkel.id] });
  await openConversation(page, id);
  const plan = await ben.client.sendText(id, 'Who is at the stand on Saturday? I can do the morning.');
  await arrival(chiara.client, plan.text);
  const afternoon = await chiara.client.sendText(id, 'I take the afternoon, with the cargo bike for test rides.');
  await page.getByText(afternoon.text).filter({ visible: true }).first().waitFor();
  await arrival(mikkel.client, plan.text);
  const forecast = await mikkel.client.sendText(id, 'Forecast says sun from eleven. I bring the gazebo anyway.');
  await page.getByText(forecast.text).filter({ visible: true }).first().waitFor();
  await write(page, 'Perfect. I print the flyers and bring coffee ☕');
  const coffee = await arrival(ben.client, 'Perfect. I print');
  await ben.client.react(coffee.historyKey, '❤️');
  await mikkel.client.react((await arrival(mikkel.client, 'Perfect. I print')).historyKey, '❤️');
  await chiara.client.react((await arrival(chiara.client, 'Perfect. I print')).historyKey, '❤️');
  const { author } = coffee;
  const quote = { author, id: coffee.id, text: coffee.text };
  await ben.client.sendText(id, 'With oat milk for Mikkel, please. Last time was a tragedy.', { quote });
  await page.getByText('Last time was a tragedy.').filter({ visible: true }).first().waitFor();
  return id;
}

async function talkWithCustomersDesk(page: Page, ada: AccountId, chiara: Member): Promise<void> {
  await openConversation(page, chiara.id);
  const say = async (text: string): Promise<void> => {
    await chiara.client.sendText(ada, text);
    await page.getByText(text).filter({ visible: true }).first().waitFor();
  };
  await say('Morning! The touring frame from the Nielsens is here, box and all.');
  await write(page, 'Lovely. Is the fork in there, too?');
  await arrival(chiara.client, 'Lovely.');
  await say('It is, and the old headset. They ask whether it can be ready by Friday.');
  await write(page, 'Friday works if Ben paints tomorrow. I ask him.');
  const promise = await arrival(chiara.client, 'Friday works');
  await chiara.client.markRead(ada);
  const quote = { author: promise.author, id: promise.id, text: promise.text };
  await chiara.client.sendText(ada, 'Tell him I owe him a cinnamon bun.', { quote });
  await page.getByText('cinnamon bun').filter({ visible: true }).first().waitFor();
  await write(page, 'He heard “cinnamon bun” and is already in the paint room.');
  const heard = await arrival(chiara.client, 'He heard');
  await chiara.client.react(heard.historyKey, '😂');
  await chiara.client.markRead(ada);
  await page.getByText('😂').filter({ visible: true }).first().waitFor();
}

/** Marked on the page, as a person does after comparing. */
async function verify(page: Page, accountId: string): Promise<void> {
  await page.evaluate((id) => (location.hash = `#/safety-number/${id}`), accountId);
  await page.getByRole('button', { name: 'Mark as verified' }).click();
  await page.getByRole('button', { name: 'Clear the mark' }).waitFor();
}

async function openConversation(page: Page, id: string): Promise<void> {
  await page.evaluate((to) => (location.hash = `#/conversation/${encodeURIComponent(to)}`), id);
  await page.getByRole('textbox', { name: 'Message', exact: true }).waitFor();
}

async function write(page: Page, text: string): Promise<void> {
  await page.getByRole('textbox', { name: 'Message', exact: true }).fill(text);
  await page.getByRole('button', { name: 'Send', exact: true }).click();
}

/** The message that begins so, when it has come. */
async function arrival(client: VantClient, beginning: string): Promise<StoredMessage> {
  const find = async (): Promise<StoredMessage | undefined> => {
    for (const { last } of await client.conversations())
      if (last !== undefined)
        for (const message of await client.messages(last.conversation, { limit: 20 }))
          if (message.text.startsWith(beginning)) return message;
    return undefined;
  };
  const found = await find();
  if (found !== undefined) return found;
  return new Promise((resolve) => {
    const stop = client.on('message', () => {
      void find().then((message) => {
        if (message === undefined) return;
        stop();
        resolve(message);
      });
    });
  });
}
