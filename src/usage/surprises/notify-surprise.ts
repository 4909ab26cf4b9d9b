import type { Tx } from '../../db/index.ts';
import { fromMicros } from '../../money.ts';
import { endOfSurprisePause, postNotice, surpriseRule } from '../../notices/index.ts';
import { type Company, type Office, userOf } from '../../org/index.ts';
import { findSpenders } from './find-spenders.ts';
import type { SpendPart } from './find-surprises.ts';
import type { SurpriseRow } from './judge-spending.ts';

/**
 * Posts an alert of unusual spending in the channel, or to each company admin where there is none; it never waits. The same alert is
 * the same message. Applies R32.6.
 */
export async function notifySurprise(
  tx: Tx,
  { company, office }: { company: Company; office: Office },
  story: SurpriseRow,
  at: Date,
): Promise<void> {
  const part = { kind: story.part, value: story.value } as SpendPart;
  const hour = {
    from: story.hourFrom,
    to: story.hourTo,
    calls: Number(story.calls),
    micros: story.costMicros,
  };
  const rule = surpriseRule.parse(story.rule);
  const spenders = await findSpenders(
    tx,
    { companyId: company.id, office },
    { ...hour, part, rule, usualMicros: story.usualMicros },
  );
  const recharge = await findRecharge(tx, company, office);
  const facts = {
    kind: 'surprise' as const,
    token: story.id.toString(),
    officeName: office.name,
    part: part.kind,
    value: part.value,
    rule,
    amount: fromMicros(story.costMicros).toFixed(),
    calls: hour.calls,
    usual: story.usualMicros === null ? null : fromMicros(story.usualMicros).toFixed(),
    from: story.hourFrom.toISOString(),
    to: story.hourTo.toISOString(),
    since: story.foundAt.toISOString(),
    timeZone: company.timeZone,
    spenders,
    isRechargeOn: recharge.isOn,
    expectedByUserId: userOf(story.expectedBy),
    mutedUntil: story.mutedUntil?.toISOString() ?? null,
    pausedByUserId: userOf(story.pausedBy),
    pauseEnd: story.pausedBy === null ? undefined : endOfSurprisePause(recharge),
  };
  const dedupeKey = `surprise:${story.id}`;
  await postNotice(tx, { companyId: company.id, dedupeKey, at, facts });
}

/** Auto-recharge of the credits that pay for an office: its own, or the shared ones. */
async function findRecharge(
  tx: Tx,
  { id: companyId, pooled }: Company,
  office: Office,
): Promise<{ isOn: boolean; pausedFor: string | null }> {
  const where = { companyId, officeId: pooled ? null : office.id };
  return (await tx.rechargeSetting.findFirst({ where })) ?? { isOn: false, pausedFor: null };
}
