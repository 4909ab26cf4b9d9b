import type { Tx } from '../../../db/index.ts';
import { DAY_MS } from '../../../durations.ts';
import { type NoticeFacts, noticeFacts, postNotice } from '../../../notices/index.ts';
import type { SettingRow } from '../../recharge-choice.ts';

/** Nobody acts on an older message, and Slack may not let it be edited any more. */
const MAX_AGE_MS = 30 * DAY_MS;

interface Standing {
  dedupeKey: string;
  teamId: string;
  channelId: string;
  facts: unknown;
}

/**
 * Brings messages about auto-recharge of some credits up to date once it was changed: those that say it is paused and offer the
 * way on, and those that suggest a larger amount. Applies R27.8.
 */
export async function updateNotices(
  tx: Tx,
  { before, setting, now: at }: { before: SettingRow; setting: SettingRow; now: Date },
): Promise<void> {
  const { companyId } = setting;
  const isPauseOver = before.pausedFor !== null && setting.pausedFor === null;
  const isOfferOver = before.isOn !== setting.isOn || before.amountMicros !== setting.amountMicros;
  if (!isPauseOver && !isOfferOver) return;
  for (const { dedupeKey, teamId, channelId, facts } of await findStanding(tx, setting, at)) {
    const revised = revise(noticeFacts.parse(facts), setting, { isPauseOver, isOfferOver });
    if (revised !== null)
      await postNotice(tx, { companyId, dedupeKey, at, facts: revised, to: { teamId, channelId } });
  }
}

/** What a message says from now on; null where it is true still. */
function revise(
  facts: NoticeFacts,
  { isOn }: SettingRow,
  { isPauseOver, isOfferOver }: { isPauseOver: boolean; isOfferOver: boolean },
): NoticeFacts | null {
  if (facts.kind === 'recharge' && facts.suggested !== null)
    return isOfferOver ? { ...facts, suggested: null } : null;
  if (facts.kind === 'recharge' || facts.kind === 'refund')
    return isPauseOver ? { ...facts, pauseEnd: isOn ? 'resumed' : 'off' } : null;
  return null;
}

/** The messages of the last month that stand in a channel and say that these credits' auto-recharge is paused, or suggest an amount for it. */
async function findStanding(
  tx: Tx,
  { companyId, walletId }: Pick<SettingRow, 'companyId' | 'walletId'>,
  at: Date,
): Promise<Standing[]> {
  return await tx.$queryRaw<Standing[]>`
    SELECT dedupe_key AS "dedupeKey", team_id AS "teamId", channel_id AS "channelId", facts
    FROM notice
    WHERE company_id = ${companyId} AND message_ts IS NOT NULL AND facts->>'pauseEnd' IS NULL
      AND created_at > ${new Date(at.getTime() - MAX_AGE_MS)}
      AND (kind = 'refund' AND facts->>'pausedToken' = ${walletId.toString()}
        OR kind = 'recharge' AND (facts->>'suggested' IS NOT NULL OR facts->>'status' = 'given_up' AND facts->>'isOff' = 'false')
          AND EXISTS (
            SELECT FROM purchase_order AS paid
            WHERE paid.company_id = notice.company_id AND paid.token = facts->>'token' AND paid.recharge_wallet_id = ${walletId}))
    ORDER BY id`;
}
