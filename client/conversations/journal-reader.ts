/** Turns what is new in the journal into calls, whichever program on this store wrote it. */
import type { ClientPorts, StorageTransaction } from '../ports.ts';
import { journalEnd, readJournal, type JournalEntry } from './journal.ts';

/** Reads what an entry is about, in the transaction that has read the entry: each further one would have to wait behind all
 * others. Gives what is to be done after it. */
export type EntryLoader = (tx: StorageTransaction, entry: JournalEntry) => Promise<() => void>;

export class JournalReader {
  readonly #ports: Pick<ClientPorts, 'storage' | 'clock'>;
  readonly #pollMs: number;
  readonly #load: EntryLoader;
  readonly #onError: (error: unknown) => void;
  #position: string | undefined;
  #running: Promise<void> | undefined;
  #isPoked = false;
  #cancelTimer: () => void = () => undefined;
  #isStopped = false;

  constructor(
    ports: Pick<ClientPorts, 'storage' | 'clock'>,
    pollMs: number,
    load: EntryLoader,
    onError: (error: unknown) => void,
  ) {
    this.#ports = ports;
    this.#pollMs = pollMs;
    this.#load = load;
    this.#onError = onError;
  }

  /** From the present end of the journal on. */
  async start(): Promise<void> {
    this.#position = await this.#ports.storage.transaction((tx) => journalEnd(tx));
    this.#schedule();
  }

  stop(): void {
    this.#isStopped = true;
    this.#cancelTimer();
  }

  /** Reads now; what is written meanwhile is read right after. */
  poke(): void {
    if (this.#isStopped || this.#position === undefined) return;
    this.#isPoked = true;
    this.#running ??= this.#drain()
      .catch((error: unknown) => this.#onError(error))
      .finally(() => {
        this.#running = undefined;
        if (this.#isPoked) this.poke();
      });
  }

  async #drain(): Promise<void> {
    while (this.#takePoke()) {
      const after = this.#position ?? '';
      const { steps, last } = await this.#readFrom(after);
      this.#position = last;
      for (const step of steps) step();
      // As many as are read at once: there may be more.
      if (last !== after) this.#isPoked = true;
    }
  }

  /** One record that cannot be read must not stand in the way of all that follow. */
  async #readFrom(after: string): Promise<{ steps: (() => void)[]; last: string }> {
    const { storage } = this.#ports;
    try {
      return await storage.transaction((tx) => this.#read(tx, after));
    } catch (error) {
      this.#position = (await storage.transaction((tx) => readJournal(tx, after))).last;
      throw error;
    }
  }

  async #read(tx: StorageTransaction, after: string): Promise<{ steps: (() => void)[]; last: string }> {
    const { entries, last } = await readJournal(tx, after);
    const steps: (() => void)[] = [];
    for (const entry of withoutOvertaken(entries)) steps.push(await this.#load(tx, entry));
    return { steps, last };
  }

  #takePoke(): boolean {
    const isPoked = this.#isPoked && !this.#isStopped;
    this.#isPoked = false;
    return isPoked;
  }

  #schedule(): void {
    if (this.#pollMs <= 0 || this.#isStopped) return;
    this.#cancelTimer = this.#ports.clock.setTimer(this.#pollMs, () => {
      this.poke();
      this.#schedule();
    });
  }
}

/** A conversation that changes a hundred times while a queue is drained is told of once; and after the messages, which are
 * what somebody waits for. */
function withoutOvertaken(entries: readonly JournalEntry[]): JournalEntry[] {
  const conversations = new Map<string, JournalEntry>();
  for (const entry of entries) if (entry.type === 'conversation') conversations.set(entry.conversation, entry);
  return [...entries.filter(({ type }) => type !== 'conversation'), ...conversations.values()];
}
