import type { Tx } from '../../db/index.ts';
import { setPooled, setWatch, wakeWatch } from '../../ledger/index.ts';
import { dollars, type Money } from '../../money.ts';
import { recordAudit } from '../../org/index.ts';
import { announce, type WalletRecharge } from '../orders/moments.ts';
import { notifySharing } from './notify-sharing.ts';
import { describeEffects } from './plan-sharing.ts';
import type { SharingActor } from './sharing-draft.ts';
import type { SharedWallet, SharingChoice, SharingState, WalletEffect } from './types.ts';

/**
 * Makes a change of credit sharing that was reviewed (R5): closes what was asked for about the credits as they were, moves
 * them, and puts the chosen auto-recharge and low-balance levels in force, what needs a second admin at their yes. The
 * caller holds the company's lock and the book's, and judged the choice by this state. Applies R5.5.
 */
export async function makeSharingChange(
  tx: Tx,
  state: SharingState,
  choice: SharingChoice,
  { actor, key, at }: { actor: SharingActor; key: string; at: Date },
): Promise<WalletEffect[]> {
  const companyId = state.company.id;
  const effects = describeEffects(state, choice);
  await announce('sharingChanges', tx, { company: state.company, at });
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
  const unpaid = { kind: { in: ['bundle', 'recurring'] }, state: 'declined' };
  await tx.orderLine.updateMany({
    where: { companyId, officeId: null, purchaseOrder: unpaid },
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
  const { company } = state;
  const wallets: Placed[] = [
    ...state.offices.map((wallet) => ({ officeId: wallet.office.id, ...wallet })),
    { officeId: null, ...state.pool },
  ];
  const changed = effects.flatMap((effect) => {
    const wallet = wallets.find(({ officeId }) => officeId === effect.officeId);
    return wallet === undefined ? [] : [{ wallet, effect }];
  });
  const recharges = changed.map((each) => describeRecharge(state, each));
  await announce('sharingChanged', tx, { company, actor: actor.by, recharges, at });
  for (const { wallet, effect } of changed)
    await setWatch(tx, {
      companyId: company.id,
      walletId: wallet.walletId,
      calls: effect.recharge?.lowBelow ?? null,
    });
}

function describeRecharge(
  state: SharingState,
  { wallet, effect }: { wallet: Placed; effect: WalletEffect },
): WalletRecharge {
  const { recharge: wanted, needsApproval } = effect;
  const chosen = needsApproval ? effect.rechargeUntilApproved : wanted;
  const { walletId, officeId } = wallet;
  const off = wallet.recharge === null ? null : { ...wallet.recharge, isOn: false };
  const inForce = chosen?.isOn === true || wallet.recharge !== null ? (chosen ?? off) : null;
  return {
    walletId,
    officeId,
    inForce,
    paused: inForce?.isOn === true ? carriedPause(state) : null,
    asked:
      needsApproval && wanted !== null ? { choice: wanted, chargesNow: effect.chargesNow !== null } : null,
  };
}

/** What was paused everywhere stays paused: a change of sharing is no reason to charge a declined card again (R14). */
function carriedPause(state: SharingState): WalletRecharge['paused'] {
  const before = state.sharing === 'company' ? [state.pool] : state.offices;
  const on = before.filter(({ recharge }) => recharge?.isOn === true);
  const [first] = on;
  if (first === undefined || on.some((each) => each.pausedFor === null)) return null;
  const { pausedFor, pausedMicros } = first;
  return pausedFor === null ? null : { pausedFor, pausedMicros };
}

/** Low, out or fine is another question now for every wallet: each is judged anew. */
async function wakeWatchers(tx: Tx, state: SharingState): Promise<void> {
  const companyId = state.company.id;
  for (const { walletId } of [state.pool, ...state.offices])
    for (const usageClass of ['calls', 'ai'] as const)
      await wakeWatch(tx, { companyId, walletId, class: usageClass });
}
