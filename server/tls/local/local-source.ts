import { X509Certificate } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Log } from '../../observability/log.ts';
import type { Certificate } from '../../turn/net/stream-listener.ts';
import type { CertificateSource } from '../certificate-source.ts';
import type { Clock } from '../clock.ts';
import type { StateStore } from '../state-store.ts';
import { coversAll, ownOf, parseStored, type StoredCertificate } from '../stored-certificate.ts';
import { planRenewal } from '../acme/renewal.ts';
import { TlsSetupError } from '../tls-setup-error.ts';
import {
  createLocalAuthority,
  fingerprintOf,
  issueLocally,
  parseAuthority,
  type LocalAuthority,
} from './local-authority.ts';

interface Options {
  readonly names: readonly string[];
  readonly store: StateStore;
  readonly clock: Clock;
  readonly log: Log;
}

interface Opened {
  readonly authority: LocalAuthority;
  readonly certificate: StoredCertificate;
}

const FROM = 'local';
const LOOK_MS = 6 * 60 * 60 * 1000;
const TRIES = 20;
const TRY_MS = 250;

/** Certificates of an own authority. Those for the server are renewed by themselves; the authority stays, because devices trust it. */
export class LocalSource implements CertificateSource {
  readonly #options: Options;
  #opened: Opened | undefined;
  #onChange: (certificate: Certificate) => void = () => undefined;
  #cancelTimer: () => void = () => undefined;

  constructor(options: Options) {
    this.#options = options;
  }

  /** What devices have to trust: PEM, and its fingerprint. */
  get authority(): { readonly cert: string; readonly fingerprint: string } {
    const cert = this.#opened?.authority.cert ?? '';
    return { cert, fingerprint: cert === '' ? '' : fingerprintOf({ cert }) };
  }

  async open(): Promise<Certificate> {
    for (let attempt = 0; attempt < TRIES; attempt++) {
      const opened = await this.#options.store.withLock(() => this.#load());
      if (opened !== undefined) return (this.#opened = opened).certificate;
      // Another node is at it, for a moment.
      await delay(TRY_MS);
    }
    throw new TlsSetupError(
      'Another node keeps the certificates locked. Stop it, or wait half a minute and start again.',
    );
  }

  async start(onChange: (certificate: Certificate) => void): Promise<void> {
    this.#onChange = onChange;
    await this.#options.store.subscribe(({ type }) => {
      if (type === 'certificate') void this.refresh();
    });
    this.#schedule();
  }

  async refresh(): Promise<void> {
    const { store, log } = this.#options;
    const before = this.#opened?.certificate.cert;
    const opened = await store
      .withLock(() => this.#load())
      .catch((err: unknown) => {
        log.warn({ err }, 'The local certificate was not renewed; it is tried again');
        return undefined;
      });
    if (opened === undefined || opened.certificate.cert === before) return;
    this.#opened = opened;
    this.#onChange(opened.certificate);
    await store.publish({ type: 'certificate' });
  }

  async stop(): Promise<void> {
    this.#cancelTimer();
  }

  #schedule(): void {
    this.#cancelTimer = this.#options.clock.setTimer(LOOK_MS, () => {
      void this.refresh().then(() => this.#schedule());
    });
  }

  /** What is stored, as far as it is good; the rest is made anew. */
  async #load(): Promise<Opened> {
    const { names, store, clock, log } = this.#options;
    const now = clock.now();
    const known = parseAuthority(await store.read('authority'), names, now);
    const authority = known ?? createLocalAuthority(names, now);
    if (known === undefined) {
      await store.write('authority', JSON.stringify(authority));
      const fingerprint = fingerprintOf(authority);
      log.warn({ names, fingerprint }, 'A new local certificate authority was made: every device has to trust it once');
    }
    const stored = parseStored(await store.read('certificate'));
    if (stored !== undefined && this.#isGood(stored, authority, now)) return { authority, certificate: stored };
    const certificate = { ...issueLocally(authority, names, now), from: FROM };
    await store.write('certificate', JSON.stringify(certificate));
    return { authority, certificate };
  }

  #isGood(stored: StoredCertificate, authority: LocalAuthority, now: number): boolean {
    const own = ownOf(stored);
    const isOurs = stored.from === FROM && own.checkIssued(new X509Certificate(authority.cert));
    return isOurs && coversAll(own, this.#options.names) && planRenewal(own, undefined) > now;
  }
}
