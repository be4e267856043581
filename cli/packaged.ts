/** The first file of the packaged executable. It has its own Node inside, so there is none to look for (vant.js does that). */
import { NativePartError } from '../server/program/native-part-error.ts';
import { EXIT } from './exit-codes.ts';
import { main } from './main.ts';

main().catch((error: unknown) => {
  // Which commands need a native part is known only when they are loaded.
  if (!(error instanceof NativePartError)) throw error;
  console.error(`vant: ${error.message}`);
  process.exit(EXIT.ERROR);
});
