/** `vant chat NAME`: a conversation in the terminal. Also works without one: lines in, lines out. */
import { createInterface, type Interface } from 'node:readline';
import type { Command } from 'commander';
import type { VantClient } from '../../client/client.ts';
import type { StoredMessage } from '../../client/conversations/history.ts';
import type { DirectoryEntry } from '../../client/directory/directory.ts';
import type { ConnectionState } from '../../client/transport/connection-keeper.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { namesOf, toTextMessage, type Names } from '../message-format.ts';
import { writeError } from '../output.ts';
import { nameOf, resolveMember } from '../resolve-member.ts';
import { runWithClient, withCommonOptions, type CommonOptions } from '../run-command.ts';
import { toStopError } from '../stop-reason.ts';
import { toLine } from '../terminal-text.ts';
import { fetchMembers } from './members.ts';

const SHOWN_AT_START = 20;
const FLUSH_TIMEOUT_MS = 10_000;
const MARKS: Readonly<Partial<Record<StoredMessage['status'], string>>> = {
  sent: '✓',
  delivered: '✓✓',
  read: '✓✓ read',
  failed: '✗ failed',
};

export function registerChatCommand(program: Command): void {
  withCommonOptions(program.command('chat'))
    .description('talk with a member; /quit or Ctrl-D ends')
    .argument('<name>', 'name or id of the member')
    .action((name: string, options: CommonOptions) =>
      runWithClient(options, async (client) => {
        const members = await fetchMembers(client);
        const peer = resolveMember(members, name);
        return new Chat(client, peer, namesOf(members)).run();
      }),
    );
}

class Chat {
  readonly #client: VantClient;
  readonly #peer: DirectoryEntry;
  readonly #names: Names;
  readonly #lines: Interface;
  readonly #ended = Promise.withResolvers<ExitCode>();
  #sending: Promise<unknown> = Promise.resolve();

  constructor(client: VantClient, peer: DirectoryEntry, names: Names) {
    this.#client = client;
    this.#peer = peer;
    this.#names = names;
    const output = process.stdout.isTTY ? process.stdout : undefined;
    this.#lines = createInterface({ input: process.stdin, ...(output === undefined ? {} : { output }), prompt: '> ' });
  }

  async run(): Promise<ExitCode> {
    for (const message of await this.#client.messages(this.#peer.accountId, { limit: SHOWN_AT_START }))
      this.#show(message);
    // What is shown above counts as shown.
    await this.#noteShown();
    this.#listen();
    await this.#client.connect({ receive: true });
    this.#lines.prompt();
    const exitCode = await this.#ended.promise;
    await this.#sending;
    if (!(await this.#client.flush(FLUSH_TIMEOUT_MS))) {
      writeError('vant: not everything could be sent; it is queued.');
      return EXIT.UNREACHABLE;
    }
    return exitCode;
  }

  #listen(): void {
    this.#client.on('message', (message) => void this.#onMessage(message));
    this.#client.on('status', (message) => {
      if (message.conversation === this.#peer.accountId) this.#showMark(message);
    });
    this.#client.on('typing', ({ conversation, isStarted }) => {
      if (conversation === this.#peer.accountId && isStarted && process.stdout.isTTY) {
        this.#print(`  ${toLine(nameOf(this.#peer))} is writing…`);
      }
    });
    this.#client.on('connection', (state) => this.#onConnection(state));
    this.#client.on('identityChanged', ({ accountId }) => {
      const name = toLine(nameOf(this.#names.get(accountId)));
      this.#print(`! The identity key of ${name} has changed. Ask them; if it is right: vant members accept ${name}`);
    });
    this.#lines.on('line', (line) => this.#onLine(line));
    this.#lines.on('close', () => this.#ended.resolve(EXIT.OK));
  }

  #onLine(line: string): void {
    if (line.trim() === '/quit') {
      this.#lines.close();
      return;
    }
    if (line.trim() !== '') {
      this.#sending = this.#sending
        .then(() => this.#client.sendText(this.#peer.accountId, line))
        .catch((error: unknown) => this.#ended.reject(error));
    }
    this.#lines.prompt();
  }

  async #onMessage(message: StoredMessage): Promise<void> {
    if (message.conversation !== this.#peer.accountId) {
      if (message.direction === 'incoming' && message.kind === 'text')
        this.#print(`  (a message from ${this.#authorOf(message)})`);
      return;
    }
    const account = await this.#client.account();
    const isTypedHere = message.direction === 'outgoing' && message.authorDevice === account?.deviceId;
    if (!isTypedHere) this.#show(message);
    await this.#noteShown();
  }

  /** `vant receive` need not print it again, and its author may know that it was read, if there is someone who reads. */
  async #noteShown(): Promise<void> {
    await this.#client.takeUnshown(() => undefined, { conversation: this.#peer.accountId });
    if (process.stdout.isTTY) await this.#client.markRead(this.#peer.accountId);
  }

  #onConnection(state: ConnectionState): void {
    const error = toStopError(state);
    if (error !== undefined) this.#ended.reject(error);
    if (state.status === 'waiting') this.#print('  (not connected; messages are queued)');
  }

  #authorOf(message: StoredMessage): string {
    return toLine(nameOf(this.#names.get(message.author)));
  }

  #show(message: StoredMessage): void {
    const mark = message.direction === 'outgoing' && message.kind === 'text' ? ` ${MARKS[message.status] ?? '…'}` : '';
    this.#print(`${toTextMessage(message, this.#names)}${mark}`);
  }

  #showMark(message: StoredMessage): void {
    const mark = MARKS[message.status];
    if (mark === undefined) return;
    const start = message.text.length > 24 ? `${message.text.slice(0, 23)}…` : message.text;
    this.#print(`  ${mark} ${toLine(start)}`);
  }

  /** Above the line that is being typed. */
  #print(line: string): void {
    if (process.stdout.isTTY) process.stdout.write('\r\x1b[2K');
    process.stdout.write(`${line}\n`);
    if (process.stdout.isTTY) this.#lines.prompt(true);
  }
}
