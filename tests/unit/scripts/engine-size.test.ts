// What a browser loads before it can encrypt must not grow unnoticed.
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { bundleForBrowsers } from '../../../scripts/bundle-for-browsers.ts';

/** The goal, 40 KB. Whoever raises it says so in README.md and docs/security-engine.md. */
const MAX_BYTES = 40 * 1024;

test('the engine, bundled, minified and compressed, stays within its limit', async () => {
  const code = await bundleForBrowsers('e2ee/index.ts');
  expect(gzipSync(code, { level: 9 }).length).toBeLessThanOrEqual(MAX_BYTES);
});
