// The other party: libsignal's native library, seen through the type of our own exports. The type-level conformance test
// holds that the two agree; what the types cannot say, these tests do.
import * as libsignal from '@signalapp/libsignal-client';
import type { Engine } from '../support/e2ee/engine.ts';

export const native = libsignal as unknown as Engine;
