import { randomBytes } from 'node:crypto';
import { inTransaction, type Tx } from '../../db/index.ts';
import { RefillError } from '../../errors.ts';
import { fromMicros, type Money, toMicros } from '../../money.ts';
import { lockCompany, type Person } from '../../org/index.ts';
import { listApproverIds } from '../approval/list-other-approvers.ts';
import { rightToAnswer } from '../approval/subject.ts';
import { readPayBy } from '../pay-by.ts';
import type { BillingDeps } from '../types.ts';
import {
  assertAllowed,
  changeRecharge,
  findOwnWallet,
  findSetting,
  limitToApprove,
  type RechargeChoice,
  toChange,
} from './change-recharge.ts';
import { findOpenRecharge } from './find-open.ts';
import { suggestAmount } from './suggest-amount.ts';

/** What a change comes to. `chargesNow`: what is charged as soon as it is confirmed, as credits are low already. */
export interface RechargeReview extends RechargeChoice {
  token: string;
  walletId: bigint;
  chargesNow: Money | null;
  /** The limit above which a second admin approves first; null where this choice needs none (R9). */
  approvalAbove: Money | null;
  /** Who could approve it. */
  approverIds: string[];
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
 * `cap-not-yours`, `resume-not-yours`, `amount-below-threshold`, `cap-below-amount`, `amount-below-minimum`, `amount-above-maximum`,
 * `no-approver`.
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
    const approvalAbove = limitToApprove(person.company, before, choice);
    const subject = { change: toChange(wallet, choice) };
    const approverIds =
      approvalAbove === null
        ? []
        : await listApproverIds(tx, person, await rightToAnswer(tx, person.company, subject));
    if (approvalAbove !== null && approverIds.length === 0)
      throw new RefillError('no-approver', 'No other admin could approve that.', { limit: approvalAbove });
    return { ...choice, token, walletId: wallet.walletId, chargesNow, approvalAbove, approverIds, payBy };
  });
}

/** What a confirmed choice came to: in force, or asked of a second admin. */
export interface RechargeOutcome {
  outcome: 'saved' | 'asked';
  choice: RechargeChoice;
}

/**
 * Makes a reviewed change: kept, told in the channel, and in force at once; or asks a second admin where it lets more be
 * charged than the approval limit. A second click finds nothing left to do (null). Throws what `reviewRecharge` throws,
 * `no-approver`.
 */
export async function applyRecharge(
  deps: BillingDeps,
  person: Person,
  token: string,
): Promise<RechargeOutcome | null> {
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
    // A person has just confirmed that this card is charged.
    if (choice.isOn)
      await tx.card.updateMany({
        where: { companyId: person.company.id, isDefault: true },
        data: { exhaustedAt: null },
      });
    const done = await changeRecharge(tx, person, draft.walletId, () => choice, { now: deps.clock.now() });
    return { outcome: done === 'asked' ? 'asked' : 'saved', choice };
  });
}

/**
 * Raises the monthly cap, and nothing else; what waited for it is looked at again at once. `already` when it is that
 * high: a second click changes and tells nothing. Above the approval limit a second admin is asked. Throws RefillError `not-allowed`, `cap-not-yours`,
 * `recharge-unknown`, `cap-not-raised`.
 */
export async function raiseCap(
  deps: BillingDeps,
  person: Person,
  walletId: bigint,
  cap: Money,
): Promise<'raised' | 'asked' | 'already'> {
  return await inTransaction(deps.db, async (tx) => {
    await lockCompany(tx, person.company.id);
    const setting = await tx.rechargeSetting.findFirst({
      where: { companyId: person.company.id, walletId },
    });
    if (setting === null) throw new RefillError('recharge-unknown', 'Auto-recharge was not set there.');
    const present = fromMicros(setting.capMicros);
    if (cap.equals(present)) return 'already';
    if (cap.lessThan(present))
      throw new RefillError('cap-not-raised', 'That is less than the present cap.', { limit: present });
    const choose = (before: RechargeChoice) => ({ ...before, cap });
    const done = await changeRecharge(tx, person, walletId, choose, { now: deps.clock.now() });
    return done === 'asked' ? 'asked' : 'raised';
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
): Promise<{ outcome: 'taken' | 'asked'; amount: Money } | null> {
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
    const choose = (before: RechargeChoice) => ({ ...before, amount: suggested });
    const done = await changeRecharge(tx, person, setting.walletId, choose, { now });
    return { outcome: done === 'asked' ? 'asked' : 'taken', amount: suggested };
  });
}

async function findDraft(db: Pick<Tx, 'rechargeDraft'>, person: Person, token: string) {
  const draft = await db.rechargeDraft.findFirst({
    where: { token, companyId: person.company.id, teamId: person.teamId, userId: person.userId },
  });
  if (draft === null) throw new RefillError('recharge-unknown', 'That change is not known any more.');
  return draft;
}
