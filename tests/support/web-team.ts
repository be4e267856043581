/** People with browsers in one team, for end-to-end tests of the web app. */
import { startAppliance, type Appliance, type ApplianceOptions } from './appliance.ts';
import { startBrowser, type Profile, type TestBrowser } from './browser.ts';

type ContextOptions = Parameters<TestBrowser['openProfile']>[1];

export interface WebTeam {
  readonly appliance: Appliance;
  readonly browser: TestBrowser;
  /** Joins with the owner's link, or with an invite by the first one. */
  join(name: string, options?: ContextOptions): Promise<Profile>;
  stop(): Promise<void>;
}

export async function startWebTeam(options?: ApplianceOptions): Promise<WebTeam> {
  const [appliance, browser] = await Promise.all([startAppliance(options), startBrowser()]);
  let owner: Profile | undefined;
  return {
    appliance,
    browser,
    async join(name, contextOptions) {
      const profile = await browser.openProfile(name, contextOptions);
      if (owner === undefined) {
        owner = profile;
        await foundTeam(profile, appliance.ownerLink ?? '');
      } else await joinTeam(profile, await createInvite(owner));
      return profile;
    },
    async stop() {
      await browser.close();
      await appliance.stop();
    },
  };
}

async function foundTeam({ page, name }: Profile, link: string): Promise<void> {
  await page.goto(link);
  await page.getByLabel('Name of the team').fill('Analytical Engines');
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.getByLabel('Your name').fill(name);
  await page.getByRole('button', { name: 'Create team' }).click();
  await page.getByRole('button', { name: 'Create invite link' }).waitFor();
  await openChats(page);
}

async function joinTeam({ page, name }: Profile, link: string): Promise<void> {
  await page.goto(link);
  await page.getByLabel('Your name').fill(name);
  await page.getByRole('button', { name: 'Join' }).click();
  await page.getByRole('heading', { name: 'Chats' }).waitFor();
}

export async function createInvite({ page }: Profile): Promise<string> {
  const before = page.url();
  await goTo(page, '#/invite');
  await page.getByRole('button', { name: 'Create invite link' }).click();
  const link = await page.getByLabel('Invite link', { exact: true }).inputValue();
  await goTo(page, new URL(before).hash || '#/');
  return link;
}

export async function openChats(page: Profile['page']): Promise<void> {
  await goTo(page, '#/');
  await page.getByRole('heading', { name: 'Chats' }).waitFor();
}

/** Within the page: no reload. */
export async function goTo(page: Profile['page'], hash: string): Promise<void> {
  await page.evaluate((to) => (location.hash = to), hash);
}

/** Opens the conversation with a member, also one who has joined a moment ago. */
export async function openConversation({ page }: Profile, name: string): Promise<void> {
  await goTo(page, '#/new');
  await page.locator('vant-new-conversation').getByRole('link', { name }).click();
  await page.getByRole('textbox', { name: 'Message', exact: true }).waitFor();
}

export async function send(profile: Profile, text: string): Promise<void> {
  const field = messageField(profile);
  await field.fill(text);
  // On a phone Enter begins a new line.
  await profile.page.getByRole('button', { name: /^(Send|Save)$/ }).click();
}

export const messageField = ({ page }: Profile): ReturnType<Profile['page']['getByRole']> =>
  page.getByRole('textbox', { name: 'Message', exact: true });
