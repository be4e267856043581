import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: { include: ['tests/unit/e2ee/**/*.test.ts', 'tests/interop/**/*.test.ts'], fileParallelism: false },
});
