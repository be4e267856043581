/** What two people do with messages, each in a browser. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Profile } from '../support/browser.ts';
import { goTo, messageField, openConversation, send, startWebTeam, type WebTeam } from '../support/web-team.ts';

let team: WebTeam;
let ada: Profile;
let grace: Profile;
beforeAll(async () => {
  team = await startWebTeam();
  ada = await team.join('Ada Lovelace');
  grace = await team.join('Grace Hopper');
  await openConversation(ada, 'Grace Hopper');
  await openConversation(grace, 'Ada Lovelace');
});
afterAll(() => team.stop());

const row = ({ page }: Profile, text: string) => page.locator('.row', { hasText: text }).first();
const status = (profile: Profile, text: string) => row(profile, text).locator('[data-status]');

async function chooseFromMenu(profile: Profile, text: string, item: string): Promise<void> {
  await row(profile, text).locator('.text').first().click({ button: 'right' });
  await profile.page.getByRole('menuitem', { name: item, exact: true }).click();
}

describe('a message', () => {
  it('goes from sent to read', async () => {
    await send(ada, 'Did the compiler survive the night?');
    await row(grace, 'survive the night').waitFor();
    await expect.poll(() => status(ada, 'survive the night').getAttribute('data-status')).toBe('read');
  });

  it('has the styles that were typed, and links that give nothing away', async () => {
    await send(ada, 'A **bold** claim, see https://example.org/a_b_c. ||It is true||');
    expect(await row(grace, 'claim').locator('.bold').textContent()).toBe('bold');
    const link = row(grace, 'claim').getByRole('link');
    expect(await link.getAttribute('href')).toBe('https://example.org/a_b_c');
    expect(await link.getAttribute('rel')).toBe('noopener noreferrer');
    await row(grace, 'claim').getByRole('button', { name: 'Spoiler: show' }).click();
    await row(grace, 'claim').getByText('It is true').waitFor();
  });

  it('asks before it opens an address that pretends to be another', async () => {
    await send(ada, 'https://bank.example@evil.example/');
    await row(grace, 'evil.example').getByRole('link').click();
    await grace.page.getByRole('heading', { name: 'Open this address?' }).waitFor();
    const warning = await grace.page.locator('vant-dialog').textContent();
    expect(warning).toContain('It leads to: https://bank.example@evil.example/');
    await grace.page.getByRole('button', { name: 'Cancel' }).click();
  });

  it('is answered, with a quote that leads back', async () => {
    await chooseFromMenu(grace, 'survive the night', 'Reply');
    await send(grace, 'It did, but for one moth');
    const quote = row(ada, 'one moth').locator('.quote');
    expect(await quote.textContent()).toContain('survive the night');
    await quote.click();
    await ada.page.locator('.row.marked', { hasText: 'Did the compiler' }).waitFor();
  });

  it('is reacted to, and the reaction taken back', async () => {
    await row(ada, 'one moth').locator('.text').hover();
    await ada.page.getByRole('button', { name: 'React', exact: true }).click();
    await ada.page.getByRole('button', { name: 'React with 👍' }).click();
    await row(grace, 'one moth').getByRole('button', { name: /👍/ }).click();
    await grace.page.getByRole('dialog', { name: 'Reactions' }).getByText('Ada Lovelace').waitFor();
    await grace.page.keyboard.press('Escape');
    await row(ada, 'one moth').getByRole('button', { name: /👍/ }).click();
    await ada.page.getByRole('button', { name: 'Remove' }).click();
    await expect.poll(() => row(grace, 'one moth').locator('.reaction').count()).toBe(0);
  });

  it('is edited with the arrow key, though it was sent a moment ago', async () => {
    await messageField(grace).fill('removed by hant');
    await messageField(grace).evaluate((field) => {
      for (const key of ['Enter', 'ArrowUp']) field.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }));
    });
    await expect.poll(() => messageField(grace).inputValue()).toBe('removed by hant');
    await send(grace, 'removed by hand');
    await row(ada, 'removed by hand').getByText('edited').waitFor();
  });

  it('is deleted for everyone', async () => {
    await send(ada, 'This was a mistake');
    await row(grace, 'This was a mistake').waitFor();
    await chooseFromMenu(ada, 'This was a mistake', 'Delete');
    await ada.page.getByRole('button', { name: 'Delete for everyone' }).click();
    await grace.page.locator('.row').getByText('This message was deleted.').waitFor();
    await ada.page.locator('.row').getByText('You deleted this message.').waitFor();
  });

  it('tells of each recipient when it was delivered and read', async () => {
    await chooseFromMenu(ada, 'Did the compiler', 'Info');
    await ada.page.getByText(/^Read: /).waitFor();
    await ada.page.getByRole('button', { name: 'Close' }).click();
  });

  it('is found by its words, and shown in its place', async () => {
    await ada.page.keyboard.press('Control+k');
    await ada.page.keyboard.type('moth');
    await ada.page.locator('.hit', { hasText: 'one moth' }).click();
    await ada.page.locator('.row.marked', { hasText: 'one moth' }).waitFor();
    await ada.page.getByLabel('Search', { exact: true }).fill('');
  });
});

describe('what is being written', () => {
  it('is kept elsewhere, and over a reload', async () => {
    await messageField(ada).fill('Not finished ye');
    await messageField(ada).press('t');
    await goTo(ada.page, '#/');
    const draft = ada.page.getByRole('link', { name: /Draft:\s*Not finished yet/ });
    await draft.waitFor();
    await ada.page.reload();
    await draft.click();
    await expect.poll(() => messageField(ada).inputValue()).toBe('Not finished yet');
    await messageField(ada).fill('');
  });

  it('is shown to the other one as typing', async () => {
    await messageField(ada).pressSequentially('Hm');
    await grace.page.getByText('Ada Lovelace is typing …').waitFor();
    await messageField(ada).fill('');
  });

  it('is not sent by the Enter that ends a composition', async () => {
    await messageField(ada).fill('にほん');
    await messageField(ada).dispatchEvent('keydown', { key: 'Enter', isComposing: true, bubbles: true });
    expect(await messageField(ada).inputValue()).toBe('にほん');
    await messageField(ada).fill('');
  });

  it('waits while there is no network, and leaves once when it is back', async () => {
    await ada.context.setOffline(true);
    await send(ada, 'Written on a train');
    expect(await status(ada, 'on a train').getAttribute('data-status')).toBe('queued');
    await ada.context.setOffline(false);
    await row(grace, 'Written on a train').waitFor();
    await expect.poll(() => status(ada, 'on a train').getAttribute('data-status')).toBe('read');
    expect(await row(grace, 'Written on a train').count()).toBe(1);
  });

  it('takes emoji from the picker, by keyboard alone', async () => {
    await messageField(ada).press('Control+j');
    await ada.page.getByLabel('Search emoji').fill('butterfly');
    await ada.page.getByRole('button', { name: 'butterfly' }).waitFor();
    await ada.page.keyboard.press('Enter');
    await ada.page.keyboard.press('Escape');
    await expect.poll(() => messageField(ada).inputValue()).toBe('🦋');
    await messageField(ada).press('Enter');
    await grace.page.locator('.text.large').waitFor();
  });
});

describe('a conversation', () => {
  it('is pinned, muted, archived from its menu in the list', async () => {
    const list = ada.page.getByRole('navigation', { name: 'Conversations' });
    const choose = async (item: string): Promise<void> => {
      await list.getByRole('link', { name: /Grace Hopper/ }).click({ button: 'right' });
      await ada.page.getByRole('menuitem', { name: item, exact: true }).click();
    };
    await choose('Pin');
    await list.getByRole('img', { name: 'Pinned' }).waitFor();
    await choose('Mute always');
    await list.getByRole('img', { name: 'Muted' }).waitFor();
    await choose('Archive');
    await list.getByRole('button', { name: 'Archived (1)' }).click();
    await choose('Move out of the archive');
  });

  it('counts what has not been read', async () => {
    await grace.page.keyboard.press('Escape');
    await grace.page.getByRole('heading', { name: 'Choose a conversation' }).waitFor();
    await send(ada, 'Are you there?');
    await grace.page.getByRole('img', { name: '1 unread' }).waitFor();
    await expect.poll(() => grace.page.title()).toBe('(1) Vant');
    await grace.page.getByRole('link', { name: /Ada Lovelace/ }).click();
    await grace.page.getByText('New messages', { exact: true }).waitFor();
    await expect.poll(() => grace.page.title()).toBe('Vant');
  });

  it('has a timer after which messages go away', async () => {
    await ada.page
      .getByRole('button', { name: /Grace Hopper/ })
      .last()
      .click();
    await ada.page.getByLabel('Disappearing messages').selectOption('30');
    await grace.page
      .locator('.notice', { hasText: 'Ada Lovelace set messages to disappear after 30 seconds.' })
      .waitFor();
  });

  it('has shown no error to anybody', () => {
    expect([...ada.errors, ...grace.errors]).toEqual([]);
  });
});
