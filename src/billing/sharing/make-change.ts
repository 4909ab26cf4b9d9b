import type { Tx } from '../../db/index.ts';
import { setPooled, setWatch, wakeWatch } from '../../ledger/index.ts';
import { dollars, type Money } from '../../money.ts';
import { findCompany, recordAudit } from '../../org/index.ts';
import { askForChange } from '../approvals/ask-approval.ts';
import { textOf } from '../approvals/subject.ts';
import { putInForce, storeSetting } from '../kinds/recharge/change-recharge.ts';
import { recordSetting } from '../kinds/recharge/notify-recharge.ts';
import { DEFAULTS, keyOfSetting, type SettingRow } from '../kinds/recharge/settings.ts';
import { closeWhatIsOpen } from './close-open.ts';
import { notifySharing } from './notify-sharing.ts';
import { describeEffects } from './plan-sharing.ts';
import type { SharingActor } from './sharing-draft.ts';
import type { SharedWallet, SharingChoice, SharingState, WalletEffect } from './types.ts';

/**
 * Makes a change of credit sharing that was reviewed (R5): closes what was asked for about the credits as they were, moves
 * them, and puts the chosen auto-recharge and low-balance levels in force, what needs a second admin at their yes. The
 * caller holds the company's lock and the book's, and judged the choice by this state.
 */
export async function makeSharingChange(
  tx: Tx,
  state: SharingState,
  choice: SharingChoice,
  { actor, key, at }: { actor: SharingActor; key: string; at: Date },
): Promise<WalletEffect[]> {
  const companyId = state.company.id;
  const effects = describeEffects(state, choice);
  await closeWhatIsOpen(tx, state, at);
  const primary = state.offices[0].office;
  await setPooled(tx, {
    companyId,
    pooled: choice.to === 'company',
    ...(choice.to === 'company' ? {} : { allocation: allocate(state, choice) }),
    key: `sharing:${key}`,
    actor: actor.by,
    reason: choice.to === 'company' ? 'Credits are shared company-wide' : 'Credits are per office',
    at,
  });
  await tx.company.update({ where: { id: companyId }, data: { pooled: choice.to === 'company' } });
  if (choice.to === 'per_office') await moveSubscriptions(tx, companyId, primary.id);
  await setAllWallets(tx, state, effects, { actor, at });
  await wakeWatchers(tx, state);
  await recordAudit(tx, {
    companyId,
    at,
    actor: actor.by,
    surface: actor.userId === null ? 'operator' : 'slack',
    action: 'credit-sharing-changed',
    details: {
      from: state.sharing,
      to: choice.to,
      ...Object.fromEntries(
        effects
          .filter(({ moves }) => !moves.general.isZero() || !moves.debt.isZero())
          .map(({ officeId, moves }) => [
            officeId === null ? 'pool' : `office ${officeId}`,
            `${moves.general.toFixed()} credits, ${moves.debt.toFixed()} debt`,
          ]),
      ),
    },
  });
  await notifySharing(tx, state, choice, { effects, userId: actor.userId, at });
  return effects;
}

/** Exactly what the pool has, to the micro-dollar: the chosen shares, and what remains for the primary office. */
function allocate(
  { pool, offices }: SharingState,
  { shares }: SharingChoice,
): { officeId: bigint; amount: Money }[] {
  const shared = shares.reduce((sum, { amount }) => sum.plus(amount), dollars('0'));
  return [...shares, { officeId: offices[0].office.id, amount: pool.general.minus(shared) }];
}

/** Bundles and recurring credits of the pool go on at the primary office, also those whose payment is tried again. */
async function moveSubscriptions(tx: Tx, companyId: bigint, primaryOfficeId: bigint): Promise<void> {
  await tx.subscription.updateMany({
    where: { companyId, officeId: null },
    data: { officeId: primaryOfficeId },
  });
  await tx.purchaseOrder.updateMany({
    where: { companyId, officeId: null, kind: { in: ['bundle', 'recurring'] }, state: 'declined' },
    data: { officeId: primaryOfficeId },
  });
}

/** A wallet with whose it is. */
type Placed = SharedWallet & { officeId: bigint | null };

/** Every wallet gets what was chosen for it; where nothing was, its auto-recharge and its level end. */
async function setAllWallets(
  tx: Tx,
  state: SharingState,
  effects: readonly WalletEffect[],
  { actor, at }: { actor: SharingActor; at: Date },
): Promise<void> {
  const wallets: Placed[] = [
    ...state.offices.map((wallet) => ({ officeId: wallet.office.id, ...wallet })),
    { officeId: null, ...state.pool },
  ];
  for (const effect of effects) {
    const wallet = wallets.find(({ officeId }) => officeId === effect.officeId);
    if (wallet === undefined) continue;
    await setOne(tx, state, { wallet, effect }, { actor, at });
    await setWatch(tx, {
      companyId: state.company.id,
      walletId: wallet.walletId,
      calls: effect.recharge?.lowBelow ?? null,
    });
  }
}

async function setOne(
  tx: Tx,
  state: SharingState,
  { wallet, effect }: { wallet: Placed; effect: WalletEffect },
  { actor, at }: { actor: SharingActor; at: Date },
): Promise<void> {
  const { recharge: wanted, needsApproval } = effect;
  const inForce = needsApproval ? effect.rechargeUntilApproved : wanted;
  if (inForce?.isOn === true || wallet.recharge !== null) {
    const choice = inForce ?? { ...(wallet.recharge ?? DEFAULTS), isOn: false };
    const by = { company: state.company, actor: actor.by };
    const setting = await storeSetting(tx, by, wallet, choice, at);
    const paused = await carryPause(tx, state, setting);
    await recordSetting(tx, paused, { by: actor.by, at });
    await putInForce(tx, paused, choice, at);
  }
  if (!needsApproval || wanted === null) return;
  const company = (await findCompany(tx, state.company.id)) ?? state.company;
  const change = {
    kind: 'recharge' as const,
    walletId: wallet.walletId.toString(),
    officeId: wallet.officeId?.toString() ?? null,
    threshold: textOf(wanted.threshold),
    amount: textOf(wanted.amount),
    cap: textOf(wanted.cap),
    chargesNow: effect.chargesNow !== null,
  };
  await askForChange(tx, company, { change, askedBy: actor.by }, at);
}

/** What was paused everywhere stays paused: a change of sharing is no reason to charge a declined card again (R14). */
async function carryPause(tx: Tx, state: SharingState, setting: SettingRow): Promise<SettingRow> {
  const before = state.sharing === 'company' ? [state.pool] : state.offices;
  const on = before.filter(({ recharge }) => recharge?.isOn === true);
  const [first] = on;
  if (!setting.isOn || first === undefined || on.some((each) => each.pausedFor === null)) return setting;
  const { pausedFor, pausedMicros } = first;
  return await tx.rechargeSetting.update({ where: keyOfSetting(setting), data: { pausedFor, pausedMicros } });
}

/** Low, out or fine is another question now for every wallet: each is judged anew. */
async function wakeWatchers(tx: Tx, state: SharingState): Promise<void> {
  const companyId = state.company.id;
  for (const { walletId } of [state.pool, ...state.offices])
    for (const usageClass of ['calls', 'ai'] as const)
      await wakeWatch(tx, { companyId, walletId, class: usageClass });
}
