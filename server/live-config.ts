import type { Config } from '../config/schema.ts';

/** The configuration as it holds now: live options change under a running server. Rooms get functions that read from it. */
export class LiveConfig {
  #config: Config;
  readonly #listeners: ((config: Config) => void)[] = [];

  constructor(config: Config) {
    this.#config = config;
  }

  get current(): Config {
    return this.#config;
  }

  replace(config: Config): void {
    this.#config = config;
    for (const listener of this.#listeners) listener(config);
  }

  /** Calls now and after every change: for those that keep a value instead of asking for it. */
  follow(listener: (config: Config) => void): void {
    this.#listeners.push(listener);
    listener(this.#config);
  }
}
