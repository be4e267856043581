import { readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { hideValue } from './mask-excerpt.ts';
import type { Place, Problem, Source } from './problem.ts';
import { SECRET_ENTRIES, type Entry } from './registry.ts';
import type { SecretOption } from './option.ts';
import type { Environment } from './read-environment.ts';
import { Secret } from './secret.ts';
import type { WrittenText, WrittenValues } from './written.ts';

const MAX_SECRET_BYTES = 64 * 1024;
const READABLE_BY_OTHERS = 0o007;

export interface ReadSecret {
  readonly secret: Secret;
  readonly source: Source;
  readonly place: Place | undefined;
}

export interface SecretReading {
  readonly secrets: ReadonlyMap<string, ReadSecret>;
  readonly problems: readonly Problem[];
  readonly warnings: readonly Problem[];
}

/** Where a secret can come from; the first that is there counts. */
export function readSecrets(fromFile: WrittenValues, env: Environment, cwd: string): SecretReading {
  const secrets = new Map<string, ReadSecret>();
  const problems: Problem[] = [];
  const warnings: Problem[] = [];
  for (const entry of SECRET_ENTRIES) {
    const outcome = readOne(entry, fromFile.get(entry.path), env, cwd);
    if (outcome?.found !== undefined) secrets.set(entry.path, outcome.found);
    if (outcome?.problem !== undefined) problems.push({ option: entry.path, ...outcome.problem });
    if (outcome?.warning !== undefined) warnings.push({ option: entry.path, ...outcome.warning });
  }
  return { secrets, problems, warnings };
}

interface Outcome {
  readonly found?: ReadSecret;
  readonly problem?: Problem;
  readonly warning?: Problem;
}

function readOne(
  entry: Entry<SecretOption>,
  named: WrittenText | undefined,
  env: Environment,
  cwd: string,
): Outcome | undefined {
  const { envName } = entry;
  const literal = env[envName] ?? '';
  const envFile = env[`${envName}_FILE`] ?? '';
  if (literal !== '' && envFile !== '') return refuseBoth(envName);
  if (literal !== '') return readLiteral(literal, envName);
  if (envFile !== '') {
    return readNamedFile({ text: envFile, baseDir: cwd, place: { kind: 'env', name: `${envName}_FILE` } });
  }
  return named === undefined ? readCredential(entry.path, env) : readNamedFile(named);
}

function refuseBoth(envName: string): Outcome {
  return {
    problem: {
      place: { kind: 'env', name: envName },
      message: `${envName} and ${envName}_FILE are both set`,
      help: 'Remove one of them.',
    },
  };
}

function readLiteral(text: string, envName: string): Outcome {
  const place: Place = { kind: 'env', name: envName };
  return { found: { secret: new Secret(text), source: place, place } };
}

function readNamedFile({ text, baseDir, place }: WrittenText): Outcome {
  const path = resolve(baseDir, text);
  if (!text.includes('/') && statSync(path, { throwIfNoEntry: false }) === undefined) return refuseLikelyLiteral(place);
  const content = readSecretFile(path);
  if ('message' in content) return { problem: { place, ...content } };
  const namedBy = place.kind === 'env' ? place.name : `${place.file}:${place.line}`;
  const source: Source = { kind: 'secret-file', path, namedBy };
  const found = { secret: content.secret, source, place };
  return content.isOpen ? { found, warning: warnOpenFile(path, place) } : { found };
}

/** A word that is no file may be the secret itself, written in the wrong place: it is not repeated. */
function refuseLikelyLiteral(place: Place): Outcome {
  const hidden = place.kind === 'file' ? { ...place, excerpt: hideValue(place.excerpt), width: 1 } : place;
  return {
    problem: {
      place: hidden,
      message: 'there is no file of the name that stands here',
      help: 'It takes the path of a file that holds the secret, and not the secret itself.',
    },
  };
}

function warnOpenFile(path: string, place: Place): Problem {
  return {
    place,
    message: `every user of this machine can get at ${path}`,
    help: `Close it: chmod 600 ${path}`,
  };
}

/** systemd puts each credential into a directory that only this service can read. */
function readCredential(path: string, env: Environment): Outcome | undefined {
  const directory = env['CREDENTIALS_DIRECTORY'] ?? '';
  if (directory === '') return undefined;
  const file = join(directory, path);
  if (statSync(file, { throwIfNoEntry: false }) === undefined) return undefined;
  const content = readSecretFile(file);
  if ('message' in content) return { problem: { ...content, message: `systemd credential: ${content.message}` } };
  return { found: { secret: content.secret, source: { kind: 'credential', name: path }, place: undefined } };
}

type SecretContent = { secret: Secret; isOpen: boolean } | { message: string; help: string };

function readSecretFile(path: string): SecretContent {
  try {
    const stats = statSync(path);
    if (stats.isDirectory()) return { message: `${path} is a directory`, help: 'Name the file inside it.' };
    if (stats.size > MAX_SECRET_BYTES)
      return { message: `${path} is too large for a secret`, help: 'Is it the right file?' };
    const secret = readFileSync(path, 'utf8').replace(/\r?\n$/, '');
    if (secret === '') return { message: `${path} is empty`, help: 'It holds the secret and nothing else.' };
    return { secret: new Secret(secret), isOpen: (stats.mode & READABLE_BY_OTHERS) !== 0 };
  } catch (error) {
    const isMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    return isMissing
      ? {
          message: `there is no file ${path}`,
          help: 'Check the path; relative ones start at the directory of the configuration file.',
        }
      : {
          message: `${path} cannot be read by this user`,
          help: 'Give it to the user that runs Vant: chown, chmod 600.',
        };
  }
}
