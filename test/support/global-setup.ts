import type { TestProject } from 'vitest/node';
import { startTestCluster, type TestCluster } from './start-test-cluster.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Server that holds the databases of this run; an administrator's connection. */
    testServerUrl: string;
    /** Migrated database that every test database is cloned from. */
    templateDatabase: string;
  }
}

/** Vitest loads this file afresh for each of its projects; what they share has to live outside the module. */
const shared: typeof globalThis & { refillTestCluster?: { started: Promise<TestCluster>; users: number } } =
  globalThis;

/** Runs once a project before its tests: the first one starts the server that all use, the last one ends it. */
export async function setup(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  const runsTests = project.vitest.projects.includes(project);
  if (!runsTests || project.name === 'unit') return undefined;
  shared.refillTestCluster ??= { started: startTestCluster(), users: 0 };
  const cluster = shared.refillTestCluster;
  cluster.users += 1;
  const { serverUrl, templateDatabase, close } = await cluster.started;
  project.provide('testServerUrl', serverUrl);
  project.provide('templateDatabase', templateDatabase);
  return async () => {
    cluster.users -= 1;
    if (cluster.users > 0) return;
    delete shared.refillTestCluster;
    await close();
  };
}
