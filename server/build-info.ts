/** Which program this is: version, source, the web app that comes with it. */
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PROTOCOL_VERSION } from '../wire/limits.ts';
import { PACKED_FILES } from './program/packed-files.ts';
import { findProgramFile } from './program/program-files.ts';
import { VERSION } from './version.ts';

export interface BuildInfo {
  readonly version: string;
  readonly protocolVersion: number;
  /** Without the leading v. */
  readonly nodeVersion: string;
  /** Of the source, where that can be known. */
  readonly commit?: string;
  /** SHA-256 of the web app, base64url: who gets another one is served something else. */
  readonly webBundle?: string;
}

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** @param webBundle hash of the web app that this build has; undefined: it has none */
export function describeBuild(webBundle?: string, root = ROOT): BuildInfo {
  const commit = findProgramFile(PACKED_FILES.commit)?.toString('utf8').trim() ?? findCommit(root);
  return {
    version: VERSION,
    protocolVersion: PROTOCOL_VERSION,
    nodeVersion: process.versions.node,
    ...(commit !== undefined && { commit }),
    ...(webBundle !== undefined && { webBundle }),
  };
}

/** What a checkout says of itself, without running git. */
export function findCommit(root: string): string | undefined {
  const directory = findGitDirectory(root);
  const head = directory === undefined ? undefined : readText(join(directory, 'HEAD'));
  if (directory === undefined || head === undefined) return undefined;
  const commit = head.startsWith('ref: ') ? readReference(directory, head.slice(5)) : head;
  return commit !== undefined && isCommit(commit) ? commit : undefined;
}

/** In a worktree `.git` is a file that names the directory. */
function findGitDirectory(root: string): string | undefined {
  const path = join(root, '.git');
  if (existsSync(join(path, 'HEAD'))) return path;
  const named = readText(path)?.replace(/^gitdir: /, '');
  return named === undefined ? undefined : resolve(root, named);
}

function readReference(directory: string, name: string): string | undefined {
  const common = readText(join(directory, 'commondir'));
  const directories = [directory, ...(common === undefined ? [] : [resolve(directory, common)])];
  for (const each of directories) {
    const found = readText(join(each, name)) ?? findPacked(readText(join(each, 'packed-refs')) ?? '', name);
    if (found !== undefined) return found;
  }
  return undefined;
}

function findPacked(text: string, name: string): string | undefined {
  const line = text.split('\n').find((each) => each.endsWith(` ${name}`));
  return line?.split(' ')[0];
}

const isCommit = (text: string): boolean => /^[0-9a-f]{40,64}$/.test(text);

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return undefined;
  }
}
