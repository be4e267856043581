import { readProgramText } from './program/program-files.ts';

/** As in package.json. */
export const VERSION = (JSON.parse(readProgramText('package.json')) as { version: string }).version;
