/** The first file of the packaged executable. It has its own Node inside, so there is none to look for (vant.js does that). */
import { NativePartError } from '../server/program/native-part-error.ts';
import { EXIT } from './exit-codes.ts';
import { main } from './main.ts';
import { PACKAGED_ECHO } from './packaged-programs.ts';

async function run(): Promise<void> {
  // Only a parent that speaks with it gets the program of a child.
  if (process.argv[2] === PACKAGED_ECHO && process.send !== undefined) await import('./echo/main.ts');
  else await main();
}

run().catch((error: unknown) => {
  // Which commands need a native part is known only when they are loaded.
  if (!(error instanceof NativePartError)) throw error;
  console.error(`vant: ${error.message}`);
  process.exit(EXIT.ERROR);
});
