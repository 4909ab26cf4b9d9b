import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createLogger } from '../../src/log.ts';
import { enqueue, type JobHandlers, startWorker } from '../../src/queue/index.ts';
import { freshDatabase, type TestDatabase } from '../support/database.ts';
import { takeDatabaseAway } from '../support/database-away.ts';

let database: TestDatabase;
const unhandled: unknown[] = [];
const note = (reason: unknown): void => void unhandled.push(reason);

beforeEach(async () => {
  database = await freshDatabase();
  unhandled.length = 0;
  process.on('unhandledRejection', note);
});
afterEach(async () => {
  process.off('unhandledRejection', note);
  await database.close();
});

async function until(condition: () => boolean | Promise<boolean>, what: string): Promise<void> {
  for (const end = Date.now() + 100_000; Date.now() < end; await sleep(50)) if (await condition()) return;
  throw new Error(`did not happen: ${what}`);
}

it.each([
  ['done', () => undefined],
  [
    'failed',
    () => {
      throw new Error('the job failed');
    },
  ],
])(
  'a job that is %s when the database has gone away ends no process, and is worked again',
  async (_, end) => {
    let runs = 0;
    let bringBack = async (): Promise<void> => undefined;
    const worked = async (): Promise<void> => {
      runs += 1;
      if (runs > 1) return;
      bringBack = await takeDatabaseAway(database.url);
      end();
    };
    const worker = startWorker({
      databaseUrl: database.url,
      handlers: { 'match-people': worked } as Partial<JobHandlers> as JobHandlers,
      log: createLogger('silent'),
      concurrency: 2,
    });
    try {
      await enqueue(database.db, 'match-people', { companyId: 1n }, { queue: 'test', key: '1' });
      await until(() => runs === 1, 'the first run');
      await sleep(1_000);
      await bringBack();
      await until(() => runs === 2, 'the second run');
      await until(async () => {
        const [jobs] = await database.db.$queryRaw<
          { left: bigint }[]
        >`SELECT count(*) AS left FROM graphile_worker.jobs`;
        return jobs?.left === 0n;
      }, 'an empty queue');
      expect(unhandled).toEqual([]);
    } finally {
      await worker.stop();
    }
  },
);
