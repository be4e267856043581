import { ERRORS, VantError } from '../../wire/errors.ts';
import { REMEDIES } from '../../wire/remedies.ts';
import type { ErrorBody } from '../../wire/schemas.ts';

/** Maps whatever was thrown to the one shape of errors. A 500 never tells details. */
export function toVantError(error: unknown): VantError {
  if (error instanceof VantError) return error;
  const { statusCode, code, message } = error as { statusCode?: number; code?: string; message?: string };
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE') return new VantError('PAYLOAD_TOO_LARGE');
  // Fastify's own complaints about a request: not JSON, wrong content type, schema.
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500) return new VantError('BAD_REQUEST', message);
  return new VantError('INTERNAL', undefined, { cause: error });
}

export function toErrorBody(error: VantError, requestId: string): ErrorBody {
  return {
    code: error.code,
    message: ERRORS[error.code].message,
    remedy: REMEDIES[error.code],
    ...(error.detail !== undefined && { detail: error.detail }),
    ...(error.retryAfterMs !== undefined && { retryAfterMs: error.retryAfterMs }),
    requestId,
  };
}
