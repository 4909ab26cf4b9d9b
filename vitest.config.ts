import { defineConfig } from 'vitest/config';

/** Tests that `npm test` leaves out; `npm run proofs -- long` runs them, and CI one file for each commit. */
const LONG = '**/*.long.test.ts';

/** One project a kind of test; `unit` alone needs no database. Timeouts end what hangs: no test fails because others keep the machine busy. */
const project = (name: string, options: Record<string, unknown> = {}) => ({
  test: {
    name,
    include: [`test/${name}/**/*.test.ts`],
    exclude: [LONG],
    environment: 'node' as const,
    testTimeout: 180_000,
    hookTimeout: 240_000,
    // One second by default, which a busy machine spends on less.
    expect: { poll: { timeout: 60_000, interval: 20 } },
    ...options,
  },
});

/**
 * The modules of one file serve the next: loading them takes longer than most tests. None of ours keeps anything between
 * calls, and each file has a database of its own. The `faults` change their process, so they have one each.
 */
const shared = { isolate: false };

const config = (projects: ReturnType<typeof project>[]) =>
  defineConfig({
    test: {
      globalSetup: ['test/support/global-setup.ts'],
      // Groups would wait for each other: a page that waits for its browser leaves the cores to the other projects.
      maxWorkers: 3,
      // Each project transforms every module for itself; with this one they share what the first has transformed, and so do later runs.
      experimental: { fsModuleCache: true },
      projects: projects.map((entry) => ({ extends: true as const, ...entry })),
    },
  });

const apart = [project('browser'), project('faults')];

export default config([
  project('unit', shared),
  project('integration', shared),
  project('slack', shared),
  ...apart,
  project('long', {
    include: [`test/${LONG}`],
    exclude: [],
    fileParallelism: false,
  }),
]);

/** All that `npm test` runs: in one project, the kinds that share modules load them once a worker, not once a kind. */
export const whole = config([
  project('shared', { ...shared, include: ['test/{unit,integration,slack}/**/*.test.ts'] }),
  ...apart,
]);
