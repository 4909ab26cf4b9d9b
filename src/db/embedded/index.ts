import type { Logger } from '../../log.ts';
export interface EmbeddedPostgres {
  url(databaseName: string): string;
  ensureDatabase(name: string): Promise<void>;
  stop(): Promise<void>;
}
export async function startEmbeddedPostgres(_o: {
  dataFolder: string;
  log: Logger;
  settings?: Record<string, string>;
}): Promise<EmbeddedPostgres> {
  throw new Error('not yet: set TEST_DATABASE_URL');
}
