import type { Clock } from '../../clock.ts';
import { type Db, inTransaction, type Tx } from '../../db/index.ts';
import { DAY_MS, MINUTE_MS } from '../../durations.ts';
import { type Company, findCompany, listOffices, lockCompany, type Office } from '../../org/index.ts';
import type { JobPayload } from '../../queue/index.ts';
import { findSurprises, type PartSurprise } from './find-surprises.ts';
import { notifySurprise } from './notify-surprise.ts';
import { readSpend } from './read-spend.ts';

/** An alert is over when nothing was unusual for so long; what follows opens another one. */
const QUIET_MS = DAY_MS;
/** How often the figures of a message are updated. */
const UPDATE_MS = MINUTE_MS;
/** Spending that is marked as expected is reported again when it is so many times as much. */
const TRIPLED = 3n;

export type SurpriseRow = NonNullable<Awaited<ReturnType<Tx['surprise']['findFirst']>>>;

/**
 * Judges what an office spent lately (R32): posts an alert of what is unusual, or updates it. The spending is read
 * before the company's lock, under which only the stories are. Applies R32.5.
 */
export async function judgeSpending(
  { db, clock }: { db: Db; clock: Clock },
  { companyId, officeId }: JobPayload<'judge-spending'>,
): Promise<void> {
  const at = clock.now();
  const company = await findCompany(db, companyId);
  const office = (await listOffices(db, companyId)).find(({ id }) => id === officeId);
  if (company === null || office === undefined) return;
  const spend = await readSpend(db, { companyId, office, timeZone: company.timeZone, at });
  const found = spend === null ? [] : findSurprises(spend);
  if (found.length === 0) return;
  await inTransaction(db, async (tx) => {
    await lockCompany(tx, companyId);
    for (const surprise of found) await follow(tx, { company, office, at }, surprise);
  });
}

interface Place {
  company: Company;
  office: Office;
  at: Date;
}

/** Opens or updates the alert of a part by its present spending, or does nothing while it is expected. */
async function follow(tx: Tx, place: Place, surprise: PartSurprise): Promise<void> {
  const { company, office, at } = place;
  const { part } = surprise;
  const key = { companyId: company.id, officeId: office.id, part: part.kind, value: part.value };
  const last = await tx.surprise.findFirst({ where: key, orderBy: { id: 'desc' } });
  const figures = {
    rule: surprise.rule,
    hourFrom: surprise.from,
    hourTo: surprise.to,
    calls: BigInt(surprise.calls),
    costMicros: surprise.micros,
    usualMicros: surprise.usualMicros,
    lastAt: at,
  };
  if (last === null || isOver(last, surprise, at)) {
    if (last !== null) await tx.surprise.update({ where: keyOf(last), data: { isSuperseded: true } });
    const row = await tx.surprise.create({ data: { ...key, ...figures, foundAt: at } });
    return await notifySurprise(tx, { company, office }, row, at);
  }
  if (last.mutedUntil !== null || at.getTime() - last.lastAt.getTime() < UPDATE_MS) return;
  // The message keeps the hour that cost most.
  const data = surprise.micros > last.costMicros ? figures : { lastAt: at };
  const row = await tx.surprise.update({ where: keyOf(last), data });
  await notifySurprise(tx, { company, office }, row, at);
}

const keyOf = ({ companyId, id }: SurpriseRow) => ({ companyId_id: { companyId, id } });

/** Whether an alert is over, so that the same part is reported in another message. */
function isOver(story: SurpriseRow, { micros, from }: PartSurprise, at: Date): boolean {
  if (story.mutedUntil !== null) return at >= story.mutedUntil || micros >= TRIPLED * story.costMicros;
  // An hour of the alert that is judged again opens no second one.
  return at.getTime() - story.lastAt.getTime() >= QUIET_MS && from > story.hourTo;
}
