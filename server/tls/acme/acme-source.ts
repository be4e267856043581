/** A certificate by ACME, for as long as the server runs: got, renewed, shared with other nodes. A renewal that fails leaves the running
 * certificate as it is, says why, and is tried again. */
import { isIP } from 'node:net';
import type { Log } from '../../observability/log.ts';
import type { Certificate } from '../../turn/net/stream-listener.ts';
import { describeRest, toDay } from '../check-certificate.ts';
import type { CertificateSource } from '../certificate-source.ts';
import type { Clock } from '../clock.ts';
import type { ChallengeRecord, StateStore } from '../state-store.ts';
import { coversAll, ownOf, parseStored, type StoredCertificate } from '../stored-certificate.ts';
import { createTemporaryCertificate } from '../temporary-certificate.ts';
import { loadAccountKey } from './acme-account.ts';
import { AcmeClient, type ChallengeType, type RenewalWindow } from './acme-client.ts';
import { AcmeError } from './acme-error.ts';
import { createAcmeHttp } from './acme-http.ts';
import { obtainCertificate } from './obtain.ts';
import type { PendingChallenges } from './pending-challenges.ts';
import { planRenewal, toCertificateId, toRetryMs } from './renewal.ts';

export interface AcmeSettings {
  readonly directoryUrl: string;
  readonly names: readonly string[];
  readonly email: string | undefined;
  readonly profile: string | undefined;
  /** The first is tried first. */
  readonly challengeTypes: readonly [ChallengeType, ...ChallengeType[]];
  /** PEM */
  readonly ca: string | undefined;
  readonly eab: { readonly keyId: string; readonly key: string } | undefined;
}

interface Options {
  readonly settings: AcmeSettings;
  readonly store: StateStore;
  readonly challenges: PendingChallenges;
  readonly clock: Clock;
  readonly log: Log;
}

/** For certificates of addresses, which Let's Encrypt issues for six days only. */
const SHORT_LIVED = 'shortlived';
/** However far away the renewal is: clocks jump, machines sleep, authorities change their minds. */
const LOOK_MS = 6 * 60 * 60 * 1000;
const SHORTEST_ASK_MS = 60_000;
/** Another node is at it. */
const OTHERS_MS = 30_000;
const WRONG_CLOCK_MS = 10 * 60_000;

export class AcmeSource implements CertificateSource {
  readonly #options: Options;
  readonly #stopping = new AbortController();
  #onChange: (certificate: Certificate) => void = () => undefined;
  #stored: StoredCertificate | undefined;
  /** By the id of the certificate that it is about. */
  #window: { readonly id: string; readonly window: RenewalWindow | undefined; readonly askAtMs: number } | undefined;
  #failures = 0;
  #cancelTimer: () => void = () => undefined;
  #working: Promise<void> = Promise.resolve();

  constructor(options: Options) {
    this.#options = options;
  }

  async open(): Promise<Certificate> {
    const { settings, store, clock, log } = this.#options;
    this.#stored = parseStored(await store.read('certificate'));
    if (this.#stored !== undefined) return this.#stored;
    log.warn('There is no certificate yet: one that browsers refuse is served until the authority has given one');
    return createTemporaryCertificate(settings.names, clock.now());
  }

  async start(onChange: (certificate: Certificate) => void): Promise<void> {
    const { store, challenges } = this.#options;
    this.#onChange = onChange;
    await store.subscribe((message) => {
      if (message.type === 'challenges') challenges.replace(message.challenges);
      else void this.refresh();
    });
    this.#schedule(0);
  }

  /** What another node has got is taken over. */
  async refresh(): Promise<void> {
    const stored = parseStored(await this.#options.store.read('certificate'));
    if (stored === undefined || stored.cert === this.#stored?.cert) return;
    this.#stored = stored;
    this.#onChange(stored);
  }

  async stop(): Promise<void> {
    this.#cancelTimer();
    this.#stopping.abort();
    await this.#working;
  }

  #schedule(delayMs: number): void {
    this.#cancelTimer();
    if (this.#stopping.signal.aborted) return;
    this.#cancelTimer = this.#options.clock.setTimer(delayMs, () => {
      this.#working = this.#look().then((nextMs) => this.#schedule(nextMs));
    });
  }

  /** @returns when to look again */
  async #look(): Promise<number> {
    try {
      const nextMs = await this.#options.store.withLock((signal) => this.#renewIfDue(signal));
      this.#failures = 0;
      if (nextMs !== undefined) return nextMs;
      await this.refresh();
      return OTHERS_MS;
    } catch (error) {
      return this.#stopping.signal.aborted ? 0 : this.#complain(error);
    }
  }

  /** @returns when to look again */
  async #renewIfDue(lockLost: AbortSignal): Promise<number> {
    const { settings, store, clock, log } = this.#options;
    const signal = AbortSignal.any([this.#stopping.signal, lockLost]);
    await this.refresh();
    const client = await this.#createClient(signal);
    const certificate = this.#stored && ownOf(this.#stored);
    const isRight =
      certificate !== undefined &&
      this.#stored?.from === settings.directoryUrl &&
      coversAll(certificate, settings.names);
    if (isRight) {
      const waitMs = planRenewal(certificate, await this.#findWindow(client)) - clock.now();
      if (waitMs > 0) return Math.min(waitMs, LOOK_MS, Math.max(0, (this.#window?.askAtMs ?? Infinity) - clock.now()));
    }
    const replaces = isRight ? toCertificateId(certificate) : undefined;
    const renewed = await this.#obtain(client, replaces, signal);
    this.#stored = renewed;
    this.#onChange(renewed);
    await store.publish({ type: 'certificate' });
    const { validToDate } = ownOf(renewed);
    log.info({ until: validToDate, names: settings.names }, 'The authority has issued a certificate');
    return SHORTEST_ASK_MS;
  }

  async #createClient(signal: AbortSignal): Promise<AcmeClient> {
    const { settings, store, clock } = this.#options;
    return new AcmeClient({
      directoryUrl: settings.directoryUrl,
      request: createAcmeHttp(settings.ca, signal),
      accountKey: await loadAccountKey(store, settings.directoryUrl),
      now: () => clock.now(),
    });
  }

  /** Asked as often as the authority wants to be, and no oftener. That it cannot be asked is no reason to renew. */
  async #findWindow(client: AcmeClient): Promise<RenewalWindow | undefined> {
    const { clock, log } = this.#options;
    const id = this.#stored && toCertificateId(ownOf(this.#stored));
    if (id === undefined) return undefined;
    if (this.#window?.id === id && clock.now() < this.#window.askAtMs) return this.#window.window;
    try {
      const window = await client.readRenewalWindow(id);
      const askMs = Math.min(LOOK_MS, Math.max(SHORTEST_ASK_MS, window?.retryAfterMs ?? LOOK_MS));
      this.#window = { id, window, askAtMs: clock.now() + askMs };
      return window;
    } catch (error) {
      log.debug({ err: error }, 'The authority was asked when to renew, and did not answer');
      return this.#window?.id === id ? this.#window.window : undefined;
    }
  }

  async #obtain(client: AcmeClient, replaces: string | undefined, signal: AbortSignal): Promise<StoredCertificate> {
    const { settings, store, log } = this.#options;
    const { profiles, clockOffsetMs } = await client.directory();
    this.#checkClock(clockOffsetMs);
    await client.register(settings.email, settings.eab);
    const hasAddress = settings.names.some((name) => isIP(name) !== 0);
    const profile = settings.profile ?? (hasAddress && profiles.includes(SHORT_LIVED) ? SHORT_LIVED : undefined);
    if (profile !== undefined && !profiles.includes(profile)) {
      throw new AcmeError({ type: 'invalidProfile', detail: `it has ${profiles.join(', ') || 'none'}` });
    }
    const answer = (challenges: readonly ChallengeRecord[]) => this.#answer(challenges);
    const { directoryUrl, names } = settings;
    const order = { client, store, directoryUrl, names, profile, replaces, answer, signal };
    const [first, second] = settings.challengeTypes;
    try {
      return await obtainCertificate({ ...order, challengeType: first });
    } catch (error) {
      if (second === undefined || !isAboutWay(error)) throw error;
      log.info({ reason: (error as Error).message }, `The way ${first} did not work; trying ${second}`);
      return await obtainCertificate({ ...order, challengeType: second });
    }
  }

  async #answer(challenges: readonly ChallengeRecord[]): Promise<void> {
    this.#options.challenges.replace(challenges);
    await this.#options.store.publish({ type: 'challenges', challenges });
  }

  #checkClock(offsetMs: number): void {
    if (Math.abs(offsetMs) < WRONG_CLOCK_MS) return;
    const way = offsetMs > 0 ? 'behind' : 'ahead of';
    this.#options.log.warn(
      `The clock of this machine is ${describeRest(Math.abs(offsetMs))} ${way} that of the certificate authority: set it (timedatectl set-ntp true), or certificates will seem expired or not yet valid`,
    );
  }

  #complain(error: unknown): number {
    const { clock, log } = this.#options;
    const isKnown = error instanceof AcmeError;
    const retryMs = toRetryMs(++this.#failures, isKnown ? error.problem.retryAfterMs : undefined);
    const until = this.#stored === undefined ? undefined : ownOf(this.#stored).validToDate.getTime();
    const state = until === undefined ? 'There is no certificate yet' : `The one in use is good until ${toDay(until)}`;
    const again = `It is tried again at ${toDay(clock.now() + retryMs)}`;
    const why = isKnown ? error.explanation : `No certificate was got: ${(error as Error).message}.`;
    // While the old one is good for a while it is no emergency.
    const isUrgent = until === undefined || until - clock.now() < 24 * 60 * 60 * 1000;
    log[isUrgent ? 'error' : 'warn'](
      { option: 'tls.acme', failures: this.#failures, ...(!isKnown && { err: error }) },
      `${why} ${state}. ${again}.`,
    );
    return retryMs;
  }
}

/** Whether another way to prove the names may do better. */
function isAboutWay(error: unknown): boolean {
  const types = ['connection', 'tls', 'unauthorized', 'incorrectResponse', 'noChallenge'];
  return error instanceof AcmeError && types.includes(error.problem.type);
}
