import { defineConfig } from 'vitest/config';

/** Projects by what they need: `unit` nothing, `integration` a redis-server, `scenario` the whole appliance as a process. */
const project = (name: string, include: string[], testTimeout: number) => ({
  extends: true as const,
  test: { name, include, testTimeout, hookTimeout: testTimeout },
});

export default defineConfig({
  test: {
    pool: 'forks',
    maxWorkers: 2,
    reporters: process.env['CI'] ? ['default'] : ['default'],
    coverage: {
      provider: 'v8',
      include: ['wire/**/*.ts', 'config/**/*.ts', 'server/**/*.ts', 'client/**/*.ts', 'cli/**/*.ts'],
      exclude: ['wire/generated/**'],
      reporter: ['text-summary', 'html'],
    },
    projects: [
      project('unit', ['tests/unit/**/*.test.ts'], 20_000),
      project('integration', ['tests/integration/**/*.test.ts', 'tests/fuzz/**/*.test.ts'], 60_000),
      project('scenario', ['tests/scenario/**/*.test.ts'], 180_000),
    ],
  },
});
