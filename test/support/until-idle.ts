import type { TryOut } from './try-out.ts';

/**
 * Waits until the app has nothing left to do: each delivery of the workspace's has its outcome, and no job of the queue is due.
 * What has not happened by then does not happen.
 */
export async function untilIdle({ app, sandbox }: TryOut): Promise<void> {
  const { driver } = sandbox.workspace;
  await driver.eventually(async () => {
    if ((await driver.deliveries()).some(({ outcome }) => outcome === null)) return false;
    const [jobs] = await app.db.$queryRaw<{ due: bigint }[]>`
      SELECT count(*) AS due FROM graphile_worker.jobs WHERE run_at <= now()`;
    return jobs?.due === 0n;
  });
}
