/** Of several programs that use one device, one receives: the lock says which. When it ends, another takes over. */
import type { ClientPorts } from './ports.ts';

const LOCK_NAME = 'receiver';
const RETRY_MS = 500;

export class ReceiverRole {
  readonly #ports: Pick<ClientPorts, 'locks' | 'clock'>;
  readonly #onObtained: () => void;
  #release: (() => void) | undefined;
  #cancelTimer: () => void = () => undefined;
  #isWanted = false;

  constructor(ports: Pick<ClientPorts, 'locks' | 'clock'>, onObtained: () => void) {
    this.#ports = ports;
    this.#onObtained = onObtained;
  }

  get isHeld(): boolean {
    return this.#release !== undefined;
  }

  /** Whether this program may receive now. If not, it goes on asking. */
  async request(): Promise<boolean> {
    this.#isWanted = true;
    if (this.isHeld) return true;
    const release = await this.#ports.locks.tryAcquire(LOCK_NAME);
    if (release !== undefined && this.#stillWanted()) {
      this.#release = release;
      return true;
    }
    release?.();
    if (this.#stillWanted()) this.#askAgain();
    return false;
  }

  give(): void {
    this.#isWanted = false;
    this.#cancelTimer();
    this.#release?.();
    this.#release = undefined;
  }

  #stillWanted(): boolean {
    return this.#isWanted;
  }

  #askAgain(): void {
    this.#cancelTimer();
    this.#cancelTimer = this.#ports.clock.setTimer(RETRY_MS, () => {
      void this.request().then((isObtained) => {
        if (isObtained) this.#onObtained();
      });
    });
  }
}
