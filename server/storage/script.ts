import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { RedisScript } from './connection.ts';

const readLua = (name: string) => readFileSync(new URL(`./lua/${name}.lua`, import.meta.url), 'utf8');

/** Reads a script of the lua/ folder beside this file. `preludes` are files of local functions that it uses. */
export function loadScript(name: string, preludes: readonly string[] = []): RedisScript {
  const source = [...preludes, name].map(readLua).join('\n');
  return { name, source, sha1: createHash('sha1').update(source).digest('hex') };
}
