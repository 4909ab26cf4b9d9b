import { setTimeout as after, setImmediate as afterOthers } from 'node:timers/promises';

/** Milliseconds by a clock that all processes of the machine share; of no use but for differences. */
export const sharedNow = (): number => Number(process.hrtime.bigint()) / 1_000_000;

/**
 * Calls `work` so many times a second for so many seconds, each at its planned time, whatever became of those before. Resolves
 * when all have ended; throws what the first of them threw that failed. How late a call began is part of what is measured from `plannedAt`, which is a moment of `sharedNow`:
 * neither a busy sender nor a slow answer hides that the next ones wait.
 */
export async function sendOnTime(
  { perSecond, seconds }: { perSecond: number; seconds: number },
  work: (number: number, plannedAt: number) => Promise<void>,
): Promise<void> {
  const startedAt = sharedNow();
  const sent: Promise<PromiseSettledResult<void>[]>[] = [];
  for (let number = 0; number < perSecond * seconds; number += 1) {
    const plannedAt = startedAt + (number * 1_000) / perSecond;
    const waitMs = plannedAt - sharedNow();
    await (waitMs > 0 ? after(waitMs) : afterOthers());
    sent.push(Promise.allSettled([work(number, plannedAt)]));
  }
  const failed = (await Promise.all(sent)).flat().find(({ status }) => status === 'rejected');
  if (failed?.status === 'rejected') throw failed.reason;
}
