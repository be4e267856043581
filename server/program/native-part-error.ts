/** A native part cannot be unpacked or loaded. The message is for the admin: what was seen, and what mends it. */
export class NativePartError extends Error {
  override readonly name = 'NativePartError';
}
