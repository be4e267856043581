/** From the keys on this machine to providers that know them. */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { ROUTES } from '../../wire/routes.ts';
import type { ServerInfo } from '../../wire/schemas.ts';
import { describeNetworkError } from '../push/describe-network-error.ts';
import { GuardedHttps } from '../push/guarded-https.ts';
import { findEnabledKinds, readApnsKey, readAuthorities, readServiceAccount } from '../push/open-providers.ts';
import { ApnsProvider } from '../push/providers/apns.ts';
import { FcmProvider } from '../push/providers/fcm.ts';
import { createAddressCheck } from '../push/public-address.ts';
import type { PushOutcome, Wake } from '../push/push-provider.ts';
import { ServiceAccount } from '../push/service-account.ts';
import { DATA_KEY_FILE } from '../storage/data-key.ts';
import { ask } from './ask.ts';
import { failure, ok, warning, type Check, type CheckContext, type Finding } from './check.ts';

/** Where the browsers' subscriptions lead: Chrome and Edge on Android, Firefox, Safari. */
const PUSH_SERVICES = [
  'https://fcm.googleapis.com',
  'https://updates.push.services.mozilla.com',
  'https://web.push.apple.com',
] as const;
const READABLE_BY_OTHERS = 0o077;
const SERVER_TIMEOUT_MS = 5_000;
/** For a token that does not exist: what the provider answers shows whether it knows our key. */
const PROBE: Wake = { urgency: 'quiet', ttlSeconds: 0, registeredAt: 0 };
const NO_TRACE = () => undefined;

export function createPushChecks(context: CheckContext): readonly Check[] {
  const { config, secrets } = context.loaded;
  const kinds = findEnabledKinds(config.push, secrets.push);
  const isWeb = kinds.includes('webPush') || kinds.includes('unifiedPush');
  return [
    { name: 'secret key', option: 'storage.data_dir', run: async () => checkDataKey(context) },
    { name: 'kinds of push', option: 'push', run: async () => checkKinds(kinds) },
    ...(kinds.includes('webPush') ? createWebChecks(context) : []),
    ...(isWeb ? PUSH_SERVICES.map((origin) => createReachCheck(context, origin)) : []),
    ...(kinds.includes('apns') ? createApnsChecks(context) : []),
    ...(kinds.includes('fcm')
      ? [{ name: 'FCM', option: 'push.fcm.service_account', run: () => checkFcm(context) }]
      : []),
    { name: 'the running server', option: 'server.public_url', run: () => checkServer(context, kinds) },
  ];
}

function checkDataKey({ loaded: { config } }: CheckContext): Finding {
  const path = join(config.storage.data_dir, DATA_KEY_FILE);
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined) {
    return warning(
      `there is no ${path} yet`,
      'The server makes it at its first start. Run this as the user of the server.',
    );
  }
  if ((stats.mode & READABLE_BY_OTHERS) !== 0) {
    return failure(`others may read ${path}, which opens all push addresses`, `Close it: chmod 600 ${path}`);
  }
  return ok(`${path} is there, for its owner only`);
}

function checkKinds(kinds: readonly string[]): Finding {
  if (kinds.length > 0) return ok(kinds.join(', '));
  return warning('no provider is on, so nobody is woken', 'Set push.web_push.enabled to true.');
}

function createWebChecks({ loaded: { config } }: CheckContext): Check[] {
  const isHttps = config.server.public_url.startsWith('https:');
  const isUnset = config.push.web_push.contact === 'https://localhost';
  return [
    {
      name: 'address of the web app',
      option: 'server.public_url',
      run: async () =>
        isHttps
          ? ok(config.server.public_url)
          : warning(
              `${config.server.public_url} is not https, so browsers elsewhere allow no push`,
              'Put TLS in front, and set server.public_url.',
            ),
    },
    {
      name: 'contact of Web Push',
      option: 'push.web_push.contact',
      run: async () =>
        isUnset
          ? warning(
              'it leads nowhere, and Apple refuses that',
              'Set it to mailto:YOU@YOUR-DOMAIN, or server.public_url to an https address.',
            )
          : ok(config.push.web_push.contact),
    },
  ];
}

function createReachCheck({ loaded: { config } }: CheckContext, origin: string): Check {
  const { hostname } = new URL(origin);
  const run = async (): Promise<Finding> => {
    const https = new GuardedHttps({
      isAllowed: createAddressCheck(config.push.allow_private),
      ca: readAuthorities(config.push.ca_file),
    });
    try {
      const { status } = await https.post(new URL(origin), {}, new Uint8Array(), NO_TRACE);
      return ok(`answers (${status})`);
    } catch (error) {
      return warning(
        `cannot be reached: ${describeNetworkError(error)}`,
        `Let this machine out to ${hostname}, port 443; browsers that use it are not woken otherwise.`,
      );
    } finally {
      https.close();
    }
  };
  return { name: hostname, option: 'push.web_push', run };
}

function createApnsChecks({ loaded: { config, secrets } }: CheckContext): Check[] {
  const { apns, ca_file } = config.push;
  const { key_id: keyId = '', team_id: teamId = '', topics, endpoint, sandbox_endpoint: sandboxEndpoint } = apns;
  const check = async (sandbox: boolean): Promise<Finding> => {
    const key = readApnsKey(secrets.push.apns.key);
    const ca = readAuthorities(ca_file);
    const provider = new ApnsProvider({ key, keyId, teamId, topics, endpoint, sandboxEndpoint, ca, now: Date.now });
    const target = { kind: 'apns', token: '00'.repeat(32), topic: topics[0] ?? '', sandbox } as const;
    try {
      return judge(await provider.send(target, PROBE, NO_TRACE), 'Apple', 'key, key_id, team_id and topics');
    } finally {
      provider.close();
    }
  };
  return [
    { name: 'APNs', option: 'push.apns', run: () => asFinding(() => check(false)) },
    {
      name: 'APNs sandbox',
      option: 'push.apns.sandbox_endpoint',
      run: async () => {
        const finding = await asFinding(() => check(true));
        // Only development builds need it.
        return finding.status === 'error' ? { ...finding, status: 'warning' } : finding;
      },
    },
  ];
}

function checkFcm({ loaded: { config, secrets } }: CheckContext): Promise<Finding> {
  return asFinding(async () => {
    const ca = readAuthorities(config.push.ca_file);
    const account = new ServiceAccount(readServiceAccount(secrets.push.fcm.service_account), ca, Date.now);
    const provider = new FcmProvider({ account, endpoint: config.push.fcm.endpoint, ca, now: Date.now });
    try {
      const target = { kind: 'fcm', token: 'a-token-that-does-not-exist' } as const;
      return judge(await provider.send(target, PROBE, NO_TRACE), 'Google', 'service_account');
    } finally {
      provider.close();
    }
  });
}

/** Of a token that does not exist: that it is dead or malformed is the good answer, because only a known sender gets it. */
function judge(outcome: PushOutcome, who: string, options: string): Finding {
  if (outcome.status === 'later') {
    const isOurs = /403|401|refused/.test(outcome.detail);
    return failure(
      isOurs ? `${who} refuses our key: ${outcome.detail}` : `${who} cannot be reached: ${outcome.detail}`,
      isOurs ? `Compare ${options} with what ${who} shows.` : 'Let this machine out to it, port 443.',
    );
  }
  return ok(`${who} knows our key (${outcome.detail})`);
}

/** Keys that do not parse say so themselves. */
async function asFinding(check: () => Promise<Finding>): Promise<Finding> {
  try {
    return await check();
  } catch (error) {
    return failure((error as Error).message, 'Give the file as you got it.');
  }
}

async function checkServer({ loaded: { config } }: CheckContext, kinds: readonly string[]): Promise<Finding> {
  let info: ServerInfo;
  try {
    const url = new URL(ROUTES.getServer.path, config.server.public_url);
    info = JSON.parse((await ask(url, { timeoutMs: SERVER_TIMEOUT_MS })).text) as ServerInfo;
  } catch (error) {
    return warning(
      `${config.server.public_url} does not answer: ${describeNetworkError(error)}`,
      'Start the server, or run this where it can be reached.',
    );
  }
  const running = info.push.kinds;
  if (running.join() === kinds.join()) return ok(`it pushes over ${running.join(', ') || 'nothing'}`);
  return warning(
    `it pushes over ${running.join(', ') || 'nothing'}, and the configuration says ${kinds.join(', ') || 'nothing'}`,
    'Restart it. If it still pushes over nothing, its log names the reason (secret.key of several nodes).',
  );
}
