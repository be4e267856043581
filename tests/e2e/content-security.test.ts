/** The content security policy in a real browser: nothing of ours is against it, and everything else is refused. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startAppliance, type Appliance } from '../support/appliance.ts';
import { startBrowser, type Profile, type TestBrowser } from '../support/browser.ts';
import { engineOf, hookEngines, invite, joinTeam, type WebEngine } from '../support/web-engine.ts';

const PAGES = [
  'settings',
  'settings/profile',
  'settings/privacy',
  'settings/storage',
  'settings/devices',
  'settings/appearance',
  'settings/keyboard',
  'settings/notifications',
  'settings/invites',
  'settings/server-records',
  'settings/about',
  'invite',
  'admin',
];

let appliance: Appliance;
let browser: TestBrowser;
let ada: Profile;
let engine: WebEngine;
let bobId: string;
const violations: string[] = [];

beforeAll(async () => {
  [appliance, browser] = await Promise.all([startAppliance(), startBrowser()]);
  ada = await browser.openProfile('Ada');
  await hookEngines(ada.context);
  await ada.context.exposeFunction('noteViolation', (text: string) => violations.push(text));
  await ada.context.addInitScript(() => {
    addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI, sample }) => {
      (globalThis as unknown as { noteViolation: (text: string) => void }).noteViolation(
        `${violatedDirective} ${blockedURI} ${sample}`,
      );
    });
  });
  await ada.context.addInitScript(defineAttacks);
  await ada.page.goto(appliance.ownerLink!);
  engine = engineOf(ada.page);
  await engine.untilState('empty');
});
afterAll(async () => {
  await browser.close();
  await appliance.stop();
});

describe('our own pages', () => {
  it('are never against the policy', async () => {
    await ada.page.getByRole('textbox').first().waitFor();
    await joinTeam(engine, appliance.ownerLink!, 'Ada');
    const bob = await browser.openProfile('Bob');
    await hookEngines(bob.context);
    await bob.page.goto(appliance.url);
    await engineOf(bob.page).untilState('empty');
    const { accountId } = await joinTeam(engineOf(bob.page), await invite(engine), 'Bob');
    bobId = accountId;
    await engine.call('client', 'sendText', bobId, 'see https://example.org and *this*');
    await ada.page.goto(appliance.url);
    for (const path of [`conversation/${bobId}`, `member/${bobId}`, `safety-number/${bobId}`, ...PAGES]) {
      await ada.page.evaluate((to) => (location.hash = `#/${to}`), path);
      // Two frames: what is rendered then has asked for all that it wants.
      await ada.page.evaluate(
        () => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))),
      );
      await ada.page.waitForLoadState('networkidle');
    }
    await engine.call('search', 'search', 'see');
    await engine.call('vault', 'setPassphrase', 'words');
    await engine.call('vault', 'removePassphrase', { kind: 'passphrase', passphrase: 'words' });
    expect(violations).toEqual([]);
    expect(ada.errors.filter((text) => /policy|trusted/i.test(text))).toEqual([]);
  });
});

describe('what is not ours', () => {
  it.each(['eval', 'function', 'markup', 'policy'])('%s of a text is refused', async (name) => {
    expect(await attack(name)).toMatch(/Trusted|policy|unsafe-eval|disallowed/i);
    await expectUnharmed();
  });

  it.each([
    ['inlineScript', 'script-src|trusted-types'],
    ['inlineHandler', 'script-src|trusted-types'],
    ['picture', 'img-src'],
    ['request', 'connect-src'],
    ['frame', 'frame-src|default-src'],
    ['form', 'form-action'],
  ] as const)('%s is refused', async (name, directives) => {
    const before = violations.length;
    await attack(name);
    await expect.poll(() => violations.length, { timeout: 10_000 }).toBeGreaterThan(before);
    expect(violations.slice(before).join('\n')).toMatch(new RegExp(directives));
    await expectUnharmed();
  });

  it('cannot be evaluated in the worker either', async () => {
    const [worker] = ada.page.workers();
    const outcome = await worker!.evaluate(
      () =>
        new Promise((resolve) =>
          setTimeout(() => {
            try {
              resolve(Reflect.apply(eval, undefined, ['1']));
            } catch (error) {
              resolve(String(error));
            }
          }),
        ),
    );
    expect(outcome).toMatch(/Trusted|policy|unsafe-eval/i);
  });
});

const expectUnharmed = async (): Promise<void> =>
  expect(await ada.page.evaluate(() => 'isPwned' in globalThis)).toBe(false);

/** In a task of the page: what the developer tools run themselves is allowed more. */
const attack = (name: string): Promise<string> =>
  ada.page.evaluate(
    (wanted) =>
      new Promise<string>((resolve) =>
        setTimeout(() => {
          try {
            (globalThis as unknown as { attacks: Record<string, () => unknown> }).attacks[wanted]!();
            resolve('nothing was thrown');
          } catch (error) {
            resolve(String(error));
          }
        }),
      ),
    name,
  );

/** Runs in the page. */
function defineAttacks(): void {
  const code = 'globalThis.isPwned = true';
  const factory = (globalThis as unknown as { trustedTypes: { createPolicy(name: string, rules: object): unknown } })
    .trustedTypes;
  const append = (tag: string, attributes: Record<string, string>): HTMLElement => {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    document.body.append(element);
    return element;
  };
  const attacks = {
    eval: () => Reflect.apply(eval, undefined, [code]) as unknown,
    function: () => (Reflect.construct(Function, [code]) as () => unknown)(),
    markup: () => (document.body.innerHTML = `<img src=x onerror="${code}">`),
    policy: () => factory.createPolicy('evil', {}),
    inlineScript: () => {
      const script = document.createElement('script');
      script.append(code);
      document.head.append(script);
    },
    inlineHandler: () => append('button', { onclick: code }).click(),
    picture: () => append('img', { src: 'https://example.org/pixel.png' }),
    request: () => void fetch('https://example.org/').catch(() => undefined),
    frame: () => append('iframe', { src: 'https://example.org/' }),
    form: () => (append('form', { action: 'https://example.org/' }) as HTMLFormElement).submit(),
  };
  Object.assign(globalThis, { attacks });
}
