import { readFile } from 'node:fs/promises';
import { openDb } from '../../src/db/index.ts';
import { createLogger } from '../../src/log.ts';
import { createDatabase } from '../support/create-database.ts';
import { startTestCluster } from '../support/start-test-cluster.ts';
import { PlayFault, readOperations } from './operation.ts';
import { play } from './play.ts';

const log = createLogger('error');

async function playFile(file: string): Promise<void> {
  const text = await readFile(file, 'utf8').catch(() => {
    throw new PlayFault(0, `${file} cannot be read`);
  });
  readOperations(text);
  const cluster = await startTestCluster();
  const database = await createDatabase(cluster.serverUrl, { template: cluster.templateDatabase });
  try {
    const db = await openDb({ url: database.url, poolSize: 2, log });
    try {
      for await (const line of play(db, 1n, text)) process.stdout.write(`${line}\n`);
    } finally {
      await db.$disconnect();
    }
  } finally {
    await database.close();
    await cluster.close();
  }
}

const [file, ...rest] = process.argv.slice(2);
try {
  if (file === undefined || rest.length > 0) throw new PlayFault(0, 'one file of operations is played');
  await playFile(file);
} catch (error) {
  if (!(error instanceof PlayFault)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 2;
}
