/** Writes to the standard streams. What is written to stdout is handed to the system before the promise resolves. */
import { writeSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

const RETRY_MS = 5;

/** A reader that went away (`vant receive | head`) ends the command, quietly. */
export class OutputClosed extends Error {
  override readonly name = 'OutputClosed';
}

export async function writeOut(text: string): Promise<void> {
  let bytes: Uint8Array = new TextEncoder().encode(text);
  while (bytes.length > 0) {
    try {
      bytes = bytes.subarray(writeSync(1, bytes));
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'EPIPE') throw new OutputClosed('nobody reads the output any more');
      // A pipe that is full, whose reader is slow.
      if (code !== 'EAGAIN') throw error;
      await delay(RETRY_MS);
    }
  }
}

export const writeLine = (line: string): Promise<void> => writeOut(`${line}\n`);

export function writeError(text: string): void {
  process.stderr.write(`${text}\n`);
}
