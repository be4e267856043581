/** The keys of backups, from options and files. */
import { readFileSync, writeFileSync } from 'node:fs';
import type { OpenKey, SealKey } from '../../server/backup/seal-file.ts';
import { CommandError } from '../command-error.ts';
import { EXIT } from '../exit-codes.ts';

export interface SealOptions {
  readonly recipient?: readonly string[];
  readonly passphraseFile?: string;
}

export interface OpenOptions {
  readonly identity?: string;
  readonly passphraseFile?: string;
}

/** Everything that the team has hangs on it. */
const MIN_PASSPHRASE_LENGTH = 12;
const STDIN = 0;

/** @throws CommandError */
export function readSealKey({ recipient: recipients, passphraseFile }: SealOptions): SealKey {
  if (recipients !== undefined && passphraseFile !== undefined) throw bothGiven('--recipient');
  if (recipients !== undefined) return { kind: 'recipients', recipients };
  if (passphraseFile !== undefined) return { kind: 'passphrase', passphrase: readPassphrase(passphraseFile) };
  throw new CommandError(
    EXIT.USAGE,
    'A backup is encrypted, and nobody is named who can open it.',
    'Make a key on another machine with: vant backup-key FILE; then give what it prints: --recipient age1…',
  );
}

/** @throws CommandError */
export function readOpenKey({ identity, passphraseFile }: OpenOptions): OpenKey {
  if (identity !== undefined && passphraseFile !== undefined) throw bothGiven('--identity');
  if (identity !== undefined) return { kind: 'identities', identities: readIdentities(identity) };
  if (passphraseFile !== undefined) return { kind: 'passphrase', passphrase: readPassphrase(passphraseFile) };
  throw new CommandError(
    EXIT.USAGE,
    'The backup is encrypted, and no key is given.',
    'Give the file that vant backup-key has written (--identity FILE), or the passphrase (--passphrase-file FILE).',
  );
}

/** Never over a key that is there: backups made for it could not be opened any more. */
export function keepPrivateFile(path: string, text: string): void {
  try {
    writeFileSync(path, text, { mode: 0o600, flag: 'wx', flush: true });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    throw new CommandError(EXIT.ERROR, `${path} is there already.`, 'Name another file.');
  }
}

function readIdentities(path: string): string[] {
  const lines = readText(path).split('\n');
  const identities = lines.map((line) => line.trim()).filter((line) => line !== '' && !line.startsWith('#'));
  if (identities.length > 0) return identities;
  throw new CommandError(EXIT.USAGE, `${path} holds no key.`, 'Name the file that vant backup-key has written.');
}

function readPassphrase(path: string): string {
  const passphrase = readText(path).replace(/\r?\n$/, '');
  if (passphrase.length >= MIN_PASSPHRASE_LENGTH) return passphrase;
  throw new CommandError(
    EXIT.USAGE,
    `The passphrase has fewer than ${MIN_PASSPHRASE_LENGTH} characters.`,
    'Take a longer one: five random words, for instance.',
  );
}

const readText = (path: string): string => readFileSync(path === '-' ? STDIN : path, 'utf8');

const bothGiven = (option: string): CommandError =>
  new CommandError(EXIT.USAGE, `${option} and --passphrase-file exclude each other.`, 'Give one of them.');
