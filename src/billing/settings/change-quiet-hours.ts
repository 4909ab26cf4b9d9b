import { isTimeZone } from '../../calendar.ts';
import { inTransaction, type Tx } from '../../db/index.ts';
import { RefillError } from '../../errors.ts';
import {
  encodeQuietHours,
  postNotice,
  type QuietHours,
  readQuietHours,
  releaseHeld,
  writeQuietHours,
} from '../../notices/index.ts';
import { canManage, lockForPerson, type Person } from '../../org/index.ts';
import type { BillingDeps } from '../deps.ts';
import { recordChange } from './record-change.ts';

type Deps = Pick<BillingDeps, 'db' | 'clock'>;

/** What is wrong with quiet hours, by the field that it stands in. */
export type QuietHoursFault = 'from-missing' | 'to-missing' | 'same-time' | 'day-missing' | 'zone-unknown';

const TIME = /^([01]\d|2[0-3]):[0-5]\d$/;

/** Everything that is wrong with these hours. */
export function judgeQuietHours({ from, to, days, timeZone }: QuietHours): QuietHoursFault[] {
  return [
    ...(TIME.test(from) ? [] : (['from-missing'] as const)),
    ...(TIME.test(to) ? (from === to ? (['same-time'] as const) : []) : (['to-missing'] as const)),
    ...(days.length > 0 ? [] : (['day-missing'] as const)),
    ...(isTimeZone(timeZone) ? [] : (['zone-unknown'] as const)),
  ];
}

/**
 * Sets a company's quiet hours, or ends them (null); kept in the audit and said once in the channel. What waits now waits for their
 * new end, or is told at once. `shown`: what the form showed, so that a change in between is not overwritten (`stale`). Throws
 * RefillError `not-allowed` for who is no company admin, `bad-facts` for hours that are none.
 */
export async function changeQuietHours(
  deps: Deps,
  asker: Person,
  { shown, wanted }: { shown: QuietHours | null; wanted: QuietHours | null },
): Promise<{ outcome: 'saved' | 'unchanged' | 'stale'; hours: QuietHours | null }> {
  if (wanted !== null && judgeQuietHours(wanted).length > 0)
    throw new RefillError('bad-facts', 'These quiet hours cannot be.');
  const at = deps.clock.now();
  return await inTransaction(deps.db, async (tx) => {
    const person = await lockForPerson(tx, asker);
    if (!canManage(person, 'settings'))
      throw new RefillError('not-allowed', 'Only company admins change quiet hours.');
    const hours = await readQuietHours(tx, person.company.id);
    const [before, seen, after] = [hours, shown, wanted].map(encode);
    if (before !== seen) return { outcome: 'stale', hours };
    if (before === after) return { outcome: 'unchanged', hours };
    await writeQuietHours(tx, person.company.id, wanted);
    await record(tx, person, { from: before ?? null, to: after ?? null }, at);
    await releaseHeld(tx, person.company.id, at);
    return { outcome: 'saved', hours: wanted };
  });
}

async function record(
  tx: Tx,
  person: Person,
  { from, to }: { from: string | null; to: string | null },
  at: Date,
): Promise<void> {
  const { company, userId } = person;
  await recordChange(tx, person, { quiet_hours: `${from ?? 'none'} → ${to ?? 'none'}` }, at);
  await postNotice(tx, {
    companyId: company.id,
    dedupeKey: `settings:${userId}:${at.toISOString()}`,
    at,
    facts: {
      kind: 'settings',
      byUserId: userId,
      changes: [{ field: 'quiet_hours', scopeLabel: null, from, to }],
    },
  });
}

function encode(hours: QuietHours | null): string | null {
  return hours === null ? null : encodeQuietHours(hours);
}
