import { monthAround } from '../../../calendar.ts';
import type { Prisma, Tx } from '../../../db/index.ts';
import { toMicros } from '../../../money.ts';
import type { Company } from '../../../org/index.ts';
import type { RechargeChoice, SettingRow } from '../../recharge-choice.ts';
import { updateNotices } from './update-notices.ts';

// How auto-recharge is set is written here alone (test/unit/house/recharge-settings.test.ts), so that no writer forgets the messages that
// say how it is (R27.8).

/** The credits that a setting is of. */
type SettingKey = Pick<SettingRow, 'companyId' | 'walletId'>;

export function keyOfSetting({ companyId, walletId }: SettingKey): {
  companyId_walletId: { companyId: bigint; walletId: bigint };
} {
  return { companyId_walletId: { companyId, walletId } };
}

/** Changes a setting, and what messages say of it. */
export async function updateSetting(
  tx: Tx,
  before: SettingRow,
  data: Prisma.RechargeSettingUpdateInput,
  at: Date,
): Promise<SettingRow> {
  const setting = await tx.rechargeSetting.update({ where: keyOfSetting(before), data });
  await updateNotices(tx, { before, setting, at });
  return setting;
}

/** Stores a choice for some credits, as set by `actor`: a person of Slack, or the operator. `paused`: it is paused though it is on. */
export async function storeSetting(
  tx: Tx,
  { company, actor }: { company: Pick<Company, 'id' | 'timeZone'>; actor: string },
  { walletId, officeId }: Pick<SettingRow, 'walletId' | 'officeId'>,
  choice: RechargeChoice,
  at: Date,
  paused: { pausedFor: string; pausedMicros: bigint | null } | null = null,
): Promise<SettingRow> {
  const key = { companyId: company.id, walletId };
  const figures = {
    isOn: choice.isOn,
    thresholdMicros: toMicros(choice.threshold),
    amountMicros: toMicros(choice.amount),
    capMicros: toMicros(choice.cap),
    ...(choice.fills === undefined ? {} : { fills: choice.fills }),
    pausedFor: paused?.pausedFor ?? null,
    pausedMicros: paused?.pausedMicros ?? null,
    setBy: actor,
    setAt: at,
  };
  const before = await tx.rechargeSetting.findUnique({ where: keyOfSetting(key) });
  if (before !== null) return await updateSetting(tx, before, { ...figures, version: { increment: 1 } }, at);
  const { from: monthStartsAt, to: monthEndsAt } = monthAround(at, company.timeZone);
  const setting = await tx.rechargeSetting.create({
    data: { ...key, officeId, ...figures, version: 1, monthStartsAt, monthEndsAt },
  });
  await updateNotices(tx, { before: null, setting, at });
  return setting;
}
