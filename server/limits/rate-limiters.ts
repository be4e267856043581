import type { LiveConfig } from '../live-config.ts';
import { RateLimiter } from './rate-limiter.ts';
import type { Rate, RateStore } from './rate-store.ts';

/** One limiter for each rate of the configuration; all of them follow it while the server runs. */
export function createRateLimiters(store: RateStore, live: LiveConfig, now: () => number) {
  type Limits = LiveConfig['current']['limits'];
  const create = (scope: string, pick: (limits: Limits) => Rate) => {
    const limiter = new RateLimiter(scope, pick(live.current.limits), store, now);
    live.follow(({ limits }) => (limiter.rate = pick(limits)));
    return limiter;
  };
  return {
    sendPerDevice: create('send-device', (limits) => limits.send_per_device),
    sendPerAccount: create('send-account', (limits) => limits.send_per_account),
    requestsPerDevice: create('requests-device', (limits) => limits.requests_per_device),
    requestsPerAddress: create('requests-address', (limits) => limits.requests_per_address),
    connectsPerAddress: create('connects-address', (limits) => limits.connects_per_address),
    registrationsPerAddress: create('registrations-address', (limits) => limits.registrations_per_address),
    pushChangesPerDevice: create('push-device', (limits) => limits.push_changes_per_device),
    attachmentsPerAccount: create('attachments-account', (limits) => limits.attachments_per_account),
    recordsPerAccount: create('records-account', (limits) => limits.records_per_account),
    echoCallsPerAccount: create('echo-account', (limits) => limits.echo_calls_per_account),
    bundlesPerDevice: create('bundles-device', (limits) => limits.bundles_per_device),
  };
}
