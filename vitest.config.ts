import { playwright } from '@vitest/browser-playwright';
import { defineConfig } from 'vitest/config';

/** Projects by what they need: `unit` nothing, `fuzz` time, `interop` the native library, `integration` a redis-server,
 * `scenario` the whole appliance as a process, `browser` Chromium. */
const project = (name: string, include: string[], timeoutMs: number) => ({
  extends: true as const,
  test: { name, include, testTimeout: timeoutMs, hookTimeout: timeoutMs },
});

/** The Signal engine's tests: the same files in Node and in Chromium. */
const ENGINE_TESTS = ['tests/unit/e2ee/**/*.test.ts', 'tests/fuzz/e2ee/**/*.test.ts'];

/** Tests with less than the whole appliance, of what is started otherwise in the executable. */
const STARTED_BY_PROGRAM = ['tests/integration/turn/doctor.test.ts', 'tests/integration/calls/echo.test.ts'];

/** Only where there is an executable to test: `npm run test:binary`. */
const BINARY_PROJECTS = [
  ...(process.env['VANT_TEST_PROGRAM'] === undefined
    ? []
    : [project('binary', ['tests/binary/executable.test.ts', ...STARTED_BY_PROGRAM], 120_000)]),
  ...(process.env['VANT_TEST_ARM64'] === undefined
    ? []
    : [project('binary-arm64', ['tests/binary/arm64.test.ts'], 300_000)]),
];

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
    maxWorkers: 2,
    // A busy machine is no failure.
    expect: { poll: { timeout: 20_000 } },
    coverage: {
      provider: 'v8',
      include: ['{wire,e2ee,config,server,client,cli}/**/*.ts'],
      exclude: ['wire/generated/**'],
      reporter: ['text-summary', 'html'],
    },
    projects: [
      project('unit', ['tests/unit/**/*.test.ts'], 30_000),
      project('fuzz', ['tests/fuzz/**/*.test.ts'], 120_000),
      project('interop', ['tests/interop/**/*.test.ts'], 120_000),
      project('integration', ['tests/integration/**/*.test.ts'], 60_000),
      project('scenario', ['tests/scenario/**/*.test.ts'], 180_000),
      project('e2e', ['tests/e2e/**/*.test.ts'], 120_000),
      ...BINARY_PROJECTS,
      {
        extends: true,
        test: {
          name: 'browser',
          include: [...ENGINE_TESTS, 'tests/browser/**/*.test.ts'],
          testTimeout: 60_000,
          fileParallelism: false,
          browser: {
            enabled: true,
            headless: true,
            screenshotFailures: false,
            provider: playwright({
              launchOptions: {
                executablePath: process.env['VANT_CHROMIUM'] ?? '/usr/bin/chromium',
                args: CHROMIUM_ARGUMENTS,
              },
            }),
            instances: [{ browser: 'chromium' }],
          },
        },
      },
    ],
  },
});
