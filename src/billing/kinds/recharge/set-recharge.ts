import { inTransaction, type Tx } from '../../../db/index.ts';
import { RefillError } from '../../../errors.ts';
import { fromMicros, type Money } from '../../../money.ts';
import { actorOf, labelScope, lockForPerson, type Person } from '../../../org/index.ts';
import { listApproverIds } from '../../approvals/list-other-approvers.ts';
import type { BillingDeps } from '../../deps.ts';
import { createDraft, deleteDraft, findDraft, updateDraft } from '../../drafts/drafts.ts';
import { scopeOf } from '../../orders/order.ts';
import { readPayBy } from '../../orders/pay-by.ts';
import { markOf, type Shown } from '../../orders/review-mark.ts';
import type { RechargeChoice } from '../../recharge-choice.ts';
import {
  assertAllowed,
  changeRecharge,
  findOwnWallet,
  findSetting,
  limitToApprove,
} from './change-recharge.ts';
import { foreseeAmount } from './choose-amount.ts';
import { findOpenRecharge } from './find-open.ts';
import { rechargeApprovable } from './recharge-approvable.ts';
import { toChange } from './recharge-change.ts';
import { type RechargeDraft, rechargeFromJson, rechargeToJson } from './recharge-draft.ts';
import { isBelow, versionOf } from './settings.ts';

/** What a change comes to. `chargesNow`: what is charged as soon as it is confirmed, as credits are low already. */
export interface RechargeReview extends RechargeChoice {
  token: string;
  /** Of what this review shows; confirming carries it back. */
  mark: string;
  walletId: bigint;
  /** Whose credits it is about. */
  label: string;
  chargesNow: Money | null;
  /** The limit above which a second admin approves first; null where this choice needs none (R9). */
  approvalAbove: Money | null;
  /** Who could approve it. */
  approverIds: string[];
  payBy: Awaited<ReturnType<typeof readPayBy>>['payBy'];
}

/**
 * Opens a change for this person; the token is all that a window carries. `shown`: the version of the setting that the
 * window shows, where it was read before; saved is only what was seen (R9). Throws RefillError `not-allowed`.
 */
export async function openRechargeDraft(
  deps: BillingDeps,
  person: Person,
  walletId: bigint,
  shown?: { version: number },
): Promise<{ token: string }> {
  const at = deps.clock.now();
  return await inTransaction(deps.db, async (tx) => {
    const wallet = await findOwnWallet(tx, person, walletId, at);
    const settingVersion = shown?.version ?? versionOf(await findSetting(tx, person, wallet));
    const data = rechargeToJson({ walletId, settingVersion, choice: null });
    return { token: await createDraft(tx, ownerOf(person), data, at) };
  });
}

/** The wallet that an opened change is about. Throws RefillError `recharge-unknown`. */
export async function findRechargeDraft(deps: BillingDeps, person: Person, token: string): Promise<bigint> {
  return (await requireDraft(deps.db, person, token, deps.clock.now())).walletId;
}

/**
 * Checks a choice and keeps it for the confirmation. Throws RefillError `not-allowed`, `recharge-unknown`,
 * `recharge-changed` (another person saved it since the form was opened, R11.6), `no-card`, `cap-not-yours`,
 * `amount-below-threshold`, `cap-below-amount`, `amount-below-minimum`, `amount-above-maximum`, `resume-not-yours`,
 * `no-approver`.
 */
export async function reviewRecharge(
  deps: BillingDeps,
  asked: Person,
  token: string,
  choice: RechargeChoice,
): Promise<RechargeReview> {
  const now = deps.clock.now();
  return await inTransaction(deps.db, async (tx) => {
    const person = await lockForPerson(tx, asked);
    const { draft, walletId, settingVersion } = await requireDraft(tx, person, token, now);
    const reviewed = await updateDraft(tx, draft, rechargeToJson({ walletId, settingVersion, choice }));
    if (reviewed === null) throw unknownChange();
    return await describeReview(tx, person, { draft: reviewed, walletId, settingVersion, choice }, now);
  });
}

/** What the kept choice comes to now. Under the company's lock. Throws what `reviewRecharge` throws. */
async function describeReview(
  tx: Tx,
  person: Person,
  { draft, settingVersion, choice, ...kept }: RechargeDraft & { choice: RechargeChoice },
  now: Date,
): Promise<RechargeReview> {
  const { token } = draft;
  const wallet = await findOwnWallet(tx, person, kept.walletId, now);
  const before = await findSetting(tx, person, wallet);
  if (versionOf(before) !== settingVersion)
    throw new RefillError('recharge-changed', 'It was set since this window was opened.');
  await assertAllowed(tx, person, before, choice, now);
  const isLow = isBelow(wallet, choice.threshold);
  const isOpen = before !== null && (await findOpenRecharge(tx, before)) !== null;
  const { payBy, cardId } = await readPayBy(tx, person.company, now);
  const chargesNow =
    choice.isOn && isLow && !isOpen
      ? await foreseeAmount(tx, { company: person.company, before, choice, wallet, now })
      : null;
  const approvalAbove = limitToApprove(person.company, before, choice);
  const change = toChange(wallet, choice, isLow);
  const approverIds =
    approvalAbove === null
      ? []
      : await listApproverIds(tx, person, await rechargeApprovable.rightToAnswer(tx, person.company, change));
  if (approvalAbove !== null && approverIds.length === 0)
    throw new RefillError('no-approver', 'No other admin could approve that.', { limit: approvalAbove });
  const shown = [payBy.method, cardId, chargesNow?.toFixed(2) ?? null, approvalAbove !== null];
  const mark = markOf([token, draft.version, settingVersion, ...shown]);
  const { walletId } = wallet;
  const label = labelScope(person, scopeOf(wallet));
  return { ...choice, token, mark, walletId, label, chargesNow, approvalAbove, approverIds, payBy };
}

/** What a confirmed choice came to: in force, or asked of a second admin. */
export type RechargeOutcome =
  | { outcome: 'saved' | 'asked'; choice: RechargeChoice; label: string }
  /** Something is not as the review showed it; nothing was changed. */
  | { outcome: 'review-again'; review: RechargeReview };

/**
 * Makes a reviewed change: stored, posted in the channel, and in force at once; or asks a second admin where it lets more be
 * charged than the approval limit. A second click finds nothing left to do (null). What is made is what the click
 * confirms (R9). Throws what `reviewRecharge` throws, `no-approver`. Applies R11.6.
 */
export async function applyRecharge(
  deps: BillingDeps,
  asked: Person,
  shown: Shown,
): Promise<RechargeOutcome | null> {
  const now = deps.clock.now();
  const { token } = shown;
  return await inTransaction(deps.db, async (tx) => {
    const person = await lockForPerson(tx, asked);
    const stored = await requireDraft(tx, person, token, now).catch(() => null);
    if (stored === null || stored.choice === null) return null;
    const { choice } = stored;
    const review = await describeReview(tx, person, { ...stored, choice }, now);
    if (review.mark !== shown.mark) return { outcome: 'review-again', review } as const;
    if (!(await deleteDraft(tx, stored.draft))) return null;
    // A person has just confirmed that this card is charged.
    if (choice.isOn)
      await tx.card.updateMany({
        where: { companyId: person.company.id, isDefault: true },
        data: { exhaustedAt: null },
      });
    const done = await changeRecharge(tx, person, stored.walletId, () => choice, { now });
    return { outcome: done === 'asked' ? 'asked' : 'saved', choice, label: review.label } as const;
  });
}

/**
 * Raises the monthly cap, and nothing else; what waited for it is looked at again at once. `already` when it is that
 * high: a second click changes and posts nothing. Above the approval limit a second admin is asked. Throws RefillError `not-allowed`, `cap-not-yours`,
 * `recharge-unknown`, `cap-not-raised`.
 */
export async function raiseCap(
  deps: BillingDeps,
  asked: Person,
  walletId: bigint,
  cap: Money,
): Promise<'raised' | 'asked' | 'already'> {
  return await inTransaction(deps.db, async (tx) => {
    const person = await lockForPerson(tx, asked);
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
 * Resumes paused auto-recharge as it is set (R16); credits below their threshold are recharged at once.
 * `not-paused` where it runs or is off. Throws RefillError `not-allowed`, `resume-not-yours`, `no-card`.
 */
export async function resumeRecharge(
  deps: BillingDeps,
  asked: Person,
  walletId: bigint,
): Promise<'resumed' | 'asked' | 'not-paused'> {
  return await inTransaction(deps.db, async (tx) => {
    const person = await lockForPerson(tx, asked);
    const setting = await tx.rechargeSetting.findFirst({
      where: { companyId: person.company.id, walletId, isOn: true, pausedFor: { not: null } },
    });
    if (setting === null) return 'not-paused';
    const done = await changeRecharge(tx, person, walletId, (before) => before, { now: deps.clock.now() });
    return done === 'asked' ? 'asked' : 'resumed';
  });
}

const ownerOf = (person: Person) =>
  ({ kind: 'recharge', companyId: person.company.id, actor: actorOf(person) }) as const;

/** Throws RefillError `recharge-unknown`. */
async function requireDraft(
  db: Pick<Tx, 'draft'>,
  person: Person,
  token: string,
  at: Date,
): Promise<RechargeDraft> {
  const draft = await findDraft(db, ownerOf(person), token, at);
  if (draft === null) throw unknownChange();
  return { draft, ...rechargeFromJson(draft.data) };
}

const unknownChange = (): RefillError =>
  new RefillError('recharge-unknown', 'That change is not known any more.');
