import type { Parts } from '../../app-parts.ts';
import { createPushClock } from '../../push/clock.ts';
import type { StateStore } from '../state-store.ts';
import { LocalSource } from './local-source.ts';
import { findTrustPage } from './trust-page.ts';

export function createLocalSource({ config, log, now }: Parts, store: StateStore) {
  const source = new LocalSource({ names: config.tls.names, store, clock: createPushClock(now), log });
  const findPage = (path: string, httpsOrigin: string) => findTrustPage(path, source.authority, httpsOrigin);
  return { source, findPage };
}
