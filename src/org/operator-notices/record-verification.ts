import { type Db, inTransaction } from '../../db/index.ts';
import { raiseOperatorNotice, resolveOperatorNotice } from './raise-operator-notice.ts';

/** Keeps what a night's verification found, and notifies the operator until a night finds nothing. */
export async function recordVerification(
  db: Db,
  night: { day: string; at: Date; companies: number; findings: number },
): Promise<void> {
  const { at, companies, findings } = night;
  const day = new Date(`${night.day}T00:00:00Z`);
  const found = { finishedAt: at, companies, findings };
  await inTransaction(db, async (tx) => {
    await tx.verification.upsert({ where: { day }, create: { day, ...found }, update: found });
    const notice = { kind: 'books-disagree', companyId: null, at } as const;
    if (findings > 0) await raiseOperatorNotice(tx, { ...notice, details: { findings } });
    else await resolveOperatorNotice(tx, notice);
  });
}
