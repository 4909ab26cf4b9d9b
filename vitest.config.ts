import { defineConfig } from 'vitest/config';

/** One project a kind of test; `unit` alone needs no database. */
const project = (name: string, options: Record<string, unknown> = {}) => ({
  test: {
    name,
    include: [`test/${name}/**/*.test.ts`],
    environment: 'node' as const,
    testTimeout: 60_000,
    hookTimeout: 120_000,
    ...options,
  },
});

export default defineConfig({
  test: {
    globalSetup: ['test/support/global-setup.ts'],
    maxWorkers: 3,
    projects: [
      project('unit'),
      project('integration'),
      project('slack'),
      project('browser', { testTimeout: 90_000, fileParallelism: false }),
      project('faults', { testTimeout: 120_000, fileParallelism: false }),
    ].map((entry) => ({ extends: true as const, ...entry })),
  },
});
