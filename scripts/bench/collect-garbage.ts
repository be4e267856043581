/** Loaded into each program under test: a signal makes it collect its garbage, so that memory can be read from outside
 * without waiting for V8 to be in the mood. Needs --expose-gc. */
process.on('SIGUSR2', () => globalThis.gc?.());
