/** Where the identities of this user live: one folder each, readable by the owner only. */
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Account } from '../client/account/account-record.ts';
import { CommandError } from './command-error.ts';
import { EXIT } from './exit-codes.ts';
import { toLine } from './terminal-text.ts';

/** Present once the identity has joined. Nothing in it is secret. */
const CARD_FILE = 'identity.json';

export interface HomeOptions {
  readonly home?: string;
  readonly as?: string;
}

export interface Identity {
  readonly slug: string;
  readonly directory: string;
}

export function resolveHome({ home }: HomeOptions): string {
  if (home !== undefined && home !== '') return home;
  const dataHome = process.env['XDG_DATA_HOME'];
  return join(dataHome !== undefined && dataHome !== '' ? dataHome : join(homedir(), '.local', 'share'), 'vant');
}

/** `Ada Lovelace` becomes `ada-lovelace`. A name without Latin letters or digits becomes `me`. */
export function toSlug(name: string): string {
  const slug = name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 48);
  return slug === '' ? 'me' : slug;
}

export function listIdentities(home: string): Identity[] {
  if (!existsSync(home)) return [];
  return readdirSync(home, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(home, entry.name, CARD_FILE)))
    .map(({ name }) => ({ slug: name, directory: join(home, name) }))
    .sort((a, b) => a.slug.localeCompare(b.slug));
}

/** The identity that a command is about. @throws CommandError NOT_JOINED, with the list when it must be said which. */
export function selectIdentity(options: HomeOptions): Identity {
  const home = resolveHome(options);
  const identities = listIdentities(home);
  const joined = identities.map(({ slug }) => toLine(slug)).join(', ');
  if (options.as !== undefined && options.as !== '') {
    const wanted = toSlug(options.as);
    const found = identities.find(({ slug }) => slug === wanted);
    if (found !== undefined) return found;
    const remedy = joined === '' ? 'Join first: vant join LINK --name "Your Name"' : `There are: ${joined}`;
    throw new CommandError(EXIT.NOT_JOINED, `There is no identity ${wanted} in ${home}.`, remedy);
  }
  const [first, ...others] = identities;
  if (first === undefined) {
    throw new CommandError(
      EXIT.NOT_JOINED,
      `There is no identity in ${home}.`,
      'Join with an invite link: vant join LINK --name "Your Name"',
    );
  }
  if (others.length > 0) {
    throw new CommandError(
      EXIT.NOT_JOINED,
      `Which identity? There are: ${joined}`,
      'Say it with --as NAME or VANT_AS.',
    );
  }
  return first;
}

/** The folder for an identity that is about to join. */
export function prepareIdentity(options: HomeOptions, name: string): Identity {
  const home = resolveHome(options);
  const slug = toSlug(options.as ?? name);
  const directory = join(home, slug);
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  return { slug, directory };
}

export function writeCard({ directory }: Identity, account: Account): void {
  const { accountId, deviceId, origin, displayName } = account;
  const path = join(directory, CARD_FILE);
  writeFileSync(`${path}.new`, `${JSON.stringify({ accountId, deviceId, origin, displayName }, null, 2)}\n`, {
    mode: 0o600,
  });
  renameSync(`${path}.new`, path);
}

/** Takes away the folder of an attempt that was refused. Never one that has joined. */
export function discardIdentity({ directory }: Identity): void {
  if (!existsSync(join(directory, CARD_FILE))) rmSync(directory, { recursive: true, force: true });
}
