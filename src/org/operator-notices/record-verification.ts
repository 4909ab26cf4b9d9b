import { type Db, inTransaction } from '../../db/index.ts';
import { DAY_MS } from '../../durations.ts';
import { raiseOperatorNotice, resolveOperatorNotice } from './raise-operator-notice.ts';

/** How many days may pass from one verification of everything to the next. */
const FULL_EVERY_DAYS = 7;

/**
 * Stores what a night's verification found, of everything or of what was posted since a day, and notifies the operator until a
 * night finds nothing.
 */
export async function recordVerification(
  db: Db,
  night: {
    day: string;
    at: Date;
    companies: number;
    findings: number;
    part: { since: string | null } | null;
  },
): Promise<void> {
  const { at, companies, findings } = night;
  const day = startOf(night.day);
  const since = night.part?.since ?? null;
  const found = { finishedAt: at, companies, findings, since: since === null ? null : startOf(since) };
  await inTransaction(db, async (tx) => {
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
