import { spawnSync } from 'node:child_process';
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
const shared: typeof globalThis & {
  refillTestCluster?: { started: Promise<TestCluster>; users: number };
  refillBuilt?: boolean;
} = globalThis;

/**
 * Runs once a project before its tests: the first one builds what they start as programs, and starts the server that all
 * use, which the last one ends.
 */
export async function setup(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  if (!project.vitest.projects.includes(project)) return undefined;
  if (!shared.refillBuilt) buildIfChanged();
  shared.refillBuilt = true;
  if (project.name === 'unit') return undefined;
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

function buildIfChanged(): void {
  const { status } = spawnSync(process.execPath, ['src/start/build.mjs', '--try-out', '--if-changed'], {
    stdio: 'inherit',
  });
  if (status !== 0) throw new Error('src could not be built');
}
