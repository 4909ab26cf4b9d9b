import {
  type CreditSharing,
  confirmSharingAsOperator,
  reviewSharingAsOperator,
  type SharingChoice,
  type SharingReview,
  type SharingState,
  suggestChoice,
} from '../../billing/index.ts';
import type { Clock } from '../../clock.ts';
import type { Db } from '../../db/index.ts';
import { RefillError } from '../../errors.ts';
import { formatDollars, type Money } from '../../money.ts';
import type { Outcome } from '../frame/index.ts';
import { type ShareRow, toShares } from './read-shares-file.ts';

export interface SharingOptions {
  to: CreditSharing;
  /** What a file says that each office gets; the primary office takes what remains. */
  shares: readonly ShareRow[] | null;
  recharge: {
    isOn: 'on' | 'off' | undefined;
    threshold: Money | undefined;
    amount: Money | undefined;
    cap: Money | undefined;
  };
  /** The token that a review ended with. */
  confirm: string | null;
}

/**
 * Reviews a change of credit sharing, or makes the one that was reviewed (R5). Throws what the service throws, and
 * `bad-argument` for a file of shares that names an unknown office or no amount.
 */
export async function changeCreditSharing(
  deps: { db: Db; clock: Clock },
  companyId: bigint,
  options: SharingOptions,
): Promise<Outcome> {
  if (options.confirm !== null) {
    const done = await confirmSharingAsOperator(deps, companyId, options.confirm);
    if (done.outcome === 'stale')
      return {
        lines: [
          'Nothing was changed: something changed since the review. Here it is again.',
          ...describe(done.review),
        ],
        value: { outcome: 'stale', ...toValue(done.review) },
        status: 1,
      };
    return {
      lines: [
        done.to === 'company'
          ? 'Credits are shared company-wide now.'
          : 'Each office has its own credits now.',
      ],
      value: { outcome: 'changed', creditSharing: done.to },
    };
  }
  const read = await reviewSharingAsOperator(deps, companyId, (state) => choose(state, options));
  if ('faults' in read)
    throw new RefillError(
      'bad-argument',
      read.faults
        .map(({ field, code, officeId, limit }) => {
          const name =
            read.state.offices.find(({ office }) => office.id === officeId)?.office.name ?? 'shared credits';
          return `${name}, ${field}: ${code} (${formatDollars(limit)})`;
        })
        .join('; '),
    );
  return { lines: describe(read.review), value: { outcome: 'review', ...toValue(read.review) } };
}

function choose(state: SharingState, { to, shares, recharge }: SharingOptions): SharingChoice {
  const suggested = suggestChoice(state, to);
  const { isOn, ...figures } = recharge;
  const given = Object.fromEntries(Object.entries(figures).filter(([, value]) => value !== undefined));
  return {
    ...suggested,
    shares: shares === null ? suggested.shares : toShares(shares, state),
    wallets: suggested.wallets.map((wallet) => ({
      ...wallet,
      ...given,
      isOn: isOn === undefined ? wallet.isOn : isOn === 'on',
    })),
  };
}

function describe(review: SharingReview): string[] {
  const lines = review.effects.flatMap(
    ({ name, officeId, moves, recharge, chargesNow, chargesMultiple, isAbout }) => {
      const of = officeId === null ? 'shared credits' : name;
      const about = isAbout ? 'about ' : '';
      const moved =
        moves.general.isZero() && moves.debt.isZero()
          ? []
          : [
              `${of}: ${about}${signed(moves.general)} of credits${moves.debt.isZero() ? '' : `, ${signed(moves.debt)} overdrawn`}`,
            ];
      if (recharge === null) return moved;
      const upTo = chargesMultiple ? 'up to ' : '';
      const now = chargesNow === null ? '' : `; charges ${upTo}${formatDollars(chargesNow)} at once`;
      const set = recharge.isOn
        ? `${formatDollars(recharge.amount)}${recharge.fills === true ? ', or a multiple of it,' : ''} when below ${formatDollars(recharge.threshold)}, up to ${formatDollars(recharge.cap)} a month${now}`
        : 'off';
      const alert = recharge.lowBelow === null ? 'none' : `below ${formatDollars(recharge.lowBelow)}`;
      return [...moved, `${of}: auto-recharge ${set}; low-balance alert ${alert}`];
    },
  );
  return [
    review.to === 'company'
      ? 'Credits would be shared company-wide:'
      : 'Each office would have its own credits:',
    ...lines.map((line) => `  ${line}`),
    ...review.movedSubscriptions.map((name) => `  ${name} goes to ${review.primary.name}`),
    `  closes ${review.approvals} approvals, ${review.requests} requests, ${review.waiting} recharges that wait`,
    `  may add credits: ${review.buyers.companyAdmins.length} company admins${
      review.to === 'company' ? '' : `, office admins of ${review.buyers.officeAdmins.length} offices`
    }`,
    `To make this change, within 24 hours: add --confirm ${review.token}`,
  ];
}

function signed(amount: Money): string {
  return `${amount.isNegative() ? '' : '+'}${formatDollars(amount)}`;
}

function toValue(review: SharingReview) {
  const { token, from, to, effects, movedSubscriptions, approvals, requests, waiting, buyers } = review;
  return {
    confirm: token,
    from,
    to,
    effects: effects.map(({ officeId, name, moves, recharge, chargesNow }) => ({
      officeId,
      name,
      moves,
      recharge,
      chargesNow,
    })),
    movedSubscriptions,
    closes: { approvals, requests, waiting },
    buyers,
  };
}
