import { randomBytes } from 'node:crypto';
import { inTransaction, type Tx } from '../../db/index.ts';
import { RefillError } from '../../errors.ts';
import { readBalance, setWatch, type WalletBalance } from '../../ledger/index.ts';
import { fromMicros, type Money, toMicros } from '../../money.ts';
import { canBuyFor, isCompanyAdmin, type Person } from '../../org/index.ts';
import { enqueue } from '../../queue/index.ts';
import { lockCompany, scopeOf } from '../order-rows.ts';
import { readPayBy } from '../pay-by.ts';
import type { BillingDeps } from '../types.ts';
import { findOpenRecharge } from './find-open.ts';
import { monthOf } from './recharge-month.ts';
import { dropWaiting } from './retry-recharge.ts';
import { DEFAULTS, type SettingRow } from './settings.ts';
import { suggestAmount } from './suggest-amount.ts';
import { tellSetting } from './tell-recharge.ts';

export interface RechargeChoice {
  isOn: boolean;
  threshold: Money;
  amount: Money;
  cap: Money;
}

/** What a change comes to. `chargesNow`: what is charged as soon as it is confirmed, as credits are low already. */
export interface RechargeReview extends RechargeChoice {
  token: string;
  walletId: bigint;
  chargesNow: Money | null;
  payBy: Awaited<ReturnType<typeof readPayBy>>['payBy'];
}

/** Opens a change for this person; the token is all that a window carries. Throws RefillError `not-allowed`. */
export async function openRechargeDraft(
  deps: BillingDeps,
  person: Person,
  walletId: bigint,
): Promise<{ token: string }> {
  const token = randomBytes(18).toString('base64url');
  await inTransaction(deps.db, async (tx) => {
    await findOwnWallet(tx, person, walletId, deps.clock.now());
    await tx.rechargeDraft.create({
      data: {
        token,
        companyId: person.company.id,
        walletId,
        teamId: person.teamId,
        userId: person.userId,
        createdAt: deps.clock.now(),
      },
    });
  });
  return { token };
}

/** The wallet that an opened change is about. Throws RefillError `recharge-unknown`. */
export async function findRechargeDraft(deps: BillingDeps, person: Person, token: string): Promise<bigint> {
  return (await findDraft(deps.db, person, token)).walletId;
}

/**
 * Checks a choice and keeps it for the confirmation. Throws RefillError `not-allowed`, `recharge-unknown`, `no-card`,
 * `cap-not-yours`, `amount-below-threshold`, `cap-below-amount`, `amount-below-minimum`, `amount-above-maximum`.
 */
export async function reviewRecharge(
  deps: BillingDeps,
  person: Person,
  token: string,
  choice: RechargeChoice,
): Promise<RechargeReview> {
  const now = deps.clock.now();
  return await inTransaction(deps.db, async (tx) => {
    const draft = await findDraft(tx, person, token);
    const wallet = await findOwnWallet(tx, person, draft.walletId, now);
    const before = await findSetting(tx, person, wallet);
    await assertAllowed(tx, person, before, choice, now);
    await tx.rechargeDraft.update({
      where: { token },
      data: {
        isOn: choice.isOn,
        thresholdMicros: toMicros(choice.threshold),
        amountMicros: toMicros(choice.amount),
        capMicros: toMicros(choice.cap),
      },
    });
    const isLow = wallet.freeGeneral.lessThan(choice.threshold);
    const isOpen = before !== null && (await findOpenRecharge(tx, before)) !== null;
    const { payBy } = await readPayBy(tx, person.company, now);
    const chargesNow = choice.isOn && isLow && !isOpen ? choice.amount : null;
    return { ...choice, token, walletId: wallet.walletId, chargesNow, payBy };
  });
}

/**
 * Makes a reviewed change: kept, told in the channel, and in force at once. A second click finds nothing left to do
 * (null). Throws what `reviewRecharge` throws.
 */
export async function applyRecharge(
  deps: BillingDeps,
  person: Person,
  token: string,
): Promise<RechargeChoice | null> {
  return await inTransaction(deps.db, async (tx) => {
    await lockCompany(tx, person.company.id);
    const draft = await findDraft(tx, person, token).catch(() => null);
    if (draft === null || draft.amountMicros === null) return null;
    await tx.rechargeDraft.delete({ where: { token } });
    const choice = {
      isOn: draft.isOn === true,
      threshold: fromMicros(draft.thresholdMicros ?? 0n),
      amount: fromMicros(draft.amountMicros),
      cap: fromMicros(draft.capMicros ?? 0n),
    };
    await change(tx, person, draft.walletId, () => choice, deps.clock.now());
    return choice;
  });
}

/**
 * Raises the monthly cap, and nothing else; what waited for it is looked at again at once. False when it is that high
 * already: a second click changes and tells nothing. Throws RefillError `not-allowed`, `cap-not-yours`,
 * `recharge-unknown`, `cap-not-raised`.
 */
export async function raiseCap(
  deps: BillingDeps,
  person: Person,
  walletId: bigint,
  cap: Money,
): Promise<boolean> {
  return await inTransaction(deps.db, async (tx) => {
    await lockCompany(tx, person.company.id);
    const setting = await tx.rechargeSetting.findFirst({
      where: { companyId: person.company.id, walletId },
    });
    if (setting === null) throw new RefillError('recharge-unknown', 'Auto-recharge was not set there.');
    const present = fromMicros(setting.capMicros);
    if (cap.equals(present)) return false;
    if (cap.lessThan(present))
      throw new RefillError('cap-not-raised', 'That is less than the present cap.', { limit: present });
    await change(tx, person, walletId, (before) => ({ ...before, cap }), deps.clock.now());
    return true;
  });
}

/**
 * Takes the larger amount that a recharge's notice suggested (R12); null when it was taken, or overtaken, already.
 * Throws what `reviewRecharge` throws.
 */
export async function takeSuggestion(
  deps: BillingDeps,
  person: Person,
  orderToken: string,
): Promise<Money | null> {
  const now = deps.clock.now();
  return await inTransaction(deps.db, async (tx) => {
    await lockCompany(tx, person.company.id);
    const order = await tx.purchaseOrder.findFirst({
      where: { companyId: person.company.id, token: orderToken, kind: 'recharge' },
    });
    const setting =
      order === null
        ? null
        : await tx.rechargeSetting.findFirst({
            where: { companyId: order.companyId, officeId: order.officeId },
          });
    if (order === null || setting === null || setting.amountMicros !== order.amountMicros) return null;
    const suggested = await suggestAmount(tx, person.company, order, order.settledAt ?? now);
    if (suggested === null) return null;
    await change(tx, person, setting.walletId, (before) => ({ ...before, amount: suggested }), now);
    return suggested;
  });
}

async function change(
  tx: Tx,
  person: Person,
  walletId: bigint,
  choose: (before: RechargeChoice) => RechargeChoice,
  now: Date,
): Promise<void> {
  const wallet = await findOwnWallet(tx, person, walletId, now);
  const before = await findSetting(tx, person, wallet);
  const choice = choose(before === null ? { isOn: false, ...DEFAULTS } : choiceOf(before));
  await assertAllowed(tx, person, before, choice, now);
  if (before !== null && isSame(choiceOf(before), choice) && before.pausedFor === null) return;
  const month = monthOf(now, person.company.timeZone);
  const figures = {
    isOn: choice.isOn,
    thresholdMicros: toMicros(choice.threshold),
    amountMicros: toMicros(choice.amount),
    capMicros: toMicros(choice.cap),
    pausedFor: null,
    setBy: `${person.teamId}/${person.userId}`,
    setAt: now,
  };
  const key = { companyId: person.company.id, walletId };
  const setting = await tx.rechargeSetting.upsert({
    where: { companyId_walletId: key },
    create: {
      ...key,
      officeId: wallet.officeId,
      ...figures,
      monthStartsAt: month.startsAt,
      monthEndsAt: month.endsAt,
    },
    update: figures,
  });
  await tellSetting(tx, person.company, setting, { teamId: person.teamId, userId: person.userId, at: now });
  const open = choice.isOn ? null : await findOpenRecharge(tx, setting);
  // What is being charged is seen through, as money may have moved; what only waits is not tried again.
  if (open !== null) await dropWaiting(tx, open, now, 'given_up');
  await setWatch(tx, { ...key, general: choice.isOn ? choice.threshold : null });
  // What is below already crosses nothing, and may have waited for just this change.
  const wake = { queue: `watch:${key.companyId}:${walletId}`, key: `${key.companyId}:${walletId}:general` };
  if (choice.isOn) await enqueue(tx, 'watch-balance', { ...key, class: 'general' }, wake);
}

async function assertAllowed(
  tx: Tx,
  person: Person,
  before: SettingRow | null,
  choice: RechargeChoice,
  now: Date,
): Promise<void> {
  const cap = before === null ? DEFAULTS.cap : fromMicros(before.capMicros);
  if (!choice.cap.equals(cap) && !isCompanyAdmin(person))
    throw new RefillError('cap-not-yours', 'Only company admins change the monthly cap.', { limit: cap });
  const { min, max } = person.company.purchaseLimits;
  const refuse = (code: string, limit: Money): never => {
    throw new RefillError(code, 'That amount cannot be.', { limit });
  };
  if (choice.amount.lessThan(min)) refuse('amount-below-minimum', min);
  if (choice.amount.greaterThan(max)) refuse('amount-above-maximum', max);
  if (choice.amount.lessThan(choice.threshold)) refuse('amount-below-threshold', choice.threshold);
  if (choice.cap.lessThan(choice.amount)) refuse('cap-below-amount', choice.amount);
  if (!choice.isOn || person.company.billingMethod === 'invoice') return;
  if ((await readPayBy(tx, person.company, now)).cardId === null)
    throw new RefillError('no-card', 'There is no card on file yet.');
}

export function choiceOf(setting: SettingRow): RechargeChoice {
  return {
    isOn: setting.isOn,
    threshold: fromMicros(setting.thresholdMicros),
    amount: fromMicros(setting.amountMicros),
    cap: fromMicros(setting.capMicros),
  };
}

function isSame(a: RechargeChoice, b: RechargeChoice): boolean {
  return (
    a.isOn === b.isOn && a.threshold.equals(b.threshold) && a.amount.equals(b.amount) && a.cap.equals(b.cap)
  );
}

async function findOwnWallet(tx: Tx, person: Person, walletId: bigint, now: Date): Promise<WalletBalance> {
  const { wallets } = await readBalance(tx, person.company.id, now);
  const wallet = wallets.find((candidate) => candidate.walletId === walletId);
  if (wallet === undefined || !canBuyFor(person, scopeOf(wallet)))
    throw new RefillError('not-allowed', 'Only admins set auto-recharge there.');
  return wallet;
}

async function findSetting(tx: Tx, person: Person, { walletId }: WalletBalance): Promise<SettingRow | null> {
  return await tx.rechargeSetting.findFirst({ where: { companyId: person.company.id, walletId } });
}

async function findDraft(db: Pick<Tx, 'rechargeDraft'>, person: Person, token: string) {
  const draft = await db.rechargeDraft.findFirst({
    where: { token, companyId: person.company.id, teamId: person.teamId, userId: person.userId },
  });
  if (draft === null) throw new RefillError('recharge-unknown', 'That change is not known any more.');
  return draft;
}
