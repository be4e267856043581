/** SQLITE_BUSY and its extended codes, whose low byte is the same: another process holds the lock. */
export function isBusy(error: unknown): boolean {
  return (
    error instanceof Error && 'errcode' in error && typeof error.errcode === 'number' && (error.errcode & 0xff) === 5
  );
}
