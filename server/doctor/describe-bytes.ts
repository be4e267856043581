const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB'] as const;

/** `3.4 GiB`: for reading, where the configuration has exact sizes. */
export function describeBytes(bytes: number): string {
  const power = Math.min(UNITS.length - 1, Math.floor(Math.log2(Math.max(1, bytes)) / 10));
  const value = bytes / 1024 ** power;
  return `${value < 10 && power > 0 ? value.toFixed(1) : Math.round(value)} ${UNITS[power] ?? 'B'}`;
}
