// The engine's own projects: `engine` (in Node), `engine-browser` (the same files in Chromium) and `interop` (against
// libsignal's native library). npx vitest run -c vitest.engine.config.ts --project engine-browser
import { playwright } from '@vitest/browser-playwright';
import { defineConfig } from 'vitest/config';

const UNIT = ['tests/unit/e2ee/**/*.test.ts', 'tests/fuzz/e2ee/**/*.test.ts'];

const CHROMIUM = process.env['VANT_CHROMIUM'] ?? '/usr/bin/chromium';
/** No sandbox inside containers, no traffic of Chromium's own. */
const CHROMIUM_ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export default defineConfig({
  test: {
    pool: 'forks',
    maxWorkers: 1,
    projects: [
      { test: { name: 'engine', include: UNIT, testTimeout: 30_000 } },
      { test: { name: 'interop', include: ['tests/interop/**/*.test.ts'], testTimeout: 60_000 } },
      {
        test: {
          name: 'engine-browser',
          include: UNIT,
          testTimeout: 30_000,
          fileParallelism: false,
          browser: {
            enabled: true,
            headless: true,
            screenshotFailures: false,
            provider: playwright({ launchOptions: { executablePath: CHROMIUM, args: CHROMIUM_ARGUMENTS } }),
            instances: [{ browser: 'chromium' }],
          },
        },
      },
    ],
  },
});
