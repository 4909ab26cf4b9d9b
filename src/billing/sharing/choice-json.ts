import { z } from 'zod';
import { dollars, type Money } from '../../money.ts';
import type { SharingChoice } from './types.ts';

const amount = z
  .string()
  .regex(/^-?\d+(\.\d{1,6})?$/)
  .transform((text) => dollars(text));
const id = z
  .string()
  .regex(/^\d{1,19}$/)
  .transform((text) => BigInt(text));

const choice = z.object({
  to: z.enum(['per_office', 'company']),
  shares: z.array(z.object({ officeId: id, amount })),
  wallets: z.array(
    z.object({
      officeId: id.nullable(),
      isOn: z.boolean(),
      threshold: amount,
      amount,
      cap: amount,
      fills: z.boolean().optional(),
      lowBelow: amount.nullable(),
    }),
  ),
});

/** A choice as it is stored between its review and its confirmation. */
export function choiceToJson({ to, shares, wallets }: SharingChoice) {
  return {
    to,
    shares: shares.map((share) => ({ officeId: share.officeId.toString(), amount: text(share.amount) })),
    wallets: wallets.map((wallet) => ({
      officeId: wallet.officeId?.toString() ?? null,
      isOn: wallet.isOn,
      threshold: text(wallet.threshold),
      amount: text(wallet.amount),
      cap: text(wallet.cap),
      ...(wallet.fills === undefined ? {} : { fills: wallet.fills }),
      lowBelow: wallet.lowBelow === null ? null : text(wallet.lowBelow),
    })),
  };
}

/** The stored choice. */
export function choiceFromJson(json: unknown): SharingChoice {
  return choice.parse(json);
}

function text(money: Money): string {
  return money.toFixed();
}
