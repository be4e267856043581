/** Unpacks, and is killed (SIGKILL) when half is written: node killed-unpacking.ts FOLDER */
import { writeSync } from 'node:fs';
import { unpackInto } from '../../../../server/program/native-parts.ts';
import { NAME, PART, PART_HASH } from './part.ts';

const half = (file: number, bytes: Uint8Array): number => {
  writeSync(file, bytes, 0, bytes.length / 2);
  process.kill(process.pid, 'SIGKILL');
  throw new Error('alive');
};

unpackInto(process.argv[2] ?? '', NAME, PART, PART_HASH, half as typeof writeSync);
