/** Loaded into each program under test: a signal makes it collect its garbage, so that memory can be read from outside
 * without waiting for V8 to be in the mood, and without what V8 keeps in reserve for the next load. Needs --expose-gc. */
process.on('SIGUSR2', () => globalThis.gc?.({ type: 'major', execution: 'sync', flavor: 'last-resort' }));
