import { Decimal } from 'decimal.js';
import { dollars, type Money } from '../../money.ts';
import { approvalLimit } from '../../org/index.ts';
import type { RechargeChoice } from '../recharge-choice.ts';
import { limitRecharge } from './suggest-choice.ts';
import type {
  SharedWallet,
  SharingChoice,
  SharingFault,
  SharingState,
  WalletChoice,
  WalletEffect,
} from './types.ts';

const ZERO = dollars('0');

/** Everything that is wrong with a choice, field by field. */
export function judgeChoice(state: SharingState, { shares, wallets }: SharingChoice): SharingFault[] {
  const faults: SharingFault[] = [];
  for (const { officeId, amount } of shares) {
    const fault = (code: SharingFault['code'], limit: Money) =>
      faults.push({ field: 'share', officeId, code, limit });
    if (amount.isNegative()) fault('not-positive', ZERO);
    else if (amount.decimalPlaces() > 2) fault('not-cents', ZERO);
  }
  const shared = shares.reduce((sum, { amount }) => sum.plus(amount), ZERO);
  const last = shares.findLast(({ amount }) => amount.greaterThan(0));
  if (last !== undefined && shared.greaterThan(state.pool.general))
    faults.push({ field: 'share', officeId: last.officeId, code: 'above-pool', limit: state.pool.general });
  return [...faults, ...wallets.flatMap((wallet) => judgeWallet(state, wallet))];
}

function judgeWallet({ company }: SharingState, wallet: WalletChoice): SharingFault[] {
  const { officeId, threshold, amount, cap, lowBelow } = wallet;
  const faults: SharingFault[] = [];
  const refuse = (field: SharingFault['field'], code: SharingFault['code'], limit: Money) =>
    faults.push({ field, officeId, code, limit });
  if (lowBelow?.lessThanOrEqualTo(0) === true) refuse('low_below', 'not-positive', ZERO);
  if (!wallet.isOn) return faults;
  const { min, max } = company.purchaseLimits;
  if (threshold.lessThanOrEqualTo(0)) refuse('threshold', 'not-positive', ZERO);
  if (amount.lessThan(min)) refuse('amount', 'amount-below-minimum', min);
  else if (amount.greaterThan(max)) refuse('amount', 'amount-above-maximum', max);
  else if (amount.lessThan(threshold)) refuse('amount', 'amount-below-threshold', threshold);
  if (cap.lessThan(amount)) refuse('cap', 'cap-below-amount', amount);
  return faults;
}

/** What a choice does to each of the credits, the pool last; the primary office's figure is about. */
export function describeEffects(state: SharingState, choice: SharingChoice): WalletEffect[] {
  const { pool, offices } = state;
  const shared = choice.shares.reduce((sum, { amount }) => sum.plus(amount), ZERO);
  const shareOf = (officeId: bigint, isPrimary: boolean): Money =>
    isPrimary
      ? pool.general.minus(shared)
      : (choice.shares.find((share) => share.officeId === officeId)?.amount ?? ZERO);
  const isPooling = choice.to === 'company';
  const ofOffices = offices.map(({ office, ...wallet }) =>
    describe(state, choice, {
      officeId: office.id,
      name: office.name,
      wallet,
      moves: isPooling
        ? { general: wallet.general.negated(), debt: wallet.debt.negated() }
        : { general: shareOf(office.id, office.isPrimary), debt: office.isPrimary ? pool.debt : ZERO },
      isAbout: isPooling || office.isPrimary,
    }),
  );
  const total = (pick: (moves: WalletEffect['moves']) => Money): Money =>
    ofOffices.reduce((sum, { moves }) => sum.minus(pick(moves)), ZERO);
  const ofPool = describe(state, choice, {
    officeId: null,
    name: state.company.name,
    wallet: pool,
    moves: { general: total(({ general }) => general), debt: total(({ debt }) => debt) },
    isAbout: true,
  });
  return [...ofOffices, ofPool];
}

/**
 * The most that is charged at once where credits are below their threshold after the change; null where they are not. What
 * other charges leave of the limits of 24 hours, of the month and of invoices may lower it (R11).
 */
function mostAtOnce(
  { company }: SharingState,
  { threshold, amount, cap, fills }: RechargeChoice,
  free: Money,
): Money | null {
  if (!free.lessThan(threshold)) return null;
  if (fills !== true) return amount;
  const rooms = [cap, company.purchaseLimits.max, company.purchaseLimits.perDay];
  const times = Decimal.min(
    threshold.minus(free).dividedBy(amount).ceil(),
    ...rooms.map((room) => room.dividedBy(amount).floor()),
  );
  return amount.times(Decimal.max(times, 1));
}

function describe(
  state: SharingState,
  choice: SharingChoice,
  of: {
    officeId: bigint | null;
    name: string;
    wallet: SharedWallet;
    moves: WalletEffect['moves'];
    isAbout: boolean;
  },
): WalletEffect {
  const { officeId, name, wallet, moves, isAbout } = of;
  const recharge = choice.wallets.find((each) => each.officeId === officeId) ?? null;
  const limit = approvalLimit(state.company);
  const needsApproval =
    recharge?.isOn === true &&
    limit !== null &&
    (recharge.amount.greaterThan(limit) || recharge.cap.greaterThan(limit));
  const inForce = recharge?.isOn !== true ? null : needsApproval ? limitRecharge(state, recharge) : recharge;
  const free = wallet.free.plus(moves.general).minus(moves.debt);
  const chargesNow = inForce === null ? null : mostAtOnce(state, inForce, free);
  return {
    officeId,
    name,
    general: wallet.general,
    debt: wallet.debt,
    moves,
    isAbout,
    recharge,
    rechargeUntilApproved: needsApproval ? inForce : null,
    needsApproval,
    chargesNow,
    chargesMultiple: inForce !== null && chargesNow?.greaterThan(inForce.amount) === true,
  };
}

/**
 * What of the state a review depends on, besides balances: where it is another when the change is made, the change is
 * reviewed again. Balances move all the time; only a part that is not there any more matters of them.
 */
export function basisOf(state: SharingState): string {
  const wallet = ({ walletId, recharge, lowBelow }: SharedWallet) => [
    walletId.toString(),
    recharge,
    lowBelow,
  ];
  return JSON.stringify([
    state.sharing,
    wallet(state.pool),
    state.offices.map((office) => [
      office.office.id.toString(),
      office.office.name,
      office.office.isPrimary,
      wallet(office),
    ]),
    state.poolSubscriptions.map(({ id }) => id.toString()),
    state.company.approvalLimits,
    state.company.purchaseLimits,
    state.buyers.companyAdmins,
    state.buyers.officeAdmins.map(({ officeId, userIds }) => [officeId.toString(), userIds]),
  ]);
}
