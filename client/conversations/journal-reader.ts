/** Turns what is new in the journal into calls, whichever program on this store wrote it. */
import type { ClientPorts } from '../ports.ts';
import { journalEnd, readJournal, type JournalEntry } from './journal.ts';

export class JournalReader {
  readonly #ports: Pick<ClientPorts, 'storage' | 'clock'>;
  readonly #pollMs: number;
  readonly #onEntry: (entry: JournalEntry) => Promise<void>;
  readonly #onError: (error: unknown) => void;
  #position: string | undefined;
  #running: Promise<void> | undefined;
  #isPoked = false;
  #cancelTimer: () => void = () => undefined;
  #isStopped = false;

  constructor(
    ports: Pick<ClientPorts, 'storage' | 'clock'>,
    pollMs: number,
    onEntry: (entry: JournalEntry) => Promise<void>,
    onError: (error: unknown) => void,
  ) {
    this.#ports = ports;
    this.#pollMs = pollMs;
    this.#onEntry = onEntry;
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
      const { entries, last } = await this.#ports.storage.transaction((tx) => readJournal(tx, after));
      this.#position = last;
      for (const entry of withoutOvertaken(entries)) await this.#onEntry(entry);
      if (entries.length > 0) this.#isPoked = true;
    }
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

/** A conversation that changes a hundred times while a queue is drained is told of once. */
function withoutOvertaken(entries: readonly JournalEntry[]): JournalEntry[] {
  const last = new Map(entries.map((entry, index) => [JSON.stringify(entry), index]));
  return entries.filter((entry, index) => entry.type !== 'conversation' || last.get(JSON.stringify(entry)) === index);
}
