/** What the README promises to whoever has a domain: from a bare Debian to two people in browsers, over HTTPS with a certificate that a real
 * ACME server issues and that is renewed while they write. The ports are the usual ones, in a network of the machine's own. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startBrowser, type Profile, type TestBrowser } from '../support/browser.ts';
import { get } from '../support/tls/https-client.ts';
import { startPebble, type Pebble } from '../support/tls/pebble.ts';
import { createTrustingHome } from '../support/tls/trusting-home.ts';
import { createNamespace, type Namespace } from '../support/turn/network-namespaces.ts';
import { until } from '../support/until.ts';
import { engineOf, hookEngines, invite, joinTeam, textsOf } from '../support/web-engine.ts';
import { Machine, PROGRAM, type RunningScript } from './machine.ts';

const NAME = 'chat.vant.test';
/** Long enough for two people to join and write on a busy machine, before the authority wants it renewed. */
const LIFETIME_SECONDS = 180;
const RENEWAL_AFTER_MS = 90_000;

let network: Namespace;
let pebble: Pebble;
let machine: Machine;
let server: RunningScript;
let browser: TestBrowser;
let root: string;
let ownerLink: string;
let [ada, bob]: Profile[] = [];
let [adaId, bobId]: string[] = [];

beforeAll(async () => {
  network = createNamespace(200);
  pebble = await startPebble({
    address: network.hostAddress,
    namesLeadTo: network.ownAddress,
    tlsPort: 443,
    httpPort: 80,
    profiles: { brief: LIFETIME_SECONDS },
  });
  root = await pebble.root();
  machine = Machine.create('bare', network.path);
  machine.copyIn(PROGRAM, 'root/vant');
  machine.copyIn(pebble.caFile, 'root/pebble.pem');
  const rules = `--host-resolver-rules=MAP ${NAME} ${network.ownAddress}`;
  browser = await startBrowser([rules], await createTrustingHome(root));
});
afterAll(async () => {
  await browser.close();
  await server.end();
  await pebble.stop();
  await machine.remove();
  network.remove();
});

const served = async () => (await get({ host: network.ownAddress, port: 443, serverName: NAME, ca: root })).certificate;

const toPem = (der: Buffer): string =>
  `-----BEGIN CERTIFICATE-----\n${der.toString('base64').replace(/.{64}/g, '$&\n')}\n-----END CERTIFICATE-----\n`;

async function arrive(name: string, link: string): Promise<{ profile: Profile; id: string }> {
  const profile = await browser.openProfile(name);
  await hookEngines(profile.context);
  await profile.page.goto(`https://${NAME}/`);
  await engineOf(profile.page).untilState('empty');
  const { accountId } = await joinTeam(engineOf(profile.page), link, name);
  return { profile, id: accountId };
}

async function write(from: Profile, to: Profile, ids: { from: string; to: string }, text: string): Promise<void> {
  await engineOf(from.page).call('client', 'sendText', ids.to, text);
  await until(text, async () => (await textsOf(engineOf(to.page), ids.from)).includes(text), 30_000);
}

async function talk(text: string): Promise<void> {
  await write(ada!, bob!, { from: adaId!, to: bobId! }, `${text}, says Ada`);
  await write(bob!, ada!, { from: bobId!, to: adaId! }, `${text}, says Bob`);
}

describe('a bare Debian with a domain', () => {
  let issued: Awaited<ReturnType<typeof served>>;

  test('init and serve: the certificate comes by itself', async () => {
    const authority = `    directory: ${pebble.directoryUrl}\\n    ca_file: pebble.pem`;
    server = machine.start(`
      cd /root
      chmod +x vant
      ./vant init --yes --domain ${NAME} --email admin@vant.test
      sed -i 's|^  acme:$|&\\n${authority}|' vant.config.yaml
      ./vant config check
      ./vant serve & server=$!
      read line || true
      kill $server
      wait $server
    `);
    await server.untilOutput(/The authority has issued a certificate/);
    [ownerLink = ''] = await server.untilOutput(new RegExp(`https://${NAME}/join#\\S+`));
    issued = await served();
    expect(issued.subjectaltname).toBe(`DNS:${NAME}`);
    const renewAtMs = Date.parse(issued.valid_from) + RENEWAL_AFTER_MS;
    await pebble.setRenewalWindow(toPem(issued.raw), renewAtMs, renewAtMs + 1000);
  });

  test('two people open it in their browsers, and write to each other', async () => {
    ({ profile: ada, id: adaId } = await arrive('Ada', ownerLink));
    ({ profile: bob, id: bobId } = await arrive('Bob', await invite(engineOf(ada.page))));
    expect(await ada.page.evaluate(() => [isSecureContext, location.origin])).toEqual([true, `https://${NAME}`]);
    await talk('from a bare Debian');
  });

  test('the certificate is renewed, and the connections that are there go on', async () => {
    expect((await served()).serialNumber).toBe(issued.serialNumber);
    const states = () => Promise.all([ada!, bob!].map(({ page }) => engineOf(page).events('connection')));
    const before = await states();
    await server.untilOutput(/(issued a certificate[^]*){2}/, RENEWAL_AFTER_MS + 60_000);
    const renewed = await served();
    expect(renewed.serialNumber).not.toBe(issued.serialNumber);
    expect(Date.parse(renewed.valid_from)).toBeGreaterThanOrEqual(Date.parse(issued.valid_from) + RENEWAL_AFTER_MS);
    expect(pebble.output()).toMatch(/replac/i);
    await talk('with the new one');
    expect(await states()).toEqual(before);
    // Whoever comes now is shown the new one, and believes it.
    const visitor = await browser.openProfile('Visitor');
    const response = await visitor.page.goto(`https://${NAME}/`);
    const seen = await response?.securityDetails();
    expect(seen?.validTo).toBe(Date.parse(renewed.valid_to) / 1000);
    expect([...ada!.errors, ...bob!.errors, ...visitor.errors]).toEqual([]);
  });

  test('it stops in order, and has kept nothing that was written', async () => {
    const { code, output } = await server.end();
    expect(code).toBe(0);
    expect(output).not.toMatch(/from a bare Debian|with the new one/);
    const { output: found } = await machine.runIn('grep -rl "says Ada" /root/data || echo nowhere');
    expect(found).toMatch(/^nowhere$/m);
  });
});
