/** The web app's files as the build made them (scripts/webui-bundle.ts): named in web-bundle.json, compressed beforehand. */
import { readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';

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

/** Undefined when nothing was built there. @throws Error when what is there is not a bundle */
export async function openWebBundle(directory: string): Promise<WebBundle | undefined> {
  const text = await readFile(join(directory, MANIFEST), 'utf8').catch(ignoreMissing);
  if (text === undefined) return undefined;
  const manifest = JSON.parse(text) as Manifest;
  const files = new Map<string, WebFile>();
  for (const [path, { sha256 }] of Object.entries(manifest.files)) {
    const type = TYPES[extname(path)];
    if (type === undefined) throw new Error(`The web app has a file of an unknown type: ${path}`);
    files.set(path, { ...type, sha256 });
  }
  return {
    hash: manifest.hash,
    files,
    read: (path, encoding) => readFile(join(directory, path) + (encoding === undefined ? '' : SUFFIXES[encoding])),
  };
}

function ignoreMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error;
}
