/** Why HTTPS cannot be served, with what to do about it, in words for whoever starts the server. */
export class TlsSetupError extends Error {
  override readonly name = 'TlsSetupError';

  constructor(message: string, cause?: unknown) {
    super(message, { cause });
  }
}
