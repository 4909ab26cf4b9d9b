import type { Clock } from '../../../clock.ts';
import { type Db, inTransaction } from '../../../db/index.ts';
import { enqueue } from '../../../queue/index.ts';

/** Wakes a job for each company with a workspace that has people to look for in it. */
export async function sweepPeople({ db, clock }: { db: Db; clock: Clock }): Promise<void> {
  const due = await db.$queryRaw<{ company_id: bigint }[]>`
    SELECT w.company_id FROM workspace w
    WHERE EXISTS (SELECT 1 FROM member m WHERE m.company_id = w.company_id AND m.kind = 'person' AND m.active
        AND m.email IS NOT NULL AND m.slack_user_id IS NULL
        AND (m.slack_look_at IS NULL OR m.slack_look_at <= ${clock.now()}))`;
  for (const { company_id: companyId } of due)
    await inTransaction(db, (tx) =>
      enqueue(tx, 'match-people', { companyId }, { queue: `people:${companyId}`, key: `${companyId}` }),
    );
}
