import { defineConfig } from 'vitest/config';

/** Tests that `npm test` leaves out; `npm run proofs -- long` runs them, and CI two files for each commit. */
const LONG = '**/*.long.test.ts';

/** One project a kind of test; `unit` alone needs no database. */
const project = (name: string, options: Record<string, unknown> = {}) => ({
  test: {
    name,
    include: [`test/${name}/**/*.test.ts`],
    exclude: [LONG],
    environment: 'node' as const,
    testTimeout: 60_000,
    hookTimeout: 120_000,
    ...options,
  },
});

/**
 * The modules of one file serve the next: loading them takes longer than most tests. None of ours keeps anything between
 * calls, and each file has a database of its own. The `faults` change their process, so they have one each.
 */
const shared = { isolate: false };

export default defineConfig({
  test: {
    globalSetup: ['test/support/global-setup.ts'],
    maxWorkers: 3,
    projects: [
      project('unit', shared),
      project('integration', shared),
      project('slack', shared),
      project('browser', { testTimeout: 90_000, maxWorkers: 2, sequence: { groupOrder: 1 } }),
      project('faults', { testTimeout: 120_000, maxWorkers: 2, sequence: { groupOrder: 1 } }),
      project('long', {
        include: [`test/${LONG}`],
        exclude: [],
        testTimeout: 120_000,
        fileParallelism: false,
      }),
    ].map((entry) => ({ extends: true as const, ...entry })),
  },
});
