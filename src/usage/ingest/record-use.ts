import type { Clock } from '../../clock.ts';
import type { Db } from '../../db/index.ts';
import { MINUTE_MS } from '../../durations.ts';
import type { Logger } from '../../log.ts';

interface Deps {
  db: Db;
  clock: Clock;
  log: Logger;
}

/**
 * Stores when a key, or the address of a phone system, was used last: at most once a minute and process, beside the
 * request and in no transaction of it, which neither waits for it nor fails by it. A key goes by its hash, an address by its token.
 */
export function createUseRecorder(
  { db, clock, log }: Deps,
  what: 'api-key' | 'webhook',
): (id: string) => void {
  const recordedMs = new Map<string, number>();
  return (id) => {
    const lastUsedAt = clock.now();
    if (lastUsedAt.getTime() - (recordedMs.get(id) ?? Number.NEGATIVE_INFINITY) < MINUTE_MS) return;
    recordedMs.set(id, lastUsedAt.getTime());
    const write =
      what === 'api-key'
        ? db.apiKey.updateMany({ where: { keyHash: id }, data: { lastUsedAt } })
        : db.usageWebhook.updateMany({ where: { token: id }, data: { lastUsedAt } });
    write.catch((error: unknown) => {
      recordedMs.delete(id);
      log.warn({ err: error, what }, 'when it was used last could not be written down');
    });
  };
}
