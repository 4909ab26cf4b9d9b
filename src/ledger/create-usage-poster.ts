/**
 * Group commit: callers that post single records at the same time share transactions. While a company's batch is on
 * its way, newcomers wait; the moment it returns, all of them go as the next one. No timer: a lone caller is not
 * delayed, and a busy wallet's batches grow by themselves.
 */
import type { Clock } from '../clock.ts';
import type { Db } from '../db/index.ts';
import { postUsage } from './post-usage.ts';
import type { NewUsage, UsageOutcome } from './types.ts';

const MAX_BATCH = 1_000;

interface Waiting {
  record: NewUsage;
  resolve(outcome: UsageOutcome): void;
  reject(error: unknown): void;
}

/** Posts one record; resolves once it is committed. */
export type UsagePoster = (companyId: bigint, record: NewUsage) => Promise<UsageOutcome>;

/**
 * A poster for many concurrent callers. A batch never mixes companies; one that fails as a whole rejects its own
 * callers with that error, and they may send the same record again: its key keeps it single (R23).
 */
export function createUsagePoster(deps: { db: Db; clock: Clock }): UsagePoster {
  const queues = new Map<bigint, Waiting[]>();

  async function drain(companyId: bigint, queue: Waiting[]): Promise<void> {
    while (queue.length > 0) {
      const batch = queue.splice(0, MAX_BATCH);
      try {
        const records = batch.map(({ record }) => record);
        const outcomes = await postUsage(deps.db, { companyId, at: deps.clock.now(), records });
        batch.forEach(({ resolve, reject }, i) => {
          const outcome = outcomes[i];
          if (outcome === undefined) reject(new Error('the ledger left a record unanswered'));
          else resolve(outcome);
        });
      } catch (error) {
        for (const { reject } of batch) reject(error);
      }
    }
    queues.delete(companyId);
  }

  return (companyId, record) =>
    new Promise((resolve, reject) => {
      const waiting = { record, resolve, reject };
      const queue = queues.get(companyId);
      if (queue !== undefined) {
        queue.push(waiting);
        return;
      }
      const started = [waiting];
      queues.set(companyId, started);
      void drain(companyId, started);
    });
}
