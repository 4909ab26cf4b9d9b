import { z } from 'zod';
import type { WalletBalance } from '../../../ledger/index.ts';
import { dollars } from '../../../money.ts';
import { textOf } from '../../approvals/approvable.ts';
import { amount, id, ofOffice } from '../../approvals/change-values.ts';
import type { RechargeChoice } from '../../recharge-choice.ts';

/** A choice that waits for a second admin. */
export const rechargeChange = z.object({
  kind: z.literal('recharge'),
  ...ofOffice,
  walletId: id,
  threshold: amount,
  cap: amount,
  fills: z.boolean().optional(),
  chargesNow: z.boolean(),
});
export type RechargeChange = z.infer<typeof rechargeChange>;

export const rechargeSubjectKey = (walletId: bigint | string): string => `recharge:${walletId}`;

/** A choice as a second admin is asked about it. `chargesNow`: credits are below its threshold already. */
export function toChange(
  wallet: Pick<WalletBalance, 'walletId' | 'officeId'>,
  choice: Omit<RechargeChoice, 'isOn'>,
  chargesNow: boolean,
): RechargeChange {
  return {
    kind: 'recharge',
    walletId: wallet.walletId.toString(),
    officeId: wallet.officeId?.toString() ?? null,
    threshold: textOf(choice.threshold),
    amount: textOf(choice.amount),
    cap: textOf(choice.cap),
    fills: choice.fills,
    chargesNow,
  };
}

/** The choice that a stored change would put in force. */
export function choiceOfChange({ threshold, amount, cap, fills }: RechargeChange): RechargeChoice {
  const figures = { threshold: dollars(threshold), amount: dollars(amount), cap: dollars(cap) };
  return { isOn: true, ...figures, fills };
}
