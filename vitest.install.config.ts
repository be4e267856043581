import { defineConfig } from 'vitest/config';

/** Of `npm run test:install`: minutes, root, and a machine of its own for each file. */
export default defineConfig({
  test: {
    pool: 'forks',
    fileParallelism: false,
    include: ['tests/install/**/*.test.ts'],
    testTimeout: 300_000,
    hookTimeout: 600_000,
  },
});
