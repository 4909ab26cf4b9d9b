import type { Tx } from '../../db/index.ts';
import { dollars, type Money } from '../../money.ts';
import { postNotice } from '../../notices/index.ts';
import type { SharingChoice, SharingState, WalletEffect } from './types.ts';

const MAX_LISTED = 20;

/** Posts in the channel how credits are shared now, by whom, and what moved (R27). */
export async function notifySharing(
  tx: Tx,
  state: SharingState,
  { to }: SharingChoice,
  { effects, userId, at }: { effects: readonly WalletEffect[]; userId: string | null; at: Date },
): Promise<void> {
  const ofOffices = effects.filter(({ officeId }) => officeId !== null);
  const moved = ofOffices.filter(({ moves }) => !moves.general.isZero() || !moves.debt.isZero());
  const sum = (pick: (effect: WalletEffect) => Money): string =>
    moved.reduce((total, effect) => total.plus(pick(effect).abs()), dollars('0')).toFixed();
  await postNotice(tx, {
    companyId: state.company.id,
    dedupeKey: `credit-sharing:${at.toISOString()}`,
    at,
    facts: {
      kind: 'credit_sharing',
      byUserId: userId,
      to,
      moved: moved.slice(0, MAX_LISTED).map(({ name, moves }) => ({
        name,
        general: moves.general.abs().toFixed(),
        debt: moves.debt.abs().toFixed(),
      })),
      more: Math.max(0, moved.length - MAX_LISTED),
      total: { general: sum(({ moves }) => moves.general), debt: sum(({ moves }) => moves.debt) },
      primary: state.offices[0].office.name,
      recharges: effects.flatMap(({ name, recharge, needsApproval, rechargeUntilApproved }) => {
        const inForce = needsApproval ? rechargeUntilApproved : recharge;
        if (inForce?.isOn !== true) return [];
        const { threshold, amount, cap, fills = false } = inForce;
        const figures = { threshold: threshold.toFixed(2), amount: amount.toFixed(2), cap: cap.toFixed(2) };
        return [{ name, ...figures, fills }];
      }),
      waits: effects.some(({ needsApproval }) => needsApproval),
      at: at.toISOString(),
      timeZone: state.company.timeZone,
    },
  });
}
