import type { TestProject } from 'vitest/node';
import { startTestCluster } from './start-test-cluster.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Server that holds the databases of this run; an administrator's connection. */
    testServerUrl: string;
    /** Migrated database that every test database is cloned from. */
    templateDatabase: string;
  }
}

/** Runs once before all test files: a server, and on it a migrated template. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const cluster = await startTestCluster();
  project.provide('testServerUrl', cluster.serverUrl);
  project.provide('templateDatabase', cluster.templateDatabase);
  return cluster.close;
}
