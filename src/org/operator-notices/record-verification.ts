import { type Db, inTransaction } from '../../db/index.ts';
import { DAY_MS } from '../../durations.ts';
import { raiseOperatorNotice, resolveOperatorNotice } from './raise-operator-notice.ts';

/** How many days may pass from one verification of everything to the next. */
const FULL_EVERY_DAYS = 7;

/** What a verification found: of everything (`since` null), or of what was posted since a UTC day. */
interface VerificationResult {
  /** The UTC day that it stands for. */
  day: string;
  at: Date;
  companies: number;
  findings: number;
  part: { since: string | null } | null;
}

/**
 * Stores what a verification found, by night or by hand, and notifies the operator until one finds nothing. Of a day the newest
 * stands; a part that finds nothing neither ends what the last one found, which may lie before it, nor hides that everything was
 * verified that day.
 */
export async function recordVerification(db: Db, result: VerificationResult): Promise<void> {
  const { at, companies, findings } = result;
  const day = startOf(result.day);
  const since = result.part?.since ?? null;
  await inTransaction(db, async (tx) => {
    const last = await tx.verification.findFirst({ orderBy: { day: 'desc' } });
    const isPart = since !== null && findings === 0;
    if (isPart && (last?.findings ?? 0) > 0) return;
    const wasWhole = isPart && last?.day.getTime() === day.getTime() && last.since === null;
    const found = {
      finishedAt: at,
      companies,
      findings,
      since: since === null || wasWhole ? null : startOf(since),
    };
    await tx.verification.upsert({ where: { day }, create: { day, ...found }, update: found });
    const notice = { kind: 'books-disagree', companyId: null, at } as const;
    if (findings > 0) await raiseOperatorNotice(tx, { ...notice, details: { findings } });
    else await resolveOperatorNotice(tx, notice);
  });
}

/**
 * Whether a night has to verify everything: once a week, and after a night that found something, as what it found may lie before
 * the last closed day.
 */
export async function isFullVerificationDue(db: Db, day: string): Promise<boolean> {
  const last = await db.verification.findFirst({ orderBy: { day: 'desc' } });
  if (last === null || last.findings > 0) return true;
  const full = await readLastFullVerification(db);
  return full === null || startOf(day).getTime() - startOf(full).getTime() >= FULL_EVERY_DAYS * DAY_MS;
}

/** The UTC day of the last night that verified everything, or null. */
export async function readLastFullVerification(db: Db): Promise<string | null> {
  const last = await db.verification.findFirst({ where: { since: null }, orderBy: { day: 'desc' } });
  return last?.day.toISOString().slice(0, 10) ?? null;
}

function startOf(day: string): Date {
  return new Date(`${day}T00:00:00Z`);
}
