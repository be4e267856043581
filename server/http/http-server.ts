/** The control plane: every route of the contract, health, and errors in one shape. */
import { randomUUID } from 'node:crypto';
import type { RequestListener, Server } from 'node:http';
import { fastify, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { ERRORS, VantError } from '../../wire/errors.ts';
import { ROUTES, type RouteName } from '../../wire/routes.ts';
import type { Actor } from '../accounts/actor.ts';
import { UPLOAD_TIMEOUT_MS } from '../attachments/attachment-files.ts';
import type { Attachments } from '../attachments/attachments.ts';
import type { DeviceAuthenticator } from '../devices/device-authenticator.ts';
import type { RateLimiter } from '../limits/rate-limiter.ts';
import type { Activity } from '../observability/activity.ts';
import type { Health } from '../observability/health.ts';
import type { Log } from '../observability/log.ts';
import type { Metrics } from '../observability/metrics.ts';
import { addAttachmentRoutes } from './attachment-routes.ts';
import type { ClientAddress } from './client-address.ts';
import { toErrorBody, toVantError } from './error-response.ts';
import { noActor, type Handlers } from './handlers.ts';
import { addLandingPage } from './landing-page.ts';
import { createServer } from './node-http.ts';
import type { OpenSockets } from './open-sockets.ts';
import { addSeenAddress } from './seen-address.ts';
import { createValidatorCompiler } from './validation.ts';
import { addWebApp } from './web-app.ts';
import type { WebBundle } from './web-bundle.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Who asks; set on routes with authentication. */
    actor?: Actor;
  }
  interface FastifyContextConfig {
    isUpload?: boolean;
  }
}

/** A registration with a hundred Kyber prekeys takes about 300 KiB of JSON. */
const MAX_BODY_BYTES = 1024 * 1024;
/** How long a body may take that is not an upload. */
const BODY_TIMEOUT_MS = 30_000;
/** Fastify's own choice, which it does not make for a server that it is given. */
const KEEP_ALIVE_TIMEOUT_MS = 72_000;

interface Collaborators {
  readonly handlers: Handlers;
  readonly attachments: Attachments;
  readonly authenticator: DeviceAuthenticator;
  readonly clientAddress: ClientAddress;
  readonly trustedProxies: readonly string[];
  readonly requestsPerDevice: RateLimiter;
  readonly requestsPerAddress: RateLimiter;
  readonly health: Health;
  readonly metrics: Metrics;
  readonly activity: Activity;
  readonly log: Log;
  /** Absent in a server that was started without having built it. */
  readonly webBundle: WebBundle | undefined;
  /** Absent where a proxy has the certificate, or nobody. */
  readonly tls: HttpsListener | undefined;
  readonly sockets: OpenSockets;
}

interface HttpsListener {
  readonly createServer: (handler: RequestListener) => Server;
  readonly hstsHeader: string | undefined;
  endStreams(): Promise<void>;
}

export function createHttpServer(collaborators: Collaborators): FastifyInstance {
  const server = fastify({
    bodyLimit: MAX_BODY_BYTES,
    // Of the slowest upload; other bodies have a shorter one (see addBodyTimeout).
    requestTimeout: UPLOAD_TIMEOUT_MS,
    genReqId: () => randomUUID(),
    // Sockets that were upgraded are the relay's to end; idle ones need not be waited for.
    forceCloseConnections: 'idle',
    // Who has come before the port was closed is served; all that it needs ends after this server.
    return503OnClosing: false,
    // What fastify refuses before it looks for a route (a path that does not decode) has the same shape, too.
    frameworkErrors: (error, _request, reply) => void answer(reply as FastifyReply, toVantError(error)),
    serverFactory: toServerFactory(collaborators.tls?.createServer ?? createServer, collaborators.sockets),
  });
  if (collaborators.tls !== undefined) addHttps(server, collaborators.tls);
  server.setValidatorCompiler(createValidatorCompiler());
  addBodyTimeout(server);
  addAttachmentRoutes(server, collaborators.attachments, (request) => authorize(request, true, collaborators));
  for (const name of Object.keys(ROUTES) as RouteName[]) addRoute(server, name, collaborators);
  addHealth(server, collaborators.health);
  addSeenAddress(server, collaborators.trustedProxies);
  if (collaborators.webBundle === undefined) addLandingPage(server);
  else addWebApp(server, collaborators.webBundle);
  addErrors(server, collaborators.log);
  server.addHook('onResponse', async (request, reply) => {
    // The pattern, not the path: paths name accounts.
    const route = request.routeOptions.url ?? 'unknown';
    collaborators.activity.requests++;
    collaborators.metrics.httpRequests.inc({ route, status: reply.statusCode });
    collaborators.log.debug({
      route,
      method: request.method,
      status: reply.statusCode,
      ms: Math.round(reply.elapsedTime),
    });
  });
  return server;
}

/** What fastify does with servers that it makes itself. */
function toServerFactory(create: (handler: RequestListener) => Server, sockets: OpenSockets) {
  return (handler: RequestListener): Server => {
    const server = sockets.follow(create(handler));
    server.keepAliveTimeout = KEEP_ALIVE_TIMEOUT_MS;
    server.requestTimeout = UPLOAD_TIMEOUT_MS;
    return server;
  };
}

function addHttps(server: FastifyInstance, tls: HttpsListener): void {
  server.addHook('onRequest', (_request, reply, done) => {
    const header = tls.hstsHeader;
    if (header !== undefined) reply.header('strict-transport-security', header);
    done();
  });
  server.addHook('preClose', () => tls.endStreams());
}

interface RegisteredRoute {
  readonly method: string;
  readonly path: string;
  readonly authentication: string;
  readonly params?: object;
  readonly query?: object;
  readonly body?: object;
}

function addRoute(server: FastifyInstance, name: RouteName, collaborators: Collaborators): void {
  const route: RegisteredRoute = ROUTES[name];
  const handle = collaborators.handlers[name];
  server.route({
    method: route.method,
    url: route.path,
    schema: {
      ...(route.params && { params: route.params }),
      ...(route.query && { querystring: route.query }),
      ...(route.body && { body: route.body }),
    },
    // Before the body is read: whoever may not ask need not be listened to.
    onRequest: async (request) => authorize(request, route.authentication === 'device', collaborators),
    handler: async (request, reply) => {
      const result = await handle({
        params: request.params,
        query: request.query,
        body: request.body,
        clientAddress: collaborators.clientAddress(request.raw),
        get actor() {
          return request.actor ?? noActor();
        },
      } as never);
      return result === undefined ? reply.code(204).send() : reply.header('cache-control', 'no-store').send(result);
    },
  });
}

async function authorize(request: FastifyRequest, isAuthenticated: boolean, rooms: Collaborators): Promise<void> {
  if (!isAuthenticated) {
    await rooms.requestsPerAddress.take(rooms.clientAddress(request.raw));
    return;
  }
  const [scheme, credentials] = (request.headers.authorization ?? '').split(' ');
  try {
    request.actor = await rooms.authenticator.authenticate(scheme === 'Bearer' ? credentials : undefined);
  } catch (error) {
    // Guessing costs as much as any other request without credentials.
    await rooms.requestsPerAddress.take(rooms.clientAddress(request.raw));
    throw error;
  }
  await rooms.requestsPerDevice.take(`${request.actor.accountId}.${request.actor.deviceId}`);
}

/** Whoever sends a few bytes now and then must not hold a request for as long as an upload may take. */
function addBodyTimeout(server: FastifyInstance): void {
  server.addHook('preParsing', (request, _reply, payload, done) => {
    // What a GET takes long for is its answer: a download on a slow line.
    const hasBody = request.method !== 'GET' && request.method !== 'HEAD';
    if (hasBody && request.routeOptions.config.isUpload !== true) {
      const timer = setTimeout(() => request.raw.destroy(), BODY_TIMEOUT_MS);
      for (const event of ['end', 'close', 'error']) payload.once(event, () => clearTimeout(timer));
    }
    done(null, payload);
  });
}

function addHealth(server: FastifyInstance, health: Health): void {
  server.get('/health/live', async () => ({ status: 'ok' }));
  server.get('/health/ready', async (_request, reply) => {
    const problem = await health.findProblem();
    return problem === undefined ? { status: 'ok' } : reply.code(503).send({ status: 'unavailable', problem });
  });
}

function answer(reply: FastifyReply, error: VantError): FastifyReply {
  if (error.retryAfterMs !== undefined) reply.header('retry-after', Math.ceil(error.retryAfterMs / 1000));
  return reply.code(ERRORS[error.code].status).send(toErrorBody(error, reply.request.id));
}

function addErrors(server: FastifyInstance, log: Log): void {
  server.setErrorHandler((thrown, request, reply) => {
    const error = toVantError(thrown);
    if (error.code === 'INTERNAL') log.error({ err: thrown, requestId: request.id }, 'A request failed');
    return answer(reply, error);
  });
  server.setNotFoundHandler((_request, reply) => answer(reply, new VantError('NOT_FOUND')));
}
