/** Versions of the built web app, served on one address one after the other. */
import { createHash } from 'node:crypto';
import { cp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { fastify, type FastifyInstance } from 'fastify';
import { addWebApp } from '../../server/http/web-app.ts';
import { openWebBundle } from '../../server/http/web-bundle.ts';
import { makeTemporaryDirectory, REPOSITORY } from './appliance.ts';

const BUILT = join(REPOSITORY, '.build', 'webui');
const PAGE = '/index.html';
const SERVICE_WORKER = '/service-worker.js';

interface Manifest {
  hash: string;
  files: Record<string, { sha256: string; bytes: number }>;
}

export interface VersionServer {
  readonly url: string;
  readonly firstHash: string;
  /** Serves a version whose page says `marker`. With `isTampered`, its page is not the one that its service worker expects.
   * @returns the hash of its bundle */
  publish(marker: string, options?: { readonly isTampered?: boolean }): Promise<string>;
  stop(): Promise<void>;
}

const sha256 = (data: string, encoding: 'hex' | 'base64'): string => createHash('sha256').update(data).digest(encoding);

export async function startVersionServer(): Promise<VersionServer> {
  const directory = await makeTemporaryDirectory();
  await cp(BUILT, directory, { recursive: true });
  const original = {
    page: await readFile(join(directory, PAGE), 'utf8'),
    worker: await readFile(join(directory, SERVICE_WORKER), 'utf8'),
  };
  const manifest = JSON.parse(await readFile(join(directory, 'web-bundle.json'), 'utf8')) as Manifest;
  const firstHash = manifest.hash;
  const firstPageSha256 = manifest.files[PAGE]!.sha256;
  let server = await serve(directory, 0);
  const { port } = server.server.address() as { port: number };

  const put = async (path: string, text: string): Promise<void> => {
    manifest.files[path] = { sha256: sha256(text, 'base64'), bytes: Buffer.byteLength(text) };
    await writeFile(join(directory, path), text);
    await writeFile(`${join(directory, path)}.br`, brotliCompressSync(text));
    await writeFile(`${join(directory, path)}.gz`, gzipSync(text));
  };
  return {
    url: `http://127.0.0.1:${port}/`,
    firstHash,
    async publish(marker, { isTampered = false } = {}) {
      const page = original.page.replace('<body>', `<body data-marker="${marker}">`);
      const hash = sha256(marker, 'hex');
      const worker = original.worker.replaceAll(firstHash, hash).replaceAll(firstPageSha256, sha256(page, 'base64'));
      await put(PAGE, isTampered ? page.replace('Vant', 'Evil') : page);
      await put(SERVICE_WORKER, worker);
      manifest.hash = hash;
      await writeFile(join(directory, 'web-bundle.json'), JSON.stringify(manifest));
      await server.close();
      server = await serve(directory, port);
      return hash;
    },
    async stop() {
      await server.close();
      await rm(directory, { recursive: true });
    },
  };
}

async function serve(directory: string, port: number): Promise<FastifyInstance> {
  const server = fastify({ forceCloseConnections: true });
  const bundle = await openWebBundle(directory);
  if (bundle === undefined) throw new Error('The web app has not been built: npm run build');
  addWebApp(server, bundle);
  await server.listen({ host: '127.0.0.1', port });
  return server;
}
