import { Decimal } from 'decimal.js';
import { dollars, type Money } from '../../money.ts';
import { approvalLimit } from '../../org/index.ts';
import { DEFAULT_RECHARGE_CHOICE, type RechargeChoice } from '../recharge-choice.ts';
import type { CreditSharing, OfficeWallet, SharingChoice, SharingState, WalletChoice } from './types.ts';

/** Where there was no auto-recharge: off, and one amount a time, as the form of sharing asks of no more. */
const UNSET = { ...DEFAULT_RECHARGE_CHOICE, isOn: false, fills: false };

/**
 * What a change of credit sharing is filled in with (R5): nobody loses auto-recharge without having unticked it.
 * Applies R5.7.
 */
export function suggestChoice(state: SharingState, to: CreditSharing): SharingChoice {
  return to === 'company'
    ? { to, shares: [], wallets: [suggestPool(state)] }
    : {
        to,
        shares: suggestShares(state),
        wallets: state.offices.map((office) => suggestOffice(state, office)),
      };
}

/**
 * The pool's auto-recharge: the highest threshold and amount of the offices and the sum of their limits, the amount and
 * the limit at most the approval limit, within the operator's range for a purchase. It adds its amount as often as it takes
 * only where each office's did.
 */
function suggestPool(state: SharingState): WalletChoice {
  const on = state.offices.flatMap(({ recharge }) => (recharge?.isOn === true ? [recharge] : []));
  const lowBelow = maximum(state.offices.flatMap((office) => office.lowBelow ?? []));
  if (on.length === 0) return { officeId: null, ...UNSET, lowBelow };
  const wanted = {
    isOn: true,
    threshold: maximum(on.map(({ threshold }) => threshold)) ?? DEFAULT_RECHARGE_CHOICE.threshold,
    amount: maximum(on.map(({ amount }) => amount)) ?? DEFAULT_RECHARGE_CHOICE.amount,
    cap: on.reduce((sum, { cap }) => sum.plus(cap), dollars('0')),
    fills: on.every(({ fills }) => fills === true),
  };
  return { officeId: null, lowBelow, ...(limitRecharge(state, wanted) ?? wanted) };
}

/** An office's: the pool's threshold and amount, and an equal part of its limit, so that together no more is charged. */
function suggestOffice(state: SharingState, { office }: OfficeWallet): WalletChoice {
  const { recharge, lowBelow } = state.pool;
  if (recharge === null || !recharge.isOn) return { officeId: office.id, ...UNSET, lowBelow };
  const part = recharge.cap.dividedBy(state.offices.length).toDecimalPlaces(2, Decimal.ROUND_DOWN);
  return { officeId: office.id, lowBelow, ...recharge, cap: Decimal.max(part, recharge.amount) };
}

/**
 * The pool's general credits by what each office used in the last 30 days, equally where nothing was used; whole cents.
 * The primary office takes what remains.
 */
function suggestShares({ pool, offices }: SharingState): SharingChoice['shares'] {
  const used = offices.reduce((sum, office) => sum.plus(office.used), dollars('0'));
  return offices.slice(1).map(({ office, used: own }) => ({
    officeId: office.id,
    amount: (used.isZero()
      ? pool.general.dividedBy(offices.length)
      : pool.general.times(own).dividedBy(used)
    ).toDecimalPlaces(2, Decimal.ROUND_DOWN),
  }));
}

/**
 * As much of a choice as needs no second admin: the amount and the limit at most the approval limit. Null where nothing of
 * it is possible, because the smallest purchase is above that limit.
 */
export function limitRecharge({ company }: SharingState, wanted: RechargeChoice): RechargeChoice | null {
  const limit = approvalLimit(company);
  const { min, max } = company.purchaseLimits;
  const amount = Decimal.min(wanted.amount, max, ...(limit === null ? [] : [limit]));
  if (amount.lessThan(min)) return null;
  return {
    isOn: wanted.isOn,
    amount,
    threshold: Decimal.min(wanted.threshold, amount),
    cap: Decimal.max(amount, limit === null ? wanted.cap : Decimal.min(wanted.cap, limit)),
    fills: wanted.fills,
  };
}

function maximum(amounts: readonly Money[]): Money | null {
  return amounts.length === 0 ? null : Decimal.max(...amounts);
}
