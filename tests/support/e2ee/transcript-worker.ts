// The engine in a Web Worker: posts its transcript.
import * as engine from '../../../e2ee/index.ts';
import { transcript } from './transcript.ts';

const scope = globalThis as unknown as { postMessage(message: unknown): void };
scope.postMessage(await transcript(engine));
