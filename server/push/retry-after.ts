/** Milliseconds from a Retry-After header (RFC 9110, 10.2.3): seconds or a date. Undefined when there is none that makes sense. */
export function parseRetryAfter(value: string | undefined, now: number): number | undefined {
  if (value === undefined) return undefined;
  const text = value.trim();
  const ms = /^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text) - now;
  return Number.isFinite(ms) && ms >= 0 ? Math.min(ms, MAX_RETRY_AFTER_MS) : undefined;
}

/** A provider that asks for more has made a mistake, or means it badly. */
const MAX_RETRY_AFTER_MS = 24 * 60 * 60 * 1000;
