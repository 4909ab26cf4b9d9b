import type { Tx } from '../../../db/index.ts';
import { DAY_MS } from '../../../durations.ts';
import {
  endOfPause,
  endOfSurprisePause,
  type NoticeFacts,
  noticeFacts,
  reviseNotice,
} from '../../../notices/index.ts';
import type { SettingRow } from '../../recharge-choice.ts';

/** Nobody acts on an older message, and Slack may not let it be edited any more. */
const MAX_AGE_MS = 30 * DAY_MS;

/**
 * Brings messages about auto-recharge of some credits up to date once it was changed: those that say it is paused and offer the
 * way on, those that suggest a larger amount, and those of unusual spending that offer to pause it. What still waits to be sent is
 * revised as well. Applies R27.8.
 */
export async function updateNotices(
  tx: Tx,
  { before, setting, at }: { before: SettingRow | null; setting: SettingRow; at: Date },
): Promise<void> {
  const { companyId } = setting;
  const change = {
    isPauseOver: before !== null && before.pausedFor !== null && setting.pausedFor === null,
    isOfferOver: before?.isOn !== setting.isOn || before.amountMicros !== setting.amountMicros,
  };
  if (!change.isPauseOver && !change.isOfferOver) return;
  for (const { id, facts } of await findAffected(tx, setting, at)) {
    const revised = revise(noticeFacts.parse(facts), setting, change);
    if (revised !== null) await reviseNotice(tx, { companyId, id, facts: revised, at });
  }
  await updateSurprises(tx, setting, at);
}

/** What a message says from now on; null where it is true still. */
function revise(
  facts: NoticeFacts,
  { isOn, pausedFor }: SettingRow,
  { isPauseOver, isOfferOver }: { isPauseOver: boolean; isOfferOver: boolean },
): NoticeFacts | null {
  const pauseEnd = endOfPause({ isOn, pausedFor });
  if (facts.kind === 'recharge' && facts.suggested !== null)
    return isOfferOver ? { ...facts, suggested: null } : null;
  if (facts.kind === 'recharge' || facts.kind === 'refund')
    return isPauseOver ? { ...facts, pauseEnd } : null;
  return null;
}

/** The messages of the last month that say that these credits' auto-recharge is paused, or suggest an amount for it. */
async function findAffected(
  tx: Tx,
  { companyId, walletId }: SettingRow,
  at: Date,
): Promise<{ id: bigint; facts: unknown }[]> {
  return await tx.$queryRaw<{ id: bigint; facts: unknown }[]>`
    SELECT id, facts
    FROM notice
    WHERE company_id = ${companyId} AND facts->>'pauseEnd' IS NULL
      AND created_at > ${new Date(at.getTime() - MAX_AGE_MS)}
      AND (kind = 'refund' AND facts->>'pausedToken' = ${walletId.toString()}
        OR kind = 'recharge' AND (facts->>'suggested' IS NOT NULL OR facts->>'status' = 'given_up' AND facts->>'isOff' = 'false')
          AND EXISTS (
            SELECT FROM purchase_order AS paid
            WHERE paid.company_id = notice.company_id AND paid.token = facts->>'token' AND paid.recharge_wallet_id = ${walletId}))
    ORDER BY id`;
}

/** Brings messages of unusual spending up to how the auto-recharge is set that pays for their office: its own, or the shared one. */
async function updateSurprises(tx: Tx, { companyId, officeId }: SettingRow, at: Date): Promise<void> {
  const rows = await tx.$queryRaw<{ id: bigint; facts: unknown; isOn: boolean; pausedFor: string | null }[]>`
    SELECT notice.id, notice.facts, coalesce(payer.is_on, false) AS "isOn", payer.paused_for AS "pausedFor"
    FROM notice
    JOIN company ON company.id = notice.company_id
    JOIN surprise ON surprise.company_id = notice.company_id AND surprise.id::text = notice.facts->>'token'
    LEFT JOIN recharge_setting AS payer ON payer.company_id = notice.company_id
      AND payer.office_id IS NOT DISTINCT FROM CASE WHEN company.pooled THEN NULL ELSE surprise.office_id END
    WHERE notice.company_id = ${companyId} AND notice.kind = 'surprise'
      AND notice.created_at > ${new Date(at.getTime() - MAX_AGE_MS)}
      AND (${officeId}::bigint IS NULL OR surprise.office_id = ${officeId}::bigint)
    ORDER BY notice.id`;
  for (const { id, facts: stored, ...payer } of rows) {
    const facts = noticeFacts.parse(stored);
    if (facts.kind !== 'surprise') continue;
    const pauseEnd = facts.pausedByUserId === null ? undefined : endOfSurprisePause(payer);
    await reviseNotice(tx, { companyId, id, facts: { ...facts, isRechargeOn: payer.isOn, pauseEnd }, at });
  }
}
