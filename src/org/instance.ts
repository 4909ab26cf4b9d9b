import type { Db, InstanceMode, Queryable } from '../db/index.ts';
import { RefillError } from '../errors.ts';

export type { InstanceMode };

/**
 * Stamps a new database with what it is for, and refuses one that was for something else: the books of a try-out
 * never meet a live workspace or a live processor. Throws RefillError `other-instance`.
 */
export async function stampInstance(db: Db, mode: InstanceMode, at: Date): Promise<void> {
  await db.$executeRaw`INSERT INTO instance (id, mode, created_at) VALUES (1, ${mode}, ${at}) ON CONFLICT DO NOTHING`;
  const stamp = await db.instance.findUniqueOrThrow({ where: { id: 1 } });
  if (stamp.mode !== mode) {
    throw new RefillError(
      'other-instance',
      `This database holds the books of a ${spell(stamp.mode)}, and Refill was started as a ${spell(mode)}. ` +
        'Give each its own DATABASE_URL (or REFILL_DATA folder).',
    );
  }
}

/** What a database is for; a new one that no app has started with is live, until it is told otherwise. */
export async function readInstanceMode(db: Queryable): Promise<InstanceMode> {
  const stamp = await db.instance.findUnique({ where: { id: 1 } });
  return stamp?.mode ?? 'live';
}

function spell(mode: string): string {
  return (
    { sandbox: 'local try-out', play_money: 'play-money installation', live: 'live installation' }[mode] ??
    mode
  );
}
