import { createHash } from 'node:crypto';

export const NAME = 'part.node';
/** More than one piece. */
export const PART: Uint8Array = Buffer.alloc(3 * 1024 * 1024, 'native');
export const PART_HASH = createHash('sha256').update(PART).digest('hex');
