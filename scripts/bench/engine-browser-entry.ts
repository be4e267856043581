// What the page of the benchmark runs: the measurements with our engine. Its result is left where the script finds it.
import * as engine from '../../e2ee/index.ts';
import { measure } from './engine-workloads.ts';

Object.assign(globalThis, { measureEngine: () => measure(engine) });
