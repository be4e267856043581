/** The executable has no files that a child process could run: it runs itself, with this instead of a command. */
export const PACKAGED_ECHO = 'internal:echo';
