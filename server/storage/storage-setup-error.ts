/** Vant cannot start with this storage. The message is for the admin: what was seen, and what mends it. */
export class StorageSetupError extends Error {
  override readonly name = 'StorageSetupError';

  constructor(message: string, cause?: unknown) {
    super(message, { cause });
  }
}
