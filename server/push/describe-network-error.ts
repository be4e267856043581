/** A network error for log and doctor: its code or kind. Never its message, which may name the address. */
export function describeNetworkError(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  // HTTP/2 says that the stream was cancelled; why the connection failed lies below that.
  if (error.cause instanceof Error) return describeNetworkError(error.cause);
  const { code } = error as NodeJS.ErrnoException;
  if (code !== undefined) return code;
  return error.message.startsWith('no answer') ? error.message : error.name;
}
