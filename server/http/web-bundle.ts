/** The web app's files as the build made them (scripts/webui-bundle.ts): named in web-bundle.json, compressed beforehand. They lie in
 * a directory, or in the packaged executable. */
import { readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findProgramFile, isPackaged } from '../program/program-files.ts';

export type ContentEncoding = 'br' | 'gzip';

export interface WebFile {
  readonly contentType: string;
  /** SHA-256 in base64. */
  readonly sha256: string;
  readonly isCompressed: boolean;
}

export interface WebBundle {
  /** SHA-256 in hex over all files: what `vant version` prints and the page shows. */
  readonly hash: string;
  /** By path, which starts with a slash. */
  readonly files: ReadonlyMap<string, WebFile>;
  /** @param encoding only for files that are compressed */
  read(path: string, encoding: ContentEncoding | undefined): Promise<Uint8Array>;
}

interface Manifest {
  readonly hash: string;
  readonly files: Readonly<Record<string, { readonly sha256: string }>>;
}

const MANIFEST = 'web-bundle.json';

interface FileType {
  readonly contentType: string;
  readonly isCompressed: boolean;
}

const TYPES: Readonly<Record<string, FileType>> = {
  '.html': { contentType: 'text/html; charset=utf-8', isCompressed: true },
  '.js': { contentType: 'text/javascript; charset=utf-8', isCompressed: true },
  '.css': { contentType: 'text/css; charset=utf-8', isCompressed: true },
  '.json': { contentType: 'application/json; charset=utf-8', isCompressed: true },
  '.svg': { contentType: 'image/svg+xml', isCompressed: true },
  '.webmanifest': { contentType: 'application/manifest+json', isCompressed: true },
  '.png': { contentType: 'image/png', isCompressed: false },
  '.woff2': { contentType: 'font/woff2', isCompressed: false },
  '.mp3': { contentType: 'audio/mpeg', isCompressed: false },
  '.ogg': { contentType: 'audio/ogg', isCompressed: false },
};

const SUFFIXES: Readonly<Record<ContentEncoding, string>> = { br: '.br', gzip: '.gz' };

/** @returns undefined when there is no such file. */
type ReadFile = (name: string) => Promise<Uint8Array | undefined>;

/** The web app of this build: packaged, or built in the checkout. */
export async function openOwnWebBundle(): Promise<WebBundle | undefined> {
  if (!isPackaged) return await openWebBundle(fileURLToPath(new URL('../../.build/webui', import.meta.url)));
  return await open(async (name) => findProgramFile(join('.build', 'webui', name)));
}

export async function openWebBundle(directory: string): Promise<WebBundle | undefined> {
  return await open((name) => readFile(join(directory, name)).catch(ignoreMissing));
}

/** Undefined when nothing was built there. @throws Error when what is there is not a bundle */
async function open(read: ReadFile): Promise<WebBundle | undefined> {
  const text = await read(MANIFEST);
  if (text === undefined) return undefined;
  const manifest = JSON.parse(Buffer.from(text).toString('utf8')) as Partial<Manifest>;
  if (typeof manifest.hash !== 'string' || manifest.files === undefined) {
    throw new Error(`The web app's ${MANIFEST} has no hash: build the web app again.`);
  }
  const files = new Map<string, WebFile>();
  for (const [path, { sha256 }] of Object.entries(manifest.files)) {
    const type = TYPES[extname(path)];
    if (type === undefined) throw new Error(`The web app has a file of an unknown type: ${path}`);
    files.set(path, { ...type, sha256 });
  }
  return {
    hash: manifest.hash,
    files,
    async read(path, encoding) {
      const bytes = await read(path + (encoding === undefined ? '' : SUFFIXES[encoding]));
      if (bytes === undefined) throw new Error(`The web app has no ${path} (${encoding ?? 'plain'}): build it again.`);
      return bytes;
    },
  };
}

function ignoreMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error;
}
