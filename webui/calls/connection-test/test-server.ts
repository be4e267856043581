/** Whether the server answers over HTTPS, how fast, and whether its clock and that of this device agree. */

export interface ServerOutcome {
  readonly roundTripMs: number;
  /** How far the clock of this device is ahead, in milliseconds; undefined when the server has not told its time. */
  readonly clockAheadMs: number | undefined;
}

/** The server tells its time in whole seconds (RFC 9110, 5.6.7). */
const HALF_SECOND_MS = 500;

/** @throws TypeError when it does not answer */
export async function testServer(): Promise<ServerOutcome> {
  // The first one may have to open a connection.
  await ask();
  const sentAt = Date.now();
  const startedAt = performance.now();
  const response = await ask();
  const roundTripMs = performance.now() - startedAt;
  const serverTime = Date.parse(response.headers.get('date') ?? '');
  const clockAheadMs = sentAt + roundTripMs / 2 - (serverTime + HALF_SECOND_MS);
  return { roundTripMs, clockAheadMs: Number.isNaN(clockAheadMs) ? undefined : clockAheadMs };
}

const ask = (): Promise<Response> => fetch('/v1/server', { cache: 'no-store', credentials: 'omit' });
