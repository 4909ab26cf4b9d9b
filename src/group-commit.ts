import { AsyncLocalStorage } from 'node:async_hooks';
import { setImmediate } from 'node:timers/promises';

export interface GroupCommitOptions<T, R> {
  /** Callers that share one commit at most. */
  maxItems: number;
  /** Commits what several callers brought; resolves with their results, in their order. */
  commit: (companyId: bigint, items: T[]) => Promise<readonly R[]>;
}

interface Waiting<T, R> {
  item: T;
  /** Runs work as the caller's own, under its trace. */
  asCaller: ReturnType<typeof AsyncLocalStorage.snapshot>;
  resolve(result: R): void;
  reject(error: unknown): void;
}

/**
 * Group commit: callers that bring single items at the same time share transactions. While a company's batch is on its
 * way, newcomers wait; the moment it returns, all of them go as the next one. No timer: a lone caller is not delayed,
 * and a busy company's batches grow by themselves. A batch never mixes companies; one that fails as a whole is tried
 * again one caller at a time, so that each gets its own result or error. A batch runs under the trace of its first caller.
 */
export function createGroupCommit<T, R>({
  maxItems,
  commit,
}: GroupCommitOptions<T, R>): (companyId: bigint, item: T) => Promise<R> {
  const queues = new Map<bigint, Waiting<T, R>[]>();

  async function drain(companyId: bigint, queue: Waiting<T, R>[]): Promise<void> {
    // Requests that have arrived by now are read first, so that they go along.
    for (await setImmediate(); queue.length > 0; await setImmediate()) {
      const batch = queue.splice(0, maxItems);
      const failed = await commitTogether(companyId, batch);
      if (failed === null) continue;
      if (batch.length === 1) batch[0]?.reject(failed.error);
      else for (const each of batch) await commitAlone(companyId, each);
    }
    queues.delete(companyId);
  }

  async function commitTogether(
    companyId: bigint,
    batch: readonly Waiting<T, R>[],
  ): Promise<{ error: unknown } | null> {
    try {
      const items = batch.map(({ item }) => item);
      const asCaller = batch[0]?.asCaller ?? AsyncLocalStorage.snapshot();
      const results = await asCaller(() => commit(companyId, items));
      if (results.length !== batch.length) throw new Error('a group commit left callers without a result');
      results.forEach((result, i) => {
        batch[i]?.resolve(result);
      });
      return null;
    } catch (error) {
      return { error };
    }
  }

  async function commitAlone(companyId: bigint, waiting: Waiting<T, R>): Promise<void> {
    const failed = await commitTogether(companyId, [waiting]);
    if (failed !== null) waiting.reject(failed.error);
  }

  return (companyId, item) =>
    new Promise((resolve, reject) => {
      const waiting = { item, asCaller: AsyncLocalStorage.snapshot(), resolve, reject };
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
