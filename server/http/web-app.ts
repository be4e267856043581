/** Serves the web app: strict about what the page may load and run, generous about caching what has its hash in its name. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { ContentEncoding, WebBundle, WebFile } from './web-bundle.ts';

/** The page of the app; what is behind `#` chooses what it shows. */
const PAGE_PATHS = ['/', '/join', '/link'];
const PAGE_FILE = '/index.html';

/** Nothing inline, nothing evaluated, nothing of another origin; a string becomes markup or a script's address only through the
 * two named policies: Lit's for templates, our own for the addresses of workers. (CSP Level 3, Trusted Types.) */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' blob: data:",
  "media-src 'self' blob:",
  "connect-src 'self'",
  "worker-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  'trusted-types lit-html vant',
].join('; ');

/** On every file, since a worker goes by the headers of its own script. */
const HEADERS = {
  'content-security-policy': CONTENT_SECURITY_POLICY,
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'microphone=(self), camera=(self), display-capture=(self), geolocation=(), payment=(), usb=()',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  vary: 'accept-encoding',
} as const;

const IMMUTABLE = 'public, max-age=31536000, immutable';
const REVALIDATE = 'no-cache';

export function addWebApp(server: FastifyInstance, bundle: WebBundle): void {
  for (const [path, file] of bundle.files) addFile(server, bundle, path, path, file);
  const page = bundle.files.get(PAGE_FILE);
  if (page === undefined) throw new Error(`The web app has no ${PAGE_FILE}.`);
  for (const path of PAGE_PATHS) addFile(server, bundle, path, PAGE_FILE, page);
  server.get('/web-bundle.json', async (_request, reply) =>
    reply.headers(HEADERS).header('cache-control', REVALIDATE).send({ hash: bundle.hash }),
  );
}

function addFile(server: FastifyInstance, bundle: WebBundle, url: string, path: string, file: WebFile): void {
  const cacheControl = path.startsWith('/assets/') ? IMMUTABLE : REVALIDATE;
  server.get(url, async (request, reply) => {
    const encoding = file.isCompressed ? chooseEncoding(request) : undefined;
    const etag = `"${file.sha256}${encoding === undefined ? '' : `-${encoding}`}"`;
    reply.headers(HEADERS).header('cache-control', cacheControl).header('etag', etag);
    if (request.headers['if-none-match'] === etag) return reply.code(304).send();
    return sendFile(reply, file, encoding, await bundle.read(path, encoding));
  });
}

function sendFile(
  reply: FastifyReply,
  file: WebFile,
  encoding: ContentEncoding | undefined,
  bytes: Uint8Array,
): FastifyReply {
  if (encoding !== undefined) reply.header('content-encoding', encoding);
  return reply.type(file.contentType).send(bytes);
}

/** RFC 9110, 12.5.3, as far as browsers use it: what is named without a weight of zero is welcome. */
function chooseEncoding({ headers }: FastifyRequest): ContentEncoding | undefined {
  const accepted = (headers['accept-encoding'] ?? '')
    .split(',')
    .map((part) => part.trim().split(/\s*;\s*/))
    .filter(([, weight]) => weight === undefined || Number(weight.replace(/^q=/, '')) > 0)
    .map(([name]) => name);
  return (['br', 'gzip'] as const).find((encoding) => accepted.includes(encoding));
}
