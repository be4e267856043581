/** The engine of one tab: store, vault and client. Every tab has its own; they share the store, where a lock keeps them
 * apart, and a second lock says which one takes deliveries. */
import type { ClientEvents } from '../../client/events.ts';
import type { LogPort } from '../../client/ports.ts';
import { sleep } from '../../client/transport/sleep.ts';
import type { BackupApi } from './backup/backup-api.ts';
import type { EngineApi, EngineControl, EngineEvents, EngineState } from './engine-api.ts';
import { EngineFault } from './engine-errors.ts';
import { browserClock } from './ports/browser-clock.ts';
import { deleteDatabase, isTooNew, openDatabase, type Database } from './ports/database.ts';
import { openSession, type Session } from './session.ts';
import { PASSING_EVENTS, Tabs, type TabMessage } from './tabs.ts';
import { IdleLock } from './vault/idle-lock.ts';
import { Vault } from './vault/vault.ts';
import type { VaultApi, VaultProof } from './vault/vault-api.ts';

const FORWARDED = [
  'message',
  'status',
  'changed',
  'removed',
  'conversation',
  'settings',
  'connectionReport',
  'typing',
  'call',
  'connection',
  'identityChanged',
  'queueDrained',
  'refused',
  'outbox',
  'pushAddressDropped',
] as const satisfies readonly (keyof ClientEvents)[];

const REOPEN_ATTEMPTS = 10;
const REOPEN_DELAY_MS = 200;

type Emit = <K extends keyof EngineEvents>(name: K, detail: EngineEvents[K]) => void;

export class EngineHost {
  readonly #emit: Emit;
  readonly #log: LogPort;
  readonly #tabs: Tabs;
  readonly #idleLock: IdleLock;
  readonly #control: EngineControl;
  readonly #vaultApi: VaultApi;
  #backup: BackupApi | undefined;
  #database: Database | undefined;
  #vault: Vault | undefined;
  #session: Session | undefined;
  #state: EngineState | undefined;
  /** Opening, unlocking, locking and erasing do not overlap. */
  #queue: Promise<unknown> = Promise.resolve();

  constructor(emit: Emit, log: LogPort) {
    this.#emit = emit;
    this.#log = log;
    this.#tabs = new Tabs(navigator.locks, (message) => this.#onTabMessage(message));
    this.#idleLock = new IdleLock(browserClock, () => void this.#lockAll());
    this.#control = this.#createControl();
    this.#vaultApi = this.#createVaultApi();
  }

  /** The object that calls from the page go to. */
  async target(name: keyof EngineApi): Promise<object> {
    switch (name) {
      case 'control':
        return this.#control;
      case 'vault':
        return this.#vaultApi;
      case 'backup':
        return (this.#backup ??= await this.#createBackup());
      case 'search':
        return (await this.#requireSession()).search();
      case 'client':
        return (await this.#requireSession()).client;
      case 'team':
        return (await this.#requireSession()).client.team();
      case 'groups':
        return (await this.#requireSession()).client.groups();
      case 'push':
        return (await this.#requireSession()).client.push();
    }
  }

  /** Loaded when somebody makes or reads one. */
  async #createBackup(): Promise<BackupApi> {
    const { Backup } = await import('./backup/backup.ts');
    return new Backup(
      async () => (await this.#requireSession()).client,
      (progress) => this.#emit('backupProgress', progress),
    );
  }

  #createControl(): EngineControl {
    return {
      open: () => this.#next(() => this.#open()),
      reconnectNow: async (options) => {
        // Looks at the store, too: it may have been cleared while nobody was looking.
        if (this.#state === 'joined' && (await this.#session?.client.account()) !== undefined)
          await this.#session?.client.connect({ receive: true });
        this.#session?.client.reconnectNow(options);
      },
      pause: async () => {
        if (this.#state === 'joined') await this.#session?.client.connect({ receive: false });
      },
      linkDevice: async (options) => {
        const { client } = await this.#requireSession();
        await client.linkDevice({ ...options, onLink: (link) => this.#emit('deviceLink', { link }) });
      },
      eraseDevice: () => this.#next(() => this.#erase()),
    };
  }

  #createVaultApi(): VaultApi {
    const change = async (work: (vault: Vault) => Promise<void>): Promise<void> => {
      await work(await this.#requireVault());
      this.#tabs.tell({ type: 'vault-changed' });
      await this.#onVaultChanged();
    };
    return {
      status: async () => (await this.#requireVault()).status(this.#state === 'locked'),
      unlock: (proof) => this.#next(() => this.#unlock(proof)),
      setPassphrase: (passphrase, proof) => change((vault) => vault.setPassphrase(passphrase, proof)),
      removePassphrase: (proof) => change((vault) => vault.removePassphrase(proof)),
      addPasskey: (passkey, proof) => change((vault) => vault.addPasskey(passkey, proof)),
      removePasskey: (credentialId, proof) => change((vault) => vault.removePasskey(credentialId, proof)),
      setIdleMinutes: (minutes) => change((vault) => vault.setIdleMinutes(minutes)),
      lock: () => this.#lockAll(),
      noteActivity: async () => {
        this.#tabs.tell({ type: 'activity' });
        this.#idleLock.note();
      },
    };
  }

  async #open(): Promise<EngineState> {
    if (this.#state === 'outdated') return 'outdated';
    try {
      this.#database ??= await openDatabase((reason) => void this.#next(() => this.#onDatabaseGone(reason)));
    } catch (error) {
      if (isTooNew(error)) return this.#enter('outdated');
      throw error;
    }
    this.#vault ??= new Vault(this.#database, navigator.locks);
    const dataKey = this.#session?.dataKey ?? (await this.#vault.open()) ?? (await this.#tabs.askForKey());
    return dataKey === undefined ? this.#enter('locked') : this.#start(this.#database, dataKey);
  }

  async #start(database: Database, dataKey: CryptoKey): Promise<EngineState> {
    this.#session ??= this.#openSession(database, dataKey);
    await this.#tabs.holdKey();
    await this.#watchIdleness();
    const { client } = this.#session;
    if ((await client.account()) === undefined) return this.#enter('empty');
    await client.connect({ receive: true });
    return this.#enter('joined');
  }

  #openSession(database: Database, dataKey: CryptoKey): Session {
    const session = openSession({
      database,
      dataKey,
      log: this.#log,
      onCommitted: () => this.#tabs.tell({ type: 'committed' }),
      onGone: () => void this.#next(() => this.#onDatabaseGone('removed')),
      onSearchProgress: (progress) => this.#emit('searchProgress', progress),
    });
    for (const name of PASSING_EVENTS) {
      session.client.on(name, (detail) => this.#tabs.tell({ type: 'passing', name, detail }));
    }
    for (const name of FORWARDED) session.client.on(name, (detail) => this.#emit(name, detail as never));
    session.client.on('erased', () => void this.#next(() => this.#onErased()));
    return session;
  }

  async #unlock(proof: VaultProof): Promise<void> {
    if ((await this.#open()) !== 'locked') return;
    if (this.#vault === undefined || this.#database === undefined) return;
    const dataKey = await this.#vault.unlock(proof);
    await this.#start(this.#database, dataKey);
    this.#tabs.tell({ type: 'key', dataKey });
    await this.#onVaultChanged();
  }

  /** The other tabs first: whatever happens here, they must not stay open. */
  async #lockAll(): Promise<void> {
    const { hasPassphrase, passkeys } = await (await this.#requireVault()).status(false);
    if (!hasPassphrase && passkeys.length === 0) return;
    this.#tabs.tell({ type: 'lock' });
    await this.#next(() => this.#lock());
  }

  async #lock(): Promise<void> {
    if (this.#session === undefined) return;
    await this.#endSession();
    this.#enter('locked');
    await this.#onVaultChanged();
  }

  /** Locked, it cannot sign out: then an admin has to remove the device. */
  async #erase(): Promise<void> {
    await this.#session?.client.eraseLocal();
    this.#tabs.tell({ type: 'erased' });
    await this.#forget();
    await deleteDatabase();
    this.#enter('empty');
  }

  /** By this tab or another one. */
  async #onErased(): Promise<void> {
    await this.#forget();
    this.#enter('empty');
  }

  async #onDatabaseGone(reason: 'removed' | 'newer'): Promise<void> {
    await this.#forget();
    if (reason === 'newer') this.#enter('outdated');
    else await this.#reopen();
  }

  /** What was here is gone, or not: opening anew tells. A browser that is still clearing it refuses for a moment. */
  async #reopen(): Promise<void> {
    for (let attempt = 0; attempt < REOPEN_ATTEMPTS; attempt++) {
      const isOpen = await this.#open().then(
        () => true,
        () => false,
      );
      if (isOpen) return;
      await sleep(browserClock, REOPEN_DELAY_MS);
    }
    this.#enter('empty');
  }

  async #forget(): Promise<void> {
    await this.#endSession();
    this.#database?.close();
    this.#database = undefined;
    this.#vault = undefined;
  }

  async #endSession(): Promise<void> {
    const session = this.#session;
    this.#session = undefined;
    this.#idleLock.stop();
    this.#tabs.dropKey();
    session?.clear();
    await session?.client.close();
  }

  #onTabMessage(message: TabMessage): void {
    switch (message.type) {
      case 'committed':
        this.#session?.client.noticeChanges();
        // Another tab may have joined.
        if (this.#state === 'empty') void this.#next(() => this.#open());
        return;
      case 'lock':
        void this.#next(() => this.#lock());
        return;
      case 'key-wanted':
        if (this.#session !== undefined) this.#tabs.tell({ type: 'key', dataKey: this.#session.dataKey });
        return;
      case 'key':
        void this.#next(() => this.#onKey(message.dataKey));
        return;
      case 'vault-changed':
        void this.#onVaultChanged();
        return;
      case 'activity':
        this.#idleLock.note();
        return;
      case 'passing':
        if (this.#state === 'joined') this.#emit(message.name, message.detail);
        return;
      case 'erased':
        void this.#next(() => this.#onErased());
    }
  }

  async #onKey(dataKey: CryptoKey): Promise<void> {
    if (this.#state === 'locked' && this.#database !== undefined) await this.#start(this.#database, dataKey);
  }

  async #onVaultChanged(): Promise<void> {
    await this.#watchIdleness();
    if (this.#vault !== undefined) this.#emit('vault', await this.#vault.status(this.#state === 'locked'));
  }

  async #watchIdleness(): Promise<void> {
    if (this.#vault === undefined) return;
    const status = await this.#vault.status(false);
    const isProtected = status.hasPassphrase || status.passkeys.length > 0;
    this.#idleLock.setMinutes(isProtected && this.#session !== undefined ? status.idleMinutes : undefined);
  }

  /** Not from within the queue. */
  async #requireVault(): Promise<Vault> {
    if (this.#vault === undefined) await this.#next(() => this.#open());
    if (this.#vault === undefined) throw new EngineFault('OUTDATED');
    return this.#vault;
  }

  /** Not from within the queue. */
  async #requireSession(): Promise<Session> {
    if (this.#session === undefined && this.#state !== 'locked') await this.#next(() => this.#open());
    if (this.#session !== undefined) return this.#session;
    throw new EngineFault(this.#state === 'outdated' ? 'OUTDATED' : 'LOCKED');
  }

  #enter(state: EngineState): EngineState {
    if (this.#state === state) return state;
    this.#state = state;
    this.#emit('state', state);
    return state;
  }

  #next<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#queue.then(work);
    this.#queue = done.catch(() => undefined);
    return done;
  }
}
