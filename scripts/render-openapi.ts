import { BINARY_ROUTES, ROUTES } from '../wire/routes.ts';
import { ErrorBodySchema } from '../wire/schemas.ts';

interface Properties {
  readonly properties: Record<string, object>;
}

interface Route {
  readonly method: string;
  readonly path: string;
  readonly summary: string;
  readonly authentication: 'none' | 'device';
  readonly params?: Properties;
  readonly query?: Properties;
  readonly body?: object;
  readonly response?: object;
}

const json = (schema: object) => ({ content: { 'application/json': { schema } } });

/** docs/openapi.json: the control plane for programs (OpenAPI 3.1, whose schemas are JSON Schema). */
export function renderOpenApi(): string {
  const paths: Record<string, Record<string, object>> = {};
  const add = (name: string, route: Route, isBinary: boolean) => {
    const path = route.path.replace(/:(\w+)/g, '{$1}');
    (paths[path] ??= {})[route.method.toLowerCase()] = toOperation(name, route, isBinary);
  };
  for (const [name, route] of Object.entries(ROUTES) as [string, Route][]) add(name, route, false);
  for (const [name, route] of Object.entries(BINARY_ROUTES) as [string, Route][]) add(name, route, true);
  const document = {
    openapi: '3.1.0',
    info: {
      title: 'Vant control plane',
      version: '1',
      description: 'Accounts, devices, keys, invites and push. Messages travel over WebSocket: see protocol.md.',
      license: { name: 'AGPL-3.0-only', identifier: 'AGPL-3.0-only' },
    },
    paths,
    components: {
      securitySchemes: {
        device: { type: 'http', scheme: 'bearer', bearerFormat: 'accountId.deviceId.deviceSecret' },
      },
      schemas: { Error: ErrorBodySchema },
    },
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

const octets = { content: { 'application/octet-stream': { schema: { type: 'string', format: 'binary' } } } };

/** @param isBinary its body, or else its answer, is bytes */
function toOperation(name: string, route: Route, isBinary: boolean): object {
  const success = route.response
    ? { 200: { description: 'Done', ...json(route.response) } }
    : isBinary
      ? {
          200: { description: 'All of it', ...octets },
          206: { description: 'The Range that was asked for', ...octets },
        }
      : { 204: { description: 'Done' } };
  return {
    operationId: name,
    summary: route.summary,
    security: route.authentication === 'device' ? [{ device: [] }] : [],
    ...((route.params ?? route.query) && {
      parameters: [...toParameters(route.params, 'path'), ...toParameters(route.query, 'query')],
    }),
    ...(isBinary && route.response && { requestBody: { required: true, ...octets } }),
    ...(route.body && { requestBody: { required: true, ...json(route.body) } }),
    responses: {
      ...success,
      default: { description: 'An entry of the error table', ...json({ $ref: '#/components/schemas/Error' }) },
    },
  };
}

function toParameters(given: Properties | undefined, place: 'path' | 'query'): object[] {
  const entries = Object.entries(given?.properties ?? {});
  return entries.map(([name, schema]) => ({ name, in: place, required: place === 'path', schema }));
}
