/** `vant tls status` and `vant tls trust`: what certificate there is, and what devices have to trust on a network without a domain. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Option, type Command } from 'commander';
import { ConfigError } from '../../config/config-error.ts';
import { loadConfig } from '../../config/load.ts';
import { renderProblems } from '../../config/render-problems.ts';
import type { Config } from '../../config/schema.ts';
import { planRenewal } from '../../server/tls/acme/renewal.ts';
import { checkCertificate, toDay } from '../../server/tls/check-certificate.ts';
import { checkServed } from '../../server/tls/check-served.ts';
import { TLS_DIRECTORY, readState } from '../../server/tls/file-state-store.ts';
import { fingerprintOf } from '../../server/tls/local/local-authority.ts';
import { readStoredAuthority, type StoredAuthority } from '../../server/tls/local/stored-authority.ts';
import { TRUST_PATH } from '../../server/tls/plain-http.ts';
import { ownOf, parseStored } from '../../server/tls/stored-certificate.ts';
import { CommandError } from '../command-error.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { writeLine } from '../output.ts';
import { runCommand } from '../run-command.ts';
import { toJsonLine } from '../terminal-text.ts';

interface TlsCommandOptions {
  readonly config?: string;
  readonly json?: boolean;
  readonly out?: string;
}

const EVERY_ADDRESS: Readonly<Record<string, string>> = { '0.0.0.0': '127.0.0.1', '::': '::1' };

export function registerTlsCommand(program: Command): void {
  const tls = program.command('tls').description('the certificate of the server');
  const add = (name: string, description: string, run: (options: TlsCommandOptions) => Promise<ExitCode>) =>
    tls
      .command(name)
      .description(description)
      .addOption(new Option('--config <file>', 'the configuration file (else VANT_CONFIG, ./, /etc/vant/)'))
      .option('--json', 'print JSON')
      .action((options: TlsCommandOptions) => runCommand(options, () => run(options)));
  add('status', 'what is served, what is stored, and when it is renewed', showStatus);
  add('trust', 'the authority that devices have to trust (tls.mode: local): fingerprint, page, file', showTrust).option(
    '--out <file>',
    'write its certificate (PEM) there',
  );
}

async function showStatus(options: TlsCommandOptions): Promise<ExitCode> {
  const config = load(options);
  const { mode, names } = config.tls;
  if (mode === 'off') {
    await print(options, { mode }, [
      'off: Vant serves plain HTTP (tls.mode); a proxy in front may have a certificate.',
    ]);
    return EXIT.OK;
  }
  const ca = readAuthority(config)?.cert;
  const { host, port } = config.server.listen;
  const served = await checkServed(
    {
      host: EVERY_ADDRESS[host] ?? host,
      port,
      ...(names[0] !== undefined && { serverName: names[0] }),
      ...(ca && { ca }),
    },
    Date.now(),
  );
  const stored = describeStored(config);
  await print(options, { mode, names, served, stored }, [
    `mode    ${mode}, for ${names.join(', ')}`,
    `served  ${served.seen}${served.remedy === undefined ? '' : `\n        = ${served.remedy}`}`,
    `stored  ${stored}`,
  ]);
  return served.status === 'error' ? EXIT.ERROR : EXIT.OK;
}

function describeStored(config: Config): string {
  if (config.tls.mode === 'files') return `${config.tls.cert_file ?? ''} (yours; read again when it changes)`;
  if (config.redis.mode === 'external') return 'in Redis, for all nodes';
  const stored = parseStored(asUser(() => readState(join(config.storage.data_dir, TLS_DIRECTORY), 'certificate')));
  if (stored === undefined) return 'nothing yet; the log of the server says why';
  const own = ownOf(stored);
  const problems = checkCertificate(stored, { names: config.tls.names, now: Date.now() }).map(({ seen }) => ` ${seen}`);
  const renewal = `renewed by ${toDay(planRenewal(own, undefined))} at the latest`;
  return `until ${toDay(own.validToDate.getTime())}; ${renewal}.${problems.join('')}`;
}

async function showTrust(options: TlsCommandOptions): Promise<ExitCode> {
  const config = load(options);
  if (config.tls.mode !== 'local') {
    throw new CommandError(EXIT.USAGE, `tls.mode is ${config.tls.mode}: there is nothing to trust by hand.`);
  }
  const authority = readAuthority(config);
  const page = `${config.server.public_url.replace(/^https:/, 'http:')}${TRUST_PATH}`;
  if (authority === undefined) {
    const isShared = config.redis.mode === 'external';
    throw new CommandError(
      EXIT.ERROR,
      isShared ? 'The authority is kept in Redis.' : `There is no authority in ${config.storage.data_dir} yet.`,
      isShared
        ? `The log of each node shows its fingerprint when it is made; ${page} has the file.`
        : 'Start the server once: vant serve',
    );
  }
  if (options.out !== undefined) writeFileSync(options.out, authority.cert);
  const fingerprint = fingerprintOf(authority);
  await print(options, { fingerprint, page, names: authority.names }, [
    `On each device open ${page}`,
    `and compare its SHA-256 fingerprint with this one:\n\n    ${fingerprint}\n`,
    `It can sign for ${authority.names.join(', ')} and nothing else.`,
  ]);
  return EXIT.OK;
}

function readAuthority(config: Config): StoredAuthority | undefined {
  if (config.tls.mode !== 'local' || config.redis.mode === 'external') return undefined;
  return asUser(() => readStoredAuthority(config.storage.data_dir));
}

function asUser<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new CommandError(EXIT.ERROR, (error as Error).message, 'Run this as the user that runs the server.');
  }
}

async function print({ json }: TlsCommandOptions, facts: object, lines: readonly string[]): Promise<void> {
  await writeLine(json === true ? toJsonLine(facts) : lines.join('\n'));
}

function load({ config }: TlsCommandOptions): Config {
  try {
    return loadConfig({ ...(config !== undefined && { configFile: config }) }).config;
  } catch (error) {
    if (error instanceof ConfigError) throw new CommandError(EXIT.ERROR, renderProblems(error.problems, 'error'));
    throw error;
  }
}
