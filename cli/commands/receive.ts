/** `vant receive [--follow] [--json]`: prints what has come, each message once. */
import type { Command } from 'commander';
import type { VantClient } from '../../client/client.ts';
import type { StoredMessage } from '../../client/conversations/history.ts';
import { CommandError } from '../command-error.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { namesOf, toJsonMessage, toTextMessage, type Names } from '../message-format.ts';
import { writeError, writeLine } from '../output.ts';
import { nameOf } from '../resolve-member.ts';
import { parseDuration, runWithClient, withCommonOptions, type CommonOptions } from '../run-command.ts';
import { toStopError } from '../stop-reason.ts';
import { toLine } from '../terminal-text.ts';

interface ReceiveOptions extends CommonOptions {
  readonly follow?: boolean;
  readonly all?: boolean;
  readonly timeout?: string;
}

const DEFAULT_TIMEOUT = '30s';
/** What another program of this identity left, when it ended between storing and printing. */
const LOOK_AGAIN_MS = 2000;
const FLUSH_TIMEOUT_MS = 5000;

export function registerReceiveCommand(program: Command): void {
  withCommonOptions(program.command('receive'))
    .description('print the messages that have come; with --follow, go on until interrupted')
    .option('-f, --follow', 'wait for more')
    .option('--all', 'also what you have sent from other devices')
    .option(
      '--timeout <duration>',
      `give up, or with --follow end, after this time (default: ${DEFAULT_TIMEOUT} / never)`,
    )
    .action((options: ReceiveOptions) =>
      runWithClient(options, (client) =>
        options.follow === true ? new Printer(client, options).follow() : new Printer(client, options).once(),
      ),
    );
}

class Printer {
  readonly #client: VantClient;
  readonly #options: ReceiveOptions;
  readonly #ended = Promise.withResolvers<ExitCode>();
  #names: Names = new Map();
  #printing: Promise<void> | undefined;
  #isAsked = false;

  constructor(client: VantClient, options: ReceiveOptions) {
    this.#client = client;
    this.#options = options;
    client.on('message', () => this.#print());
    client.on('connection', (state) => {
      const error = toStopError(state);
      if (error !== undefined) this.#ended.reject(error);
    });
    client.on('identityChanged', ({ accountId }) => {
      const name = toLine(nameOf(this.#names.get(accountId)));
      writeError(`vant: the identity key of ${name} has changed; messages wait. Ask them, then: vant members accept`);
    });
    // A command that has no use for the outcome must not die of it.
    this.#ended.promise.catch(() => undefined);
  }

  async once(): Promise<ExitCode> {
    const timeoutMs = parseDuration(this.#options.timeout ?? DEFAULT_TIMEOUT);
    await this.#printAll();
    await this.#client.connect({ receive: true });
    const isDrained = await Promise.race([this.#client.drain(timeoutMs), this.#ended.promise]);
    await this.#printAll();
    if (isDrained === false) {
      throw new CommandError(EXIT.UNREACHABLE, 'The server cannot be reached, or not everything came in time.');
    }
    await this.#client.flush(FLUSH_TIMEOUT_MS);
    return EXIT.OK;
  }

  async follow(): Promise<ExitCode> {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => this.#ended.resolve(EXIT.OK));
    if (this.#options.timeout !== undefined) {
      setTimeout(() => this.#ended.resolve(EXIT.OK), parseDuration(this.#options.timeout));
    }
    setInterval(() => this.#print(), LOOK_AGAIN_MS);
    await this.#client.connect({ receive: true });
    this.#print();
    const exitCode = await this.#ended.promise;
    await this.#printAll();
    return exitCode;
  }

  /** Prints what is new; what comes meanwhile is printed right after. */
  #print(): void {
    this.#isAsked = true;
    this.#printing ??= this.#drain()
      .catch((error: unknown) => this.#ended.reject(error))
      .finally(() => {
        this.#printing = undefined;
        if (this.#isAsked) this.#print();
      });
  }

  async #printAll(): Promise<void> {
    this.#print();
    while (this.#printing !== undefined) await this.#printing;
  }

  async #drain(): Promise<void> {
    this.#isAsked = false;
    await this.#client.takeUnshown(async (message) => {
      if (message.direction === 'outgoing' && this.#options.all !== true) return;
      await writeLine(await this.#format(message));
    });
  }

  async #format(message: StoredMessage): Promise<string> {
    if (!this.#names.has(message.author)) {
      this.#names = namesOf(await (await this.#client.team()).knownMembers());
    }
    return this.#options.json === true ? toJsonMessage(message, this.#names) : toTextMessage(message, this.#names);
  }
}
