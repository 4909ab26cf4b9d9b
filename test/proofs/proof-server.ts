import { type CreatedDatabase, createDatabase } from '../support/create-database.ts';
import { startTestCluster } from '../support/start-test-cluster.ts';

/** The server that proofs play on. */
export interface ProofServer {
  /** A migrated database of the caller's own. */
  migrated(): Promise<CreatedDatabase>;
  /** A database without any of our tables. */
  empty(): Promise<CreatedDatabase>;
}

/** The databases of a server that runs. */
export function openProofServer(cluster: { serverUrl: string; templateDatabase: string }): ProofServer {
  return {
    migrated: () => createDatabase(cluster.serverUrl, { template: cluster.templateDatabase }),
    empty: () => createDatabase(cluster.serverUrl),
  };
}

/** Starts a server for one run of the command. */
export async function startProofServer(): Promise<ProofServer & { close(): Promise<void> }> {
  const cluster = await startTestCluster();
  return { ...openProofServer(cluster), close: cluster.close };
}
