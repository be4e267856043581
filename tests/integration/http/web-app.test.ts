/** How the web app is served: strict headers on everything, compressed, cached by its hashes, and nothing but its own files. */
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { brotliDecompressSync, gunzipSync, brotliCompressSync, gzipSync } from 'node:zlib';
import { fastify, type FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addWebApp } from '../../../server/http/web-app.ts';
import { openWebBundle } from '../../../server/http/web-bundle.ts';
import { makeTemporaryDirectory } from '../../support/appliance.ts';

const HASH = 'ab'.repeat(32);
const PAGE = '<!doctype html><title>Vant</title>';
const SCRIPT = 'export const answer = 42;';
const PATHS = ['/', '/join', '/link', '/index.html', '/assets/main-1.js', '/icon.png', '/web-bundle.json'];

let directory: string;
let server: FastifyInstance;
beforeAll(async () => {
  directory = join(await makeTemporaryDirectory(), 'webui');
  await mkdir(join(directory, 'assets'), { recursive: true });
  await writeFile(join(directory, '..', 'secret.txt'), 'not for you');
  const put = async (path: string, text: string): Promise<void> => {
    await writeFile(join(directory, path), text);
    await writeFile(join(directory, `${path}.br`), brotliCompressSync(text));
    await writeFile(join(directory, `${path}.gz`), gzipSync(text));
  };
  await put('index.html', PAGE);
  await put('assets/main-1.js', SCRIPT);
  await writeFile(join(directory, 'icon.png'), 'png');
  await writeFile(join(directory, 'unlisted.js'), 'not in the list');
  const files = Object.fromEntries(
    ['/index.html', '/assets/main-1.js', '/icon.png'].map((path) => [path, { sha256: `hash of ${path}` }]),
  );
  await writeFile(join(directory, 'web-bundle.json'), JSON.stringify({ hash: HASH, files }));
  server = fastify();
  addWebApp(server, (await openWebBundle(directory))!);
  await server.ready();
});
afterAll(async () => {
  await server.close();
  await rm(join(directory, '..'), { recursive: true });
});

const get = (url: string, headers: Record<string, string> = {}) => server.inject({ method: 'GET', url, headers });

describe('the served web app', () => {
  it.each(PATHS)('%s comes with all security headers', async (path) => {
    const { statusCode, headers } = await get(path);
    expect(statusCode).toBe(200);
    expect(headers).toMatchObject({
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-embedder-policy': 'require-corp',
      'cross-origin-resource-policy': 'same-origin',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
    });
    const policy = String(headers['content-security-policy']);
    for (const rule of [
      "default-src 'none'",
      "script-src 'self'",
      "base-uri 'none'",
      "frame-ancestors 'none'",
      "require-trusted-types-for 'script'",
    ])
      expect(policy.split('; ')).toContain(rule);
    expect(policy).not.toMatch(/unsafe|https?:|\*/);
  });

  it.each([
    ['br', 'br', brotliDecompressSync],
    ['gzip, deflate', 'gzip', gunzipSync],
    ['gzip;q=1.0, br;q=0.5', 'br', brotliDecompressSync],
    ['br;q=0, gzip', 'gzip', gunzipSync],
  ] as const)('is compressed as the browser likes it: %s', async (accepted, encoding, decompress) => {
    const { headers, rawPayload } = await get('/assets/main-1.js', { 'accept-encoding': accepted });
    expect(headers).toMatchObject({ 'content-encoding': encoding, vary: 'accept-encoding' });
    expect(decompress(rawPayload).toString()).toBe(SCRIPT);
  });

  it('is plain for who takes no encoding, and where compressing helps nothing', async () => {
    const plain = await get('/assets/main-1.js', { 'accept-encoding': 'identity' });
    expect(plain.headers['content-encoding']).toBeUndefined();
    expect(plain.payload).toBe(SCRIPT);
    const picture = await get('/icon.png', { 'accept-encoding': 'br' });
    expect(picture.headers['content-encoding']).toBeUndefined();
    expect(picture.headers['content-type']).toBe('image/png');
  });

  it('keeps hashed files for ever and asks for all others each time', async () => {
    expect((await get('/assets/main-1.js')).headers['cache-control']).toBe('public, max-age=31536000, immutable');
    for (const path of ['/', '/join', '/index.html', '/icon.png', '/web-bundle.json'])
      expect((await get(path)).headers['cache-control'], path).toBe('no-cache');
  });

  it('answers 304 to who has it, by encoding', async () => {
    const { headers } = await get('/', { 'accept-encoding': 'br' });
    const etag = headers.etag!;
    const again = await get('/', { 'accept-encoding': 'br', 'if-none-match': etag });
    expect(again.statusCode).toBe(304);
    expect(again.payload).toBe('');
    expect(again.headers['content-security-policy']).toBe(headers['content-security-policy']);
    expect((await get('/', { 'accept-encoding': 'gzip', 'if-none-match': etag })).statusCode).toBe(200);
    expect((await get('/', { 'accept-encoding': 'br', 'if-none-match': '"other"' })).statusCode).toBe(200);
  });

  it('answers HEAD like GET, without the file', async () => {
    const head = await server.inject({ method: 'HEAD', url: '/assets/main-1.js' });
    const { headers } = await get('/assets/main-1.js');
    expect(head.statusCode).toBe(200);
    expect(head.payload).toBe('');
    expect(head.headers).toMatchObject({ 'content-length': headers['content-length'], etag: headers.etag });
  });

  it('shows the page for its own paths only', async () => {
    for (const path of ['/', '/join', '/link', '/join?x=1']) expect((await get(path)).payload, path).toBe(PAGE);
    for (const path of ['/joins', '/join/', '/conversation', '/settings', '/v1/nothing'])
      expect((await get(path)).statusCode, path).toBe(404);
  });

  it.each([
    '/../secret.txt',
    '/..%2fsecret.txt',
    '/%2e%2e/secret.txt',
    '/assets/../../secret.txt',
    '/assets/..%2f..%2fsecret.txt',
    '/assets\\..\\..\\secret.txt',
    '//secret.txt',
    '/unlisted.js',
    '/index.html.br',
    '/index.html%00.png',
    '/assets/',
    '/web-bundle.json.gz',
  ])('gives no file that is not its own: %s', async (path) => {
    const { statusCode, payload } = await get(path);
    expect([400, 404]).toContain(statusCode);
    expect(payload).not.toContain('not for you');
  });

  it('says which bundle it is', async () => {
    expect((await get('/web-bundle.json')).json()).toEqual({ hash: HASH });
  });
});
