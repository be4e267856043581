export interface Diagnosis {
  readonly message: string;
  /** `mend`: trying again cannot help. `retry`: it may, a few times. `wait`: it will, once there is space again. */
  readonly outlook: 'mend' | 'retry' | 'wait';
}

const KNOWN: readonly (readonly [RegExp, string])[] = [
  [
    /Bad file format reading the append only file|redis-check-aof|valkey-check-aof|Unexpected end of file.*aof|AOF.*(corrupt|Wrong signature)/i,
    'The stored data is damaged. Make a copy of the directory, then let `redis-check-aof --fix <manifest>` cut off the damaged end, or restore a backup.',
  ],
  [/Read-only file system/, 'The data directory is on a read-only file system: mount it writable.'],
  [/Permission denied/, 'The data directory does not let Redis in: it must belong to the user that runs Vant.'],
  [
    /error while loading shared libraries|cannot open shared object/,
    'The Redis program misses a library: install the package of your system (apt-get install redis-server).',
  ],
  [
    /Bad directive|FATAL CONFIG FILE ERROR/,
    'This Redis does not understand its configuration: it must be version 7.0 or newer.',
  ],
  [/Cannot allocate memory|Out Of Memory allocating/, 'The machine has not enough memory for what is stored.'],
];
const DISK_FULL =
  /No space left on device|Disk quota exceeded|File too large|Short write while writing to the AOF|AOF write error/;

/** Why a redis-server ended, told by what it said last. */
export function diagnose(
  lines: readonly string[],
  code: number | null,
  signal: NodeJS.Signals | null,
  manifest = '<manifest>',
): Diagnosis {
  const text = lines.join('\n');
  if (DISK_FULL.test(text))
    return { message: 'The disk is full: free some space, Redis goes on by itself.', outlook: 'wait' };
  const known = KNOWN.find(([pattern]) => pattern.test(text));
  if (known !== undefined) return { message: known[1].replace('<manifest>', manifest), outlook: 'mend' };
  if (signal === 'SIGKILL') {
    return { message: 'Redis was killed, perhaps by the kernel for want of memory (see dmesg).', outlook: 'retry' };
  }
  return { message: `Redis ended with ${signal ?? `exit code ${code ?? 'unknown'}`}.`, outlook: 'retry' };
}
