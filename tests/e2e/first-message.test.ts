/** From the owner's link to the first message, in two browsers. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { messageField, openConversation, send, startWebTeam, type WebTeam } from '../support/web-team.ts';

let team: WebTeam;
beforeAll(async () => {
  team = await startWebTeam();
});
afterAll(() => team.stop());

describe('two people with only a browser and a link', () => {
  it('talk to each other', async () => {
    const ada = await team.join('Ada');
    const bob = await team.join('Bob');
    await openConversation(bob, 'Ada');
    await send(bob, 'Hello Ada');
    await ada.page.reload();
    await ada.page.getByRole('link', { name: /Bob/ }).click();
    await ada.page.getByRole('listitem').getByText('Hello Ada').last().waitFor();
    await messageField(ada).fill('Hello Bob');
    await ada.page.keyboard.press('Enter');
    await bob.page.getByRole('listitem').getByText('Hello Bob').last().waitFor();
    expect([...ada.errors, ...bob.errors]).toEqual([]);
  });
});
