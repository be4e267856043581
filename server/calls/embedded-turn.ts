/** Our own TURN server, run for the chat: its thread is started when the first device asks for credentials, or somebody knocks. */
import type { Duplex } from 'node:stream';
import type { AccountId } from '../../wire/ids.ts';
import type { TurnCredentials } from '../../wire/schemas.ts';
import type { AccountDirectory } from '../accounts/account-directory.ts';
import type { Actor } from '../accounts/actor.ts';
import type { Log } from '../observability/log.ts';
import type { TurnEvent } from '../turn/core/ports.ts';
import type { Certificate } from '../turn/net/stream-listener.ts';
import type { ListenFailure } from '../turn/net/turn-server.ts';
import { createTimeLimitedCredentials } from '../turn/policy/time-limited-credentials.ts';
import { CertificateFiles, type FilesReading } from '../tls/certificate-files.ts';
import { PortSentinel } from '../turn/worker/port-sentinel.ts';
import { TurnSupervisor } from '../turn/worker/turn-supervisor.ts';
import type { TurnSettings, TurnStatus } from '../turn/worker/worker-messages.ts';
import type { HandoverFile } from './handover-file.ts';
import type { IssuedCredentials, Turn } from './turn.ts';
import type { TurnSecrets } from './turn-secrets.ts';
import { toTurnUrls } from './turn-urls.ts';
import { toTurnUserId } from './turn-user-id.ts';

export interface EmbeddedTurnOptions {
  readonly settings: TurnSettings;
  readonly publicHost: string;
  readonly secrets: TurnSecrets;
  readonly certificateFiles: { readonly cert: string; readonly key: string } | undefined;
  readonly handover: HandoverFile;
  readonly directory: AccountDirectory;
  readonly log: Log;
  readonly now: () => number;
}

interface Issued extends IssuedCredentials {
  readonly secretHash: string;
}

const UPKEEP_MS = 60_000;

export class EmbeddedTurn implements Turn {
  readonly #with: EmbeddedTurnOptions;
  readonly #supervisor: TurnSupervisor;
  readonly #sentinel = new PortSentinel();
  readonly #certificateFiles: CertificateFiles | undefined;
  #certificate: Certificate | undefined;
  /** By user id: who may have an allocation, for the moment when a device is removed. */
  readonly #issued = new Map<string, Issued>();
  /** User ids, and until when they must be refused. */
  readonly #revoked = new Map<string, number>();
  readonly #upkeep: NodeJS.Timeout;
  readonly #complained = new Set<string>();
  /** Of the process before this one. */
  readonly #hasCalls: boolean;
  #portsFreed: Promise<void> | undefined;
  #shared: { readonly host: string; readonly port: number } | undefined;

  constructor(options: EmbeddedTurnOptions) {
    const { settings, log } = options;
    this.#with = options;
    const handedOver = options.handover.take();
    this.#hasCalls = handedOver.length > 0;
    const { certificateFiles: files, publicHost, now } = options;
    this.#certificateFiles = files && new CertificateFiles({ ...files, names: [publicHost], now });
    this.#certificate = this.#accept(this.#certificateFiles?.read());
    this.#supervisor = new TurnSupervisor({
      settings,
      state: this.#state(),
      handedOver,
      onEvent: (event) => this.#logEvent(event),
      onStatus: (status) => this.#logStatus(status),
      onCrash: (err, restartMs) => log.error({ err, restartMs }, 'The TURN thread has ended and is started again'),
    });
    this.#upkeep = setInterval(() => this.#maintain(), UPKEEP_MS);
    this.#upkeep.unref();
  }

  /** Waits on its ports. Never fails for a port: the chat goes on without calls. */
  async start(): Promise<void> {
    if (this.#hasCalls) await this.#wake();
    else this.#complain(await this.#sentinel.watch(this.#with.settings.listen, () => void this.#wake()));
  }

  readonly counters = () => this.#supervisor.counters;

  async issue(actor: Actor): Promise<TurnCredentials> {
    const { secrets, settings, publicHost, now } = this.#with;
    const { listening } = await this.#wake();
    const [secret] = secrets.all;
    const userId = toTurnUserId(secret, actor);
    const { accountId, deviceId, account } = actor;
    const expiresAtMs = now() + settings.credentialTtlMs;
    const secretHash = account.devices.get(deviceId)?.secretHash ?? '';
    this.#issued.set(userId, { accountId, deviceId, secretHash, expiresAtMs });
    return {
      urls: toTurnUrls(publicHost, listening, this.#shared),
      ...createTimeLimitedCredentials(secret, userId, expiresAtMs),
      ttlSeconds: Math.floor(settings.credentialTtlMs / 1000),
    };
  }

  async endRemoved(accountId: AccountId | undefined): Promise<void> {
    let hasChanged = false;
    for (const [userId, issued] of this.#issued) {
      if (accountId !== undefined && issued.accountId !== accountId) continue;
      const account = await this.#with.directory.find(issued.accountId);
      if (account?.devices.get(issued.deviceId)?.secretHash === issued.secretHash) continue;
      this.#issued.delete(userId);
      this.#revoked.set(userId, issued.expiresAtMs);
      hasChanged = true;
    }
    if (hasChanged) this.#supervisor.setState(this.#state());
  }

  listIssued(accountId: AccountId): readonly IssuedCredentials[] {
    return [...this.#issued.values()].filter((issued) => issued.accountId === accountId);
  }

  setCertificate(certificate: Certificate): void {
    if (this.#certificateFiles !== undefined) return;
    this.#certificate = certificate;
    this.#supervisor.setState(this.#state());
  }

  shareHttps(place: { readonly host: string; readonly port: number }): void {
    this.#shared = place;
  }

  serve(stream: Duplex, remote: { readonly address: string; readonly port: number }, isSecure: boolean): boolean {
    this.#wake().then(
      () => this.#supervisor.serve(stream, remote, isSecure),
      () => stream.destroy(),
    );
    return true;
  }

  async stop(): Promise<void> {
    clearInterval(this.#upkeep);
    await this.#sentinel.close();
    this.#with.handover.write(await this.#supervisor.stop());
  }

  async #wake(): Promise<TurnStatus> {
    this.#portsFreed ??= this.#sentinel.close();
    await this.#portsFreed;
    return await this.#supervisor.start();
  }

  #state() {
    return {
      secrets: this.#with.secrets.all,
      certificate: this.#certificate,
      revoked: [...this.#revoked.keys()],
    };
  }

  #maintain(): void {
    const now = this.#with.now();
    for (const [userId, { expiresAtMs }] of this.#issued) if (expiresAtMs <= now) this.#issued.delete(userId);
    for (const [userId, untilMs] of this.#revoked) if (untilMs <= now) this.#revoked.delete(userId);
    const renewed = this.#accept(this.#certificateFiles?.readIfChanged());
    if (renewed !== undefined) this.#certificate = renewed;
    if (this.#with.secrets.rotate() || renewed !== undefined) this.#supervisor.setState(this.#state());
  }

  #accept(reading: FilesReading | undefined): Certificate | undefined {
    for (const { seen, remedy } of reading?.problems ?? []) {
      this.#with.log.warn({ option: 'turn.embedded.tls_cert_file' }, `TURN: ${seen} ${remedy}`);
    }
    return reading?.certificate;
  }

  #logEvent(event: TurnEvent): void {
    const { log } = this.#with;
    if (event.type === 'fault') log.error({ err: event.error, where: event.where }, 'The TURN server made a mistake');
    else if (event.type === 'refused') log.debug({ method: event.method, code: event.code }, 'TURN: refused');
    else if (event.type === 'allocated') log.debug({ transport: event.transport }, 'TURN: allocated');
    else {
      const { reason, transport, seconds } = event;
      // How much went through would tell how long somebody spoke.
      log.debug({ reason, transport, seconds }, 'TURN: an allocation has ended');
    }
  }

  #logStatus({ listening, failures, relayAddresses }: TurnStatus): void {
    const relays = Object.values(relayAddresses).map(({ external, origin }) => `${external} (${origin})`);
    const ports = [...new Set(listening.map(({ transport, port }) => `${transport} ${port}`))];
    this.#with.log.info({ listening: ports, relays }, 'TURN is ready');
    if (relays.length === 0) this.#with.log.warn('TURN: this machine has no address that peers could reach');
    this.#complain(failures);
  }

  /** Once for each port. That this machine has no IPv6 is no news. */
  #complain(failures: readonly ListenFailure[]): void {
    for (const { transport, address, port, code } of failures) {
      const key = `${transport} ${address} ${port} ${code}`;
      const isMissingFamily = address.includes(':') && (code === 'EADDRNOTAVAIL' || code === 'EAFNOSUPPORT');
      if (isMissingFamily || this.#complained.has(key)) continue;
      this.#complained.add(key);
      this.#with.log.warn({ transport, address, port, code }, explain(code));
    }
  }
}

function explain(code: string): string {
  const rest =
    'The chat is not affected, but calls that need a relay may fail. Set turn.embedded.listen, or turn.mode: off.';
  if (code === 'EADDRINUSE') return `TURN: another program has this port. ${rest}`;
  if (code === 'EACCES') return `TURN: this user may not listen on this port. ${rest}`;
  if (code === 'NO_CERTIFICATE') return `TURN: there is no certificate for TLS. ${rest}`;
  return `TURN: cannot listen here. ${rest}`;
}
