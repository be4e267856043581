/** The frame of every command that uses an identity: opens it, runs, closes it, and turns errors into words and exit
 * codes. */
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { Option, type Command } from 'commander';
import { createClient, type VantClient } from '../client/client.ts';
import type { LogPort } from '../client/ports.ts';
import { CommandError, toCommandError } from './command-error.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { selectIdentity, type HomeOptions, type Identity } from './identity-home.ts';
import { OutputClosed, writeError } from './output.ts';
import { createNodePorts } from './ports/node-ports.ts';
import { toJsonLine } from './terminal-text.ts';

export interface CommonOptions extends HomeOptions {
  readonly json?: boolean;
  readonly verbose?: boolean;
  readonly caFile?: string;
}

/** The options that every such command has. */
export function withCommonOptions(command: Command): Command {
  return command
    .addOption(new Option('--home <dir>', 'where identities are kept').env('VANT_HOME'))
    .addOption(new Option('--as <name>', 'which identity to use, when there are several').env('VANT_AS'))
    .addOption(new Option('--ca-file <file>', 'trust this authority (PEM), too').env('VANT_CA_FILE'))
    .option('--json', 'print JSON, one object per line')
    .option('--verbose', 'tell on stderr what happens');
}

/** Runs `work` with the client of the chosen identity. */
export async function runWithClient(
  options: CommonOptions,
  work: (client: VantClient, identity: Identity) => Promise<ExitCode>,
): Promise<void> {
  await runCommand(options, async () => {
    const identity = selectIdentity(options);
    return withIdentity(options, identity, (client) => work(client, identity));
  });
}

export async function withIdentity<T>(
  options: CommonOptions,
  { directory }: Identity,
  work: (client: VantClient) => Promise<T>,
): Promise<T> {
  // Whatever is made from here on, be it by SQLite, is for the owner only.
  process.umask(0o077);
  const ports = createNodePorts(directory, createLog(options.verbose === true));
  const client = createClient(ports);
  try {
    return await work(client);
  } finally {
    await client.close();
    await ports.storage.close();
  }
}

/** Ends the process with what `work` gives, or with what its error means. */
export async function runCommand(options: CommonOptions, work: () => Promise<ExitCode>): Promise<void> {
  let exitCode: ExitCode;
  try {
    if (options.caFile !== undefined) trustAuthority(options.caFile);
    exitCode = await work();
  } catch (error) {
    exitCode = reportError(error, options);
  }
  // Timers of the client may still run; everything that matters is on the disk.
  process.exit(exitCode);
}

/** For servers whose certificate no public authority has signed. fetch and WebSockets both go by it. */
function trustAuthority(file: string): void {
  try {
    setDefaultCACertificates([...getCACertificates('default'), readFileSync(file, 'utf8')]);
  } catch (error) {
    throw new CommandError(
      EXIT.USAGE,
      `${file} cannot be used as an authority: ${(error as Error).message}`,
      'Give its certificate as PEM: vant tls trust --out FILE, on the server.',
    );
  }
}

function reportError(error: unknown, options: CommonOptions): ExitCode {
  if (error instanceof OutputClosed) return EXIT.OK;
  const known = toCommandError(error);
  if (known === undefined) {
    writeError(`vant: something went wrong that nobody expected: ${describe(error, options)}`);
    return EXIT.ERROR;
  }
  writeError(`vant: ${known.message}${known.remedy === undefined ? '' : `\n      ${known.remedy}`}`);
  return known.exitCode;
}

function describe(error: unknown, { verbose }: CommonOptions): string {
  if (!(error instanceof Error)) return String(error);
  return verbose === true ? (error.stack ?? error.message) : error.message;
}

function createLog(isVerbose: boolean): LogPort {
  return {
    write(level, event, fields) {
      if (isVerbose) writeError(toJsonLine({ level, event, ...fields }));
    },
  };
}

/** How this device is called unless the user says otherwise. */
export const defaultDeviceName = (): string => hostname().split('.')[0] ?? 'terminal';

/** `90s`, `10m`, `12h`, `3d`; a bare number means seconds. */
export function parseDuration(text: string): number {
  const match = /^(\d+(?:\.\d+)?)\s*(ms|s|m|h|d)?$/.exec(text.trim());
  if (match === null)
    throw new CommandError(EXIT.USAGE, `${text} is not a duration.`, 'Write it like 30s, 10m, 12h or 3d.');
  const unitMs = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }[match[2] ?? 's'] ?? 1000;
  return Number(match[1]) * unitMs;
}
