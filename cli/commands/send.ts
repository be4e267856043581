/** `vant send --to NAME [TEXT…|-]`: made for scripts, so the exit code says what became of the message. */
import { text as readAll } from 'node:stream/consumers';
import type { Command } from 'commander';
import { ERRORS, isErrorCode } from '../../wire/errors.ts';
import { REMEDIES } from '../../wire/remedies.ts';
import type { VantClient } from '../../client/client.ts';
import type { StoredMessage } from '../../client/conversations/history.ts';
import type { DirectoryEntry } from '../../client/directory/directory.ts';
import { isUnreachable } from '../../client/errors.ts';
import { CommandError } from '../command-error.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { writeLine } from '../output.ts';
import { nameOf, resolveMember } from '../resolve-member.ts';
import { parseDuration, runWithClient, withCommonOptions, type CommonOptions } from '../run-command.ts';
import { toStopError } from '../stop-reason.ts';
import { toJsonLine, toLine } from '../terminal-text.ts';
import { waitForSending, type SendingTimeouts } from '../wait-for-sending.ts';

interface SendOptions extends CommonOptions {
  readonly to: string;
  readonly waitDelivered?: boolean;
  readonly timeout?: string;
}

/** As long as one attempt to connect may take: whoever has no network wants to know soon. With a connection there is hope; a small computer,
 * or a server with much to do, needs its time. */
const DEFAULT_TIMEOUTS: SendingTimeouts = { reachMs: 15_000, takeMs: 60_000 };
/** How long the copy for one's own other devices may keep the command. It is in the outbox in any case. */
const SYNC_TIMEOUT_MS = 3000;

export function registerSendCommand(program: Command): void {
  withCommonOptions(program.command('send'))
    .description('send a message; without text, or with -, it is read from standard input')
    .requiredOption('--to <member>', 'name or id of the member')
    .option('--wait-delivered', 'wait until a device of the recipient has received it')
    .option(
      '--timeout <duration>',
      'how long to try; afterwards the message stays queued (default: 15s to reach the server, then 1m until it has the message)',
    )
    .argument('[text...]')
    .action((words: string[], options: SendOptions) =>
      runWithClient(options, (client) => send(client, words, options)),
    );
}

async function send(client: VantClient, words: string[], options: SendOptions): Promise<ExitCode> {
  const timeouts = toTimeouts(options.timeout);
  const text = await readText(words);
  const recipient = await findRecipient(client, options.to);
  const queued = await client.sendText(recipient.accountId, text);
  const waitDelivered = options.waitDelivered === true;
  let stopError: CommandError | undefined;
  client.on('connection', (state) => (stopError = toStopError(state)));
  await client.connect({ receive: waitDelivered });
  const isDone = (message: StoredMessage): boolean =>
    stopError !== undefined ||
    message.failure !== undefined ||
    isDelivered(message) ||
    (message.status === 'sent' && !waitDelivered);
  const { message = queued, isReached } = await waitForSending(client, queued.historyKey, isDone, timeouts);
  if (message.status !== 'queued' && message.status !== 'failed') await client.flush(SYNC_TIMEOUT_MS);
  await report(message, recipient, options);
  return judge(message, recipient, { waitDelivered, isReached, stopError });
}

/** A time that was given is one for all. */
function toTimeouts(given: string | undefined): SendingTimeouts {
  if (given === undefined) return DEFAULT_TIMEOUTS;
  return { reachMs: parseDuration(given), takeMs: 0 };
}

const isDelivered = ({ status }: StoredMessage): boolean => status === 'delivered' || status === 'read';

async function readText(words: readonly string[]): Promise<string> {
  const isFromStdin = words.length === 0 || (words.length === 1 && words[0] === '-');
  if (isFromStdin && words.length === 0 && process.stdin.isTTY) {
    throw new CommandError(EXIT.USAGE, 'There is nothing to send.', 'vant send --to NAME "text", or pipe it in.');
  }
  const text = isFromStdin ? (await readAll(process.stdin)).replace(/\r?\n$/, '') : words.join(' ');
  if (text === '') throw new CommandError(EXIT.USAGE, 'The message is empty; nothing was sent.');
  return text;
}

/** Known members first: a message can be queued without the server. */
async function findRecipient(client: VantClient, name: string): Promise<DirectoryEntry> {
  const team = await client.team();
  try {
    return resolveMember(await team.knownMembers(), name);
  } catch (notKnown) {
    const members = await team.members().catch((error: unknown) => {
      if (isUnreachable(error)) throw notKnown;
      throw error;
    });
    return resolveMember(members, name);
  }
}

async function report(message: StoredMessage, recipient: DirectoryEntry, { json }: SendOptions): Promise<void> {
  const { id, status, timestamp, failure } = message;
  if (json === true) {
    await writeLine(toJsonLine({ id, to: recipient.accountId, status, timestamp, failure: failure ?? null }));
  } else if (process.stdout.isTTY) await writeLine(`${status} to ${toLine(nameOf(recipient))}`);
}

interface Circumstances {
  readonly waitDelivered: boolean;
  readonly isReached: boolean;
  readonly stopError: CommandError | undefined;
}

function judge(
  message: StoredMessage,
  recipient: DirectoryEntry,
  { waitDelivered, isReached, stopError }: Circumstances,
): ExitCode {
  const name = toLine(nameOf(recipient));
  if (message.failure === 'IDENTITY_CHANGED' || message.failure === 'NO_PROFILE') {
    throw new CommandError(
      EXIT.IDENTITY_CHANGED,
      `The identity key of ${name} cannot be confirmed; the message waits.`,
      `Ask ${name} in person; if it is right, run: vant members accept ${name}`,
    );
  }
  if (message.status === 'failed') throw toFailure(message, name);
  if (message.status === 'queued') {
    if (stopError !== undefined) throw stopError;
    throw new CommandError(
      EXIT.UNREACHABLE,
      isReached
        ? 'The server is there, but has not taken the message in time. The message is queued.'
        : 'The server cannot be reached. The message is queued.',
      'The next vant send, chat or receive of this identity will send it.',
    );
  }
  if (waitDelivered && !isDelivered(message)) {
    throw new CommandError(EXIT.TIMEOUT, `The message is sent, but no device of ${name} has received it yet.`);
  }
  return EXIT.OK;
}

function toFailure({ failure = '' }: StoredMessage, name: string): CommandError {
  if (!isErrorCode(failure)) return new CommandError(EXIT.FAILED, `The message to ${name} was refused (${failure}).`);
  if (failure === 'NOT_FOUND') return new CommandError(EXIT.FAILED, `${name} is not a member any more.`);
  return new CommandError(
    EXIT.FAILED,
    `The message to ${name} was refused. ${ERRORS[failure].message}`,
    REMEDIES[failure],
  );
}
