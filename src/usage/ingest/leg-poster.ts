/**
 * Group commit for events that come one by one: while a company's batch is on its way, newcomers wait, and go together
 * as the next one the moment it returns. Without a timer: a lone event is not delayed.
 */
import { setImmediate } from 'node:timers/promises';
import { type IngestDeps, ingestLegs } from './ingest-events.ts';
import type { LegEvent } from './merge-legs.ts';

const MOST_LEGS = 500;

interface Waiting {
  legs: LegEvent[];
  resolve(): void;
  reject(error: unknown): void;
}

/** Books the legs of one event; resolves once they are committed. */
export type LegPoster = (companyId: bigint, legs: LegEvent[]) => Promise<void>;

/** A poster for many concurrent callers. A batch that fails as a whole is tried again one event at a time. */
export function createLegPoster(deps: IngestDeps, source: string): LegPoster {
  const queues = new Map<bigint, Waiting[]>();

  async function drain(companyId: bigint, queue: Waiting[]): Promise<void> {
    // Whatever else has arrived by now is read first, so that it goes along.
    for (await setImmediate(); queue.length > 0; await setImmediate()) {
      const batch = queue.splice(0, MOST_LEGS);
      try {
        await ingestLegs(deps, { companyId, source, legs: batch.flatMap(({ legs }) => legs) });
        for (const { resolve } of batch) resolve();
      } catch (error) {
        if (batch.length === 1) batch[0]?.reject(error);
        else await oneByOne(companyId, batch);
      }
    }
    queues.delete(companyId);
  }

  async function oneByOne(companyId: bigint, batch: readonly Waiting[]): Promise<void> {
    for (const { legs, resolve, reject } of batch)
      await ingestLegs(deps, { companyId, source, legs }).then(() => resolve(), reject);
  }

  return (companyId, legs) =>
    new Promise((resolve, reject) => {
      const waiting = { legs, resolve, reject };
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
