import type { Queryable } from '../../db/index.ts';

type Step = (db: Queryable) => Promise<void>;

/** Runs steps on several connections: each connection takes the next step when it is done with one. Ends with the first error. */
export async function runInLanes(
  lanes: readonly Queryable[],
  steps: readonly Step[],
  stop?: AbortSignal,
): Promise<void> {
  const waiting = steps.values();
  let hasFailed = false;
  const work = async (db: Queryable) => {
    for (const step of waiting) {
      stop?.throwIfAborted();
      if (hasFailed) return;
      await step(db).catch((error: unknown) => {
        hasFailed = true;
        throw error;
      });
    }
  };
  const ended = await Promise.allSettled(lanes.map(work));
  for (const lane of ended) if (lane.status === 'rejected') throw lane.reason;
}
