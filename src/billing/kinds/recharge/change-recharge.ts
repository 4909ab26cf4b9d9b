import type { Tx } from '../../../db/index.ts';
import { RefillError } from '../../../errors.ts';
import { readBalance, setWatch, type WalletBalance, wakeWatch } from '../../../ledger/index.ts';
import { fromMicros, type Money } from '../../../money.ts';
import {
  actorOf,
  approvalLimit,
  type Company,
  canBuyFor,
  findCompany,
  isCompanyAdmin,
  type Person,
} from '../../../org/index.ts';
import { askForChange, supersedeQuestion } from '../../approvals/ask-approval.ts';
import { scopeOf } from '../../orders/order.ts';
import { assertHasCard, readPayBy } from '../../orders/pay-by.ts';
import {
  choiceOf,
  DEFAULT_RECHARGE_CHOICE,
  type RechargeChoice,
  type SettingRow,
} from '../../recharge-choice.ts';
import { findOpenRecharge } from './find-open.ts';
import { notifySetting, recordSetting } from './notify-recharge.ts';
import { rechargeSubjectKey, toChange } from './recharge-change.ts';
import { dropWaiting } from './retry-recharge.ts';
import { isBelow } from './settings.ts';
import { storeSetting } from './store-setting.ts';

/** When a change is made, and who approved it where approval was needed: `TEAM/USER`. */
interface Making {
  now: Date;
  approvedBy?: string;
}

/**
 * The limit above which a second admin approves, where a choice lets more than that be charged and did not before:
 * by its amount or by its monthly cap (R9). Null where no approval is needed. Applies R9.13 and R9.17.
 */
export function limitToApprove(
  company: Pick<Company, 'approvalLimits'>,
  before: SettingRow | null,
  choice: RechargeChoice,
): Money | null {
  const limit = approvalLimit(company);
  if (limit === null || !choice.isOn) return null;
  const isNew = (amount: Money, micros: bigint): boolean =>
    amount.greaterThan(limit) && !(before?.isOn === true && amount.lessThanOrEqualTo(fromMicros(micros)));
  const isMore =
    isNew(choice.amount, before?.amountMicros ?? 0n) || isNew(choice.cap, before?.capMicros ?? 0n);
  return isMore ? limit : null;
}

/**
 * Changes auto-recharge of some credits, or asks a second admin where the choice lets more be charged than the approval
 * limit. What was asked about these credits before is overtaken. Under the company's lock. Throws RefillError
 * `not-allowed`, `no-card`, `cap-not-yours`, `resume-not-yours`, those of the figures, and those of `askForChange`.
 */
export async function changeRecharge(
  tx: Tx,
  person: Person,
  walletId: bigint,
  choose: (before: RechargeChoice) => RechargeChoice,
  { now, approvedBy }: Making,
): Promise<'changed' | 'asked' | 'same'> {
  const wallet = await findOwnWallet(tx, person, walletId, now);
  const before = await findSetting(tx, person, wallet);
  const choice = choose(before === null ? { isOn: false, ...DEFAULT_RECHARGE_CHOICE } : choiceOf(before));
  await assertAllowed(tx, person, before, choice, now);
  if (before !== null && isSame(choiceOf(before), choice) && before.pausedFor === null) return 'same';
  const company = (await findCompany(tx, person.company.id)) ?? person.company;
  const by = actorOf(person);
  if (approvedBy === undefined && limitToApprove(company, before, choice) !== null) {
    await askForChange(
      tx,
      company,
      { change: toChange(wallet, choice, isBelow(wallet, choice.threshold)), askedBy: by },
      now,
    );
    return 'asked';
  }
  const setting = await storeSetting(tx, { company: person.company, actor: by }, wallet, choice, now);
  await recordSetting(tx, setting, { by, at: now, ...(approvedBy === undefined ? {} : { approvedBy }) });
  if (approvedBy === undefined) {
    await supersedeQuestion(tx, company, rechargeSubjectKey(walletId), now);
    // An approval is reported by the question's own message; a setting that stays off needs no notice.
    if (choice.isOn || before?.isOn === true)
      await notifySetting(tx, company, setting, { userId: person.userId, at: now });
  }
  await putInForce(tx, setting, choice, now);
  return 'changed';
}

/**
 * Puts a stored choice in force: its threshold is watched, and credits that are already below it are recharged.
 * Applies R11.4.
 */
export async function putInForce(
  tx: Tx,
  setting: SettingRow,
  choice: RechargeChoice,
  now: Date,
): Promise<void> {
  const key = { companyId: setting.companyId, walletId: setting.walletId };
  const open = choice.isOn ? null : await findOpenRecharge(tx, setting);
  // What is being charged is seen through, as money may have moved; what only waits is not tried again.
  if (open !== null) await dropWaiting(tx, open, now, 'given_up');
  await setWatch(tx, { ...key, general: choice.isOn ? choice.threshold : null });
  // What is below already crosses nothing, and may have waited for just this change.
  if (choice.isOn) await wakeWatch(tx, { ...key, class: 'general' });
  // Messages about low credits say whether auto-recharge is on.
  for (const each of ['calls', 'ai'] as const) await wakeWatch(tx, { ...key, class: each });
}

/** Refuses a choice that contradicts itself or that this person may not make. */
export async function assertAllowed(
  tx: Tx,
  person: Person,
  before: SettingRow | null,
  choice: RechargeChoice,
  now: Date,
): Promise<void> {
  const cap = before === null ? DEFAULT_RECHARGE_CHOICE.cap : fromMicros(before.capMicros);
  if (!choice.cap.equals(cap) && !isCompanyAdmin(person))
    throw new RefillError('cap-not-yours', 'Only company admins change the monthly cap.', { limit: cap });
  if (before !== null && before.pausedFor !== null && choice.isOn && !isCompanyAdmin(person))
    throw new RefillError('resume-not-yours', 'Only company admins resume auto-recharge.');
  const { min, max } = person.company.purchaseLimits;
  const refuse = (
    code: 'amount-below-minimum' | 'amount-above-maximum' | 'amount-below-threshold' | 'cap-below-amount',
    limit: Money,
  ): never => {
    throw new RefillError(code, 'That amount cannot be.', { limit });
  };
  if (choice.amount.lessThan(min)) refuse('amount-below-minimum', min);
  if (choice.amount.greaterThan(max)) refuse('amount-above-maximum', max);
  if (choice.amount.lessThan(choice.threshold)) refuse('amount-below-threshold', choice.threshold);
  if (choice.cap.lessThan(choice.amount)) refuse('cap-below-amount', choice.amount);
  if (!choice.isOn || person.company.billingMethod === 'invoice') return;
  assertHasCard(await readPayBy(tx, person.company, now));
}

function isSame(a: RechargeChoice, b: RechargeChoice): boolean {
  return (
    a.isOn === b.isOn &&
    a.threshold.equals(b.threshold) &&
    a.amount.equals(b.amount) &&
    a.cap.equals(b.cap) &&
    (b.fills === undefined || a.fills === b.fills)
  );
}

/** Credits that this person may set auto-recharge for. Throws RefillError `not-allowed`. */
export async function findOwnWallet(
  tx: Tx,
  person: Person,
  walletId: bigint,
  now: Date,
): Promise<WalletBalance> {
  const { wallets } = await readBalance(tx, person.company.id, now);
  const wallet = wallets.find((candidate) => candidate.walletId === walletId);
  if (wallet === undefined || !canBuyFor(person, scopeOf(wallet)))
    throw new RefillError('not-allowed', 'Only admins set auto-recharge there.');
  return wallet;
}

/** How auto-recharge of some credits is set; null where it never was. */
export async function findSetting(
  tx: Tx,
  person: Person,
  { walletId }: WalletBalance,
): Promise<SettingRow | null> {
  return await tx.rechargeSetting.findFirst({ where: { companyId: person.company.id, walletId } });
}
