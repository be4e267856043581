/** Replaces the program of the service by a newer one, and goes back by itself if that does not come up. */
import { existsSync, readFileSync } from 'node:fs';
import { CommandError } from '../command-error.ts';
import { EXIT } from '../exit-codes.ts';
import { parsePublicKey, SignatureError, verifyFile, type PublicKey } from './minisign.ts';
import { testProgram } from './self-test.ts';
import { discardStaged, previousOf, stage, swapBack, swapIn } from './swap-program.ts';

export interface Service {
  /** Undefined where no service runs the program: then whoever started it starts it again. */
  readonly restart: (() => Promise<void>) | undefined;
}

interface Upgrade {
  /** The new program, with FILE.minisig beside it. */
  readonly file: string;
  /** What it replaces. */
  readonly program: string;
  readonly keys: readonly PublicKey[];
  readonly service: Service;
  readonly say: (text: string) => Promise<void>;
}

/** @throws CommandError; the old program is then in place and, if a service runs it, runs */
export async function upgrade({ file, program, keys, service, say }: Upgrade): Promise<void> {
  const comment = await checkSignature(file, keys);
  await say(`The signature is right (${comment}).`);
  const staged = stage(file, program);
  try {
    await say(`It works here: version ${await testProgram(staged)}.`);
    swapIn(program);
  } finally {
    discardStaged(program);
  }
  await say(`Replaced ${program}; the old one is ${previousOf(program)}.`);
  if (service.restart === undefined) {
    await say('No service of this machine runs it: start it again yourself.');
    return;
  }
  try {
    await service.restart();
  } catch (error) {
    swapBack(program);
    const reason = messageOf(error);
    await service.restart().catch((again: unknown) => {
      throw new CommandError(
        EXIT.ERROR,
        `Neither the new version came up, nor the old one, which is back as ${program}. ${reason} ${messageOf(again)}`,
        'journalctl -u vant says why. If the new version has changed the stored data, only it can go on with them.',
      );
    });
    throw new CommandError(
      EXIT.ERROR,
      `The new version did not come up, so the old one is back, and runs. ${reason}`,
      `The version that failed is ${previousOf(program)}.`,
    );
  }
  await say('The service has started again and is ready. (To go back: vant upgrade --rollback)');
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error)).trim();

/** By hand, to the version before. */
export async function rollBack(program: string, service: Service): Promise<void> {
  if (!swapBack(program)) {
    throw new CommandError(
      EXIT.ERROR,
      `There is no ${previousOf(program)}.`,
      'Only what "vant upgrade" has replaced can come back.',
    );
  }
  await service.restart?.();
}

async function checkSignature(file: string, keys: readonly PublicKey[]): Promise<string> {
  if (keys.length === 0) {
    throw new CommandError(
      EXIT.ERROR,
      'This build knows no key of a release, so it cannot check a signature.',
      'Put the public key (minisign) of those you trust into /etc/vant/release.pub, or name it with --public-key FILE.',
    );
  }
  const signature = `${file}.minisig`;
  for (const path of [file, signature]) {
    if (!existsSync(path))
      throw new CommandError(
        EXIT.ERROR,
        `There is no file ${path}.`,
        'A release is two files: the program, and its signature with .minisig at the end.',
      );
  }
  try {
    return await verifyFile(file, readFileSync(signature, 'utf8'), keys);
  } catch (error) {
    if (!(error instanceof SignatureError)) throw error;
    throw new CommandError(
      EXIT.ERROR,
      `${file} is not installed. ${error.message}`,
      'Load it again from where the releases are.',
    );
  }
}

/** @param paths of .pub files; those that are missing are skipped */
export function readKeys(paths: readonly string[]): PublicKey[] {
  return paths.filter((path) => existsSync(path)).map((path) => parsePublicKey(readFileSync(path, 'utf8')));
}
