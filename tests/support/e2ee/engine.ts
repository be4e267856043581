// Tests are written against the API, so that they run on our engine and on the native library alike.
import type * as EngineModule from '../../../e2ee/index.ts';

/** What both libraries offer. */
export type Engine = typeof EngineModule;
