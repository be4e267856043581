/** Looks for byte strings everywhere a server could keep them: Redis, files, logs, the memory of its processes; as they are
 * and in the encodings in which they could be lying there. What it does not find, it must be able to find: see
 * tests/scenario/canary.test.ts. */
import { open, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Appliance } from './appliance.ts';
import { createNodeClient, type NodeAddress } from '../../server/storage/links/node-client.ts';

export interface Marker {
  readonly name: string;
  readonly bytes: Uint8Array;
}

export interface Sighting {
  readonly marker: string;
  readonly encoding: string;
  /** Such as `redis vant:account:{…}`, `file …/appendonly.aof.1.incr.aof`, `log`, `memory of process 42`. */
  readonly place: string;
}

export interface Places {
  readonly redis?: NodeAddress;
  readonly dataDirectory?: string;
  readonly log?: string;
  readonly pids?: readonly number[];
}

export const textMarker = (text: string, name = text): Marker => ({ name, bytes: Buffer.from(text) });

/** Where an appliance with embedded Redis could keep something. */
export async function placesOf(appliance: Appliance): Promise<Required<Places>> {
  const record = await readFile(join(appliance.dataDirectory, 'redis', 'redis.run.json'), 'utf8');
  const { pid, socketPath } = JSON.parse(record) as { pid: number; socketPath: string };
  return {
    redis: { path: socketPath },
    dataDirectory: appliance.dataDirectory,
    log: appliance.output(),
    pids: [appliance.pid, pid],
  };
}

/** @returns every marker with every place in which it was seen, in whatever encoding. */
export async function findCanaries(markers: readonly Marker[], places: Places): Promise<Sighting[]> {
  const needles = markers.flatMap(toNeedles);
  const sightings: Sighting[] = [];
  const look = (place: string, haystack: Buffer) => {
    for (const { marker, encoding, bytes } of needles) {
      if (haystack.includes(bytes)) sightings.push({ marker, encoding, place });
    }
  };
  if (places.redis) await readRedis(places.redis, (key, value) => look(`redis ${key}`, value));
  if (places.dataDirectory) await readFiles(places.dataDirectory, (path, content) => look(`file ${path}`, content));
  if (places.log) look('log', Buffer.from(places.log));
  for (const pid of places.pids ?? []) await readMemory(pid, (chunk) => look(`memory of process ${pid}`, chunk));
  return unique(sightings);
}

interface Needle {
  readonly marker: string;
  readonly encoding: string;
  readonly bytes: Buffer;
}

function toNeedles({ name, bytes }: Marker): Needle[] {
  const plain = Buffer.from(bytes);
  const hex = plain.toString('hex');
  const forms: [string, string | Buffer][] = [
    ['plain', plain],
    ['hex', hex],
    ['HEX', hex.toUpperCase()],
    ['UTF-16LE', Buffer.from(plain.toString('latin1'), 'utf16le')],
  ];
  for (const shift of [0, 1, 2]) {
    const text = base64Inside(plain, shift);
    forms.push([`base64 (${shift})`, text]);
    forms.push([`base64url (${shift})`, text.replaceAll('+', '-').replaceAll('/', '_')]);
  }
  return forms.map(([encoding, form]) => ({ marker: name, encoding, bytes: Buffer.from(form) }));
}

/** What base64 looks like in the middle of something longer: without the characters that hold bits of the neighbours. */
function base64Inside(bytes: Buffer, shift: number): string {
  const text = Buffer.concat([Buffer.alloc(shift), bytes])
    .toString('base64')
    .replaceAll('=', '');
  const isWhole = (shift + bytes.length) % 3 === 0;
  return text.slice(Math.ceil((shift * 8) / 6), isWhole ? undefined : -1);
}

type Run = (...command: string[]) => Promise<unknown>;

/** Keys and values by what they are, and the bytes that Redis would write to a file: there deleted entries could linger. */
async function readRedis(address: NodeAddress, look: (key: string, value: Buffer) => void): Promise<void> {
  const client = createNodeClient(address, {}, 2_000).on('error', () => undefined);
  await client.connect();
  try {
    await readKeys((...command) => client.sendCommand(command), look);
  } finally {
    client.destroy();
  }
}

/** @param run an administrator's connection to one server */
export async function readKeys(run: Run, look: (key: string, value: Buffer) => void): Promise<void> {
  for (let cursor = ''; cursor !== '0';) {
    const [next, keys] = (await run('SCAN', cursor || '0', 'COUNT', '500')) as [Buffer, Buffer[]];
    for (const key of keys) {
      const name = key.toString();
      look(name, key);
      for (const bytes of await readValue(run, name)) look(name, bytes);
    }
    cursor = next.toString();
  }
}

const READERS: Readonly<Record<string, (key: string) => string[]>> = {
  string: (key) => ['GET', key],
  hash: (key) => ['HGETALL', key],
  list: (key) => ['LRANGE', key, '0', '-1'],
  set: (key) => ['SMEMBERS', key],
  zset: (key) => ['ZRANGE', key, '0', '-1'],
  stream: (key) => ['XRANGE', key, '-', '+'],
};

export async function readValue(run: Run, key: string): Promise<Buffer[]> {
  const reader = READERS[String(await run('TYPE', key))];
  const value = reader === undefined ? [] : [await run(...reader(key))];
  return [...value, await run('DUMP', key)].flat(3).filter((part) => Buffer.isBuffer(part));
}

async function readFiles(directory: string, look: (path: string, content: Buffer) => void): Promise<void> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  for (const entry of entries.filter((each) => each.isFile())) {
    const path = join(entry.parentPath, entry.name);
    look(path, Buffer.concat([await readFile(path), Buffer.from(`\n${path}`)]));
  }
}

const CHUNK_BYTES = 4 * 1024 * 1024;
/** Longer than any needle: what lies across the border of two chunks is seen in the second one. */
const OVERLAP_BYTES = 4096;

/** Everything that the process could have written; the code of programs and libraries is left out. */
async function readMemory(pid: number, look: (chunk: Buffer) => void): Promise<void> {
  const maps = await readFile(`/proc/${pid}/maps`, 'utf8');
  const memory = await open(`/proc/${pid}/mem`, 'r');
  try {
    for (const line of maps.split('\n')) {
      const region = parseRegion(line);
      if (region === undefined) continue;
      for (let at = region.start; at < region.end; at += CHUNK_BYTES - OVERLAP_BYTES) {
        const chunk = Buffer.alloc(Math.min(CHUNK_BYTES, region.end - at));
        const { bytesRead } = await memory.read(chunk, 0, chunk.length, at).catch(() => ({ bytesRead: 0 }));
        look(chunk.subarray(0, bytesRead));
      }
    }
  } finally {
    await memory.close();
  }
}

function parseRegion(line: string): { start: number; end: number } | undefined {
  const [, start = '', end = '', rights = '', inode = ''] =
    /^([0-9a-f]+)-([0-9a-f]+) (\S+) \S+ \S+ (\d+)/.exec(line) ?? [];
  const isCode = inode !== '0' && !rights.includes('w');
  if (!rights.startsWith('r') || isCode || /\[v(var|dso|syscall)/.test(line)) return undefined;
  return { start: Number.parseInt(start, 16), end: Number.parseInt(end, 16) };
}

function unique(sightings: readonly Sighting[]): Sighting[] {
  return [...new Map(sightings.map((sighting) => [JSON.stringify(sighting), sighting])).values()];
}
