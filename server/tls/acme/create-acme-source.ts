import { readFileSync } from 'node:fs';
import type { Config, Secrets } from '../../../config/schema.ts';
import type { Parts } from '../../app-parts.ts';
import { createPushClock } from '../../push/clock.ts';
import type { StateStore } from '../state-store.ts';
import { AcmeSource, type AcmeSettings } from './acme-source.ts';
import { PendingChallenges } from './pending-challenges.ts';

export function createAcmeSource({ config, secrets, log, now }: Parts, store: StateStore) {
  const challenges = new PendingChallenges();
  const settings = toAcmeSettings(config, secrets);
  const source = new AcmeSource({ settings, store, challenges, clock: createPushClock(now), log });
  return { source, answers: challenges };
}

/** From the words of the YAML file. */
function toAcmeSettings({ tls }: Config, { tls: secret }: Secrets): AcmeSettings {
  const { acme, names, http_listen: httpListen } = tls;
  const key = secret.acme.eab_key?.reveal();
  const hasHttp = httpListen.length > 0;
  return {
    directoryUrl: acme.directory,
    names,
    email: acme.email,
    profile: acme.profile,
    challengeTypes:
      acme.challenge !== 'auto' ? [acme.challenge] : hasHttp ? ['tls-alpn-01', 'http-01'] : ['tls-alpn-01'],
    ca: acme.ca_file === undefined ? undefined : readFileSync(acme.ca_file, 'utf8'),
    eab: acme.eab_key_id === undefined || key === undefined ? undefined : { keyId: acme.eab_key_id, key },
  };
}
