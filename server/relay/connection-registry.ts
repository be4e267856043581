import type { DeviceConnection } from './device-connection.ts';

/** The connections of this node: by device those that receive, and all of them for limits and shutdown. */
export class ConnectionRegistry {
  readonly #all = new Set<DeviceConnection>();
  readonly #receiving = new Map<string, DeviceConnection>();
  readonly #byAddress = new Map<string, number>();

  get size(): number {
    return this.#all.size;
  }

  has(connection: DeviceConnection): boolean {
    return this.#all.has(connection);
  }

  countFrom(address: string): number {
    return this.#byAddress.get(address) ?? 0;
  }

  receiver(device: string): DeviceConnection | undefined {
    return this.#receiving.get(device);
  }

  add(connection: DeviceConnection): void {
    this.#all.add(connection);
    this.#byAddress.set(connection.clientAddress, this.countFrom(connection.clientAddress) + 1);
  }

  /** @returns the connection that it replaces. */
  setReceiver(connection: DeviceConnection): DeviceConnection | undefined {
    const previous = this.#receiving.get(connection.device);
    this.#receiving.set(connection.device, connection);
    return previous;
  }

  /** @returns whether it was the one that receives. */
  remove(connection: DeviceConnection): boolean {
    if (!this.#all.delete(connection)) return false;
    const left = this.countFrom(connection.clientAddress) - 1;
    if (left > 0) this.#byAddress.set(connection.clientAddress, left);
    else this.#byAddress.delete(connection.clientAddress);
    if (this.#receiving.get(connection.device) !== connection) return false;
    this.#receiving.delete(connection.device);
    return true;
  }

  [Symbol.iterator](): IterableIterator<DeviceConnection> {
    return this.#all.values();
  }
}
