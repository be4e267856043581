import { createHash } from 'node:crypto';
import { readProgramText } from '../program/program-files.ts';
import type { RedisScript } from './connection.ts';

const readLua = (name: string) => readProgramText(`server/storage/lua/${name}.lua`);

/** Reads a script of the lua/ folder beside this file. `preludes` are files of local functions that it uses. */
export function loadScript(name: string, preludes: readonly string[] = []): RedisScript {
  const source = [...preludes, name].map(readLua).join('\n');
  return { name, source, sha1: createHash('sha1').update(source).digest('hex') };
}
