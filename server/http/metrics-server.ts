import type { Server } from 'node:http';
import type { Registry } from 'prom-client';
import { createServer } from './node-http.ts';
import type { OpenSockets } from './open-sockets.ts';

/** Metrics have a listener of their own, so that no proxy setting can put them on the internet by mistake. */
export async function startMetricsServer(
  listen: { readonly host: string; readonly port: number } | undefined,
  registry: Registry | undefined,
  sockets: OpenSockets,
): Promise<{ close(): Promise<void> } | undefined> {
  if (listen === undefined || registry === undefined) return undefined;
  const server: Server = createServer((request, response) => {
    if (request.url !== '/metrics') {
      response.writeHead(404).end();
      return;
    }
    registry.metrics().then(
      (text) => response.writeHead(200, { 'content-type': registry.contentType }).end(text),
      () => response.writeHead(500).end(),
    );
  });
  sockets.follow(server);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(listen.port, listen.host, resolve);
  });
  return {
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
