/** The providers that the configuration switches on. Each is made when it is needed first: an idle server holds none of their
 * libraries. */
import { createPrivateKey, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Config, Secrets } from '../../config/schema.ts';
import type { Secret } from '../../config/secret.ts';
import type { PushKind } from '../../wire/schemas.ts';
import type { Rate } from '../limits/rate-store.ts';
import type { PushProvider } from './push-provider.ts';
import { createAddressCheck } from './public-address.ts';
import { parseServiceAccount, ServiceAccount, type ServiceAccountFile } from './service-account.ts';
import type { Vapid } from './vapid.ts';

export interface Providers {
  readonly kinds: readonly PushKind[];
  get(kind: PushKind): Promise<PushProvider>;
  close(): Promise<void>;
}

type PushConfig = Config['push'];
type Open = () => Promise<PushProvider>;

export function findEnabledKinds({ web_push, unified_push, apns }: PushConfig, secrets: Secrets['push']): PushKind[] {
  const isEnabled: Record<PushKind, boolean> = {
    webPush: web_push.enabled,
    unifiedPush: unified_push.enabled,
    apns: apns.key_id !== undefined,
    fcm: secrets.fcm.service_account !== undefined,
  };
  return (Object.keys(isEnabled) as PushKind[]).filter((kind) => isEnabled[kind]);
}

export function rateOf({ web_push, unified_push, apns, fcm }: PushConfig, kind: PushKind): Rate {
  return { webPush: web_push, unifiedPush: unified_push, apns, fcm }[kind].rate;
}

/** Keys that do not parse are told at the start, and not when the first device should be woken. */
export class PushSetupError extends Error {
  override readonly name = 'PushSetupError';
}

export function readApnsKey(secret: Secret | undefined): KeyObject {
  try {
    const key = createPrivateKey(secret?.reveal() ?? '');
    if (key.asymmetricKeyDetails?.namedCurve === 'prime256v1') return key;
  } catch {
    // Said below: an error of the library may quote the file.
  }
  throw new PushSetupError('push.apns.key is no private key of P-256 in PEM: take the .p8 file as Apple gives it.');
}

export function readServiceAccount(secret: Secret | undefined): ServiceAccountFile {
  try {
    return parseServiceAccount(secret?.reveal() ?? '');
  } catch (error) {
    throw new PushSetupError(`push.fcm.service_account cannot be used: ${(error as Error).message}.`, { cause: error });
  }
}

interface Means {
  readonly config: PushConfig;
  readonly secrets: Secrets['push'];
  /** Undefined where this node cannot push. */
  readonly vapid: Vapid | undefined;
  readonly now: () => number;
}

/** @throws PushSetupError */
export function openProviders({ config, secrets, vapid, now }: Means): Providers {
  const kinds = findEnabledKinds(config, secrets);
  const ca = readAuthorities(config.ca_file);
  const isAllowed = createAddressCheck(config.allow_private);
  const openWebPush = (kind: 'webPush' | 'unifiedPush') => async () => {
    const [{ WebPushProvider }, { GuardedHttps }] = await Promise.all([
      import('./providers/web-push.ts'),
      import('./guarded-https.ts'),
    ]);
    if (vapid === undefined) throw new Error('this node has no VAPID key');
    return new WebPushProvider({ kind, https: new GuardedHttps({ isAllowed, ca }), vapid, now });
  };
  const open: Partial<Record<PushKind, Open>> = {
    webPush: openWebPush('webPush'),
    unifiedPush: openWebPush('unifiedPush'),
    ...(kinds.includes('apns') && { apns: prepareApns(config.apns, secrets, ca, now) }),
    ...(kinds.includes('fcm') && { fcm: prepareFcm(config.fcm, secrets, ca, now) }),
  };
  const opened = new Map<PushKind, Promise<PushProvider>>();
  return {
    kinds,
    get(kind) {
      const provider = opened.get(kind) ?? open[kind]?.() ?? Promise.reject(new Error(`${kind} is off`));
      opened.set(kind, provider);
      return provider;
    },
    async close() {
      for (const provider of opened.values()) (await provider).close();
    },
  };
}

function prepareApns(
  config: PushConfig['apns'],
  secrets: Secrets['push'],
  ca: string[] | undefined,
  now: () => number,
): Open {
  const key = readApnsKey(secrets.apns.key);
  const { key_id: keyId = '', team_id: teamId = '', topics, endpoint, sandbox_endpoint: sandboxEndpoint } = config;
  return async () => {
    const { ApnsProvider } = await import('./providers/apns.ts');
    return new ApnsProvider({ key, keyId, teamId, topics, endpoint, sandboxEndpoint, ca, now });
  };
}

function prepareFcm(
  { endpoint }: PushConfig['fcm'],
  secrets: Secrets['push'],
  ca: string[] | undefined,
  now: () => number,
): Open {
  const file = readServiceAccount(secrets.fcm.service_account);
  return async () => {
    const { FcmProvider } = await import('./providers/fcm.ts');
    return new FcmProvider({ account: new ServiceAccount(file, ca, now), endpoint, ca, now });
  };
}

/** Setting one's own takes the place of the public ones, so they are named, too. */
export function readAuthorities(caFile: string | undefined): string[] | undefined {
  if (caFile === undefined) return undefined;
  // Not imported by name: that would read every export of the module, and this one is large.
  return [...process.getBuiltinModule('node:tls').rootCertificates, readFileSync(caFile, 'utf8')];
}
