import type { Clock } from '../../../clock.ts';
import { type Db, inTransaction } from '../../../db/index.ts';
import { SECOND_MS } from '../../../durations.ts';
import { postNotice } from '../../../notices/index.ts';
import { lockCompany } from '../../../org/index.ts';
import type { CheckRow } from '../card.ts';
import { notifyCard } from '../notify-card.ts';
import { resolve } from './answer-check.ts';
import { enqueueCheck } from './check-jobs.ts';

const PUSHED_AHEAD_MS = 15 * SECOND_MS;

/** Wakes every check that has a step due, and ends those that nobody answered within a week (R13). */
export async function sweepChecks(deps: { db: Db; clock: Clock }): Promise<void> {
  const now = deps.clock.now();
  const due = await deps.db.cardCheck.findMany({
    where: { nextPollAt: { lte: now } },
    orderBy: { nextPollAt: 'asc' },
    take: 200,
  });
  for (const check of due) {
    if (check.state === 'waiting') await expire(deps, check, now);
    else {
      await inTransaction(deps.db, async (tx) => {
        await tx.cardCheck.updateMany({
          where: { token: check.token, nextPollAt: { lte: now } },
          data: { nextPollAt: new Date(now.getTime() + PUSHED_AHEAD_MS) },
        });
        await enqueueCheck(tx, check);
      });
    }
  }
}

async function expire(deps: { db: Db }, found: CheckRow, at: Date): Promise<void> {
  await inTransaction(deps.db, async (tx) => {
    await lockCompany(tx, found.companyId);
    const check = await tx.cardCheck.findUniqueOrThrow({ where: { token: found.token } });
    if (check.state !== 'waiting') return;
    await resolve(tx, check, 'expired', at);
    const card = await tx.card.update({
      where: { companyId_id: { companyId: check.companyId, id: check.cardId } },
      data: { removedAt: at },
    });
    await notifyCard(tx, card, check, 'expired', at);
  });
}

/** Warns once, in the month before a default card's last one is over, that it will not work much longer. */
export async function sweepExpiringCards(deps: { db: Db; clock: Clock }): Promise<void> {
  const now = deps.clock.now();
  const soon = new Date(now);
  soon.setUTCMonth(soon.getUTCMonth() + 1, 1);
  const cards = await deps.db.card.findMany({
    where: {
      isDefault: true,
      removedAt: null,
      OR: [
        { expYear: { lt: soon.getUTCFullYear() } },
        { expYear: soon.getUTCFullYear(), expMonth: { lte: soon.getUTCMonth() + 1 } },
      ],
    },
  });
  for (const card of cards) {
    const dedupeKey = `card-expiring:${card.id}`;
    const known = await deps.db.notice.findUnique({
      where: { companyId_dedupeKey: { companyId: card.companyId, dedupeKey } },
    });
    if (known !== null) continue;
    await inTransaction(deps.db, (tx) =>
      postNotice(tx, {
        companyId: card.companyId,
        dedupeKey,
        at: now,
        facts: {
          kind: 'card_expiring',
          brand: card.brand,
          last4: card.last4,
          expMonth: card.expMonth,
          expYear: card.expYear,
        },
      }),
    );
  }
}
