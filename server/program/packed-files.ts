/** Files that only the packaged executable has: scripts/package makes them. */
export const PACKED_FILES = {
  /** SHA-256 of each native part in hex, by name. */
  nativeParts: 'native-parts.json',
  /** Of this program and everything in it. */
  licences: 'licences.txt',
  /** Which the executable was made from. */
  commit: 'commit',
} as const;

export const nativePartFile = (name: string): string => `native/${name}`;
