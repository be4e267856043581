/** What the tests run as `vant`: the source, or the executable that VANT_TEST_PROGRAM names (`npm run test:binary`). */
import { fileURLToPath } from 'node:url';

const packaged = process.env['VANT_TEST_PROGRAM'];

/** Program, and the arguments before its own. */
export const VANT_PROGRAM: readonly [string, ...string[]] =
  packaged === undefined
    ? [process.execPath, fileURLToPath(new URL('../../cli/vant.js', import.meta.url))]
    : [packaged];
