/** The control plane: every route of wire/routes.ts as a typed call. */
import { ERRORS, isErrorCode, VantError } from '../../wire/errors.ts';
import { ROUTE_ADDRESSES } from '../../wire/route-addresses.ts';
import type { RouteBody, RouteName, RouteParams, RouteQuery, RouteResponse } from '../../wire/routes.ts';
import { ClientError } from '../errors.ts';
import type { HttpPort, HttpResponse } from '../ports.ts';

const REQUEST_TIMEOUT_MS = 20_000;

type Given<K extends string, T> = T extends undefined ? unknown : Readonly<Record<K, T>>;
/** What may follow `?` may be left out as a whole. */
type Optionally<K extends string, T> = T extends undefined ? unknown : Readonly<Partial<Record<K, T>>>;
export type CallInput<N extends RouteName> = Given<'params', RouteParams<N>> &
  Optionally<'query', RouteQuery<N>> &
  Given<'body', RouteBody<N>>;

export interface Api {
  /** Throws VantError for what the server refuses, ClientError UNREACHABLE when there is no answer. */
  call<N extends RouteName>(name: N, input: CallInput<N>): Promise<RouteResponse<N>>;
}

export function createApi(http: HttpPort, origin: string, credentials?: string): Api {
  return {
    async call(name, input) {
      const route = ROUTE_ADDRESSES[name];
      const { params, query, body } = input as { params?: Values; query?: Values; body?: unknown };
      const headers: Record<string, string> = { accept: 'application/json' };
      if (credentials !== undefined && route.authentication === 'device') {
        headers['authorization'] = `Bearer ${credentials}`;
      }
      if (body !== undefined) headers['content-type'] = 'application/json';
      const response = await http
        .request({
          method: route.method,
          url: origin + fillPath(route.path, params ?? {}) + toQuery(query ?? {}),
          headers,
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
          timeoutMs: REQUEST_TIMEOUT_MS,
        })
        .catch((cause: unknown) => {
          throw new ClientError('UNREACHABLE', origin, { cause });
        });
      if (response.status >= 400) throw toError(response);
      return (route.hasAnswer ? parseBody(response) : undefined) as RouteResponse<typeof name>;
    },
  };
}

type Values = Readonly<Record<string, string | number>>;

function toQuery(query: Values): string {
  const pairs = Object.entries(query).map(([name, value]) => `${name}=${encodeURIComponent(String(value))}`);
  return pairs.length === 0 ? '' : `?${pairs.join('&')}`;
}

function fillPath(path: string, params: Values): string {
  return path.replace(/:(\w+)/g, (_match, name: string) => encodeURIComponent(String(params[name])));
}

function parseBody(response: HttpResponse): unknown {
  try {
    return JSON.parse(response.body);
  } catch (cause) {
    throw new ClientError('BAD_ANSWER', `Status ${response.status} without JSON. Is this a Vant server?`, { cause });
  }
}

/** A proxy in between answers without our error body: then only the status speaks. */
function toError(response: HttpResponse): Error {
  let body: unknown;
  try {
    body = JSON.parse(response.body);
  } catch {
    body = undefined;
  }
  if (typeof body === 'object' && body !== null && 'code' in body && typeof body.code === 'string') {
    const { detail, retryAfterMs } = body as { detail?: string; retryAfterMs?: number };
    if (isErrorCode(body.code))
      return new VantError(body.code, detail, retryAfterMs === undefined ? {} : { retryAfterMs });
  }
  if (response.status >= 500) return new ClientError('UNREACHABLE', `It answered with status ${response.status}.`);
  const known = (Object.keys(ERRORS) as (keyof typeof ERRORS)[]).find(
    (code) => ERRORS[code].status === response.status && [401, 404, 413, 429].includes(response.status),
  );
  return known === undefined
    ? new ClientError('BAD_ANSWER', `Status ${response.status}. Is this a Vant server?`)
    : new VantError(known);
}
