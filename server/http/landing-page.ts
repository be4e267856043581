import type { FastifyInstance } from 'fastify';

/** What a browser shows that opens an invite link while the web app has not been built: a page says so better than an error.
 * No script: what follows `#` stays in the address bar. */
const PAGE = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Vant</title>
<style>
  :root { color-scheme: light dark; }
  body { font: 1.1rem/1.6 system-ui, sans-serif; max-width: 38rem; margin: 12vh auto; padding: 0 1.5rem; }
  code { font-size: 0.95em; }
</style>
<h1>Vant</h1>
<p>This is a Vant server: end-to-end encrypted chat for a team. It was started without its web app: run <code>npm run build</code> and start it again.</p>
<p>If you were given a link to join, copy the <strong>whole address</strong> of this page, with all that follows <code>#</code>, and run</p>
<p><code>npx vant join 'ADDRESS' --name "Your Name"</code></p>
<p>in the folder of Vant. The link works once. Nobody has seen the part after <code>#</code> yet: browsers do not send it.</p>
</html>
`;

const HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'",
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
} as const;

export function addLandingPage(server: FastifyInstance): void {
  for (const path of ['/', '/join', '/link'])
    server.get(path, async (_request, reply) => reply.headers(HEADERS).send(PAGE));
}
