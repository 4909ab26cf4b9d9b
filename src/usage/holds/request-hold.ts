import { z } from 'zod';
import { Prisma } from '../../db/index.ts';
import { holdLimit } from '../../ledger/index.ts';
import { type Money, toMicros } from '../../money.ts';
import type { DecideHold } from './decide-holds.ts';
import { holdKey, holdRequest } from './hold-request.ts';
import type { HoldPrice } from './price-hold.ts';
import type { HoldBody } from './read-hold-body.ts';

export interface AskedHold {
  companyId: bigint;
  body: HoldBody;
  /** A code of all that is asked. */
  facts: string;
  price: HoldPrice;
  at: Date;
}

/** How much of what is asked is to be granted. */
export interface HoldPart {
  granted: number | null;
  /** Null where nothing prices it. */
  amount: Money | null;
  expiresAt: Date;
}

const answer = z.discriminatedUnion('outcome', [
  z.object({ outcome: z.enum(['granted', 'known']), request: holdRequest }),
  z.object({ outcome: z.enum(['unrated', 'suspended', ...holdLimit.options]) }),
]);
export type RequestedHold = z.output<typeof answer>;

/**
 * Grants a part of what is asked, whole or not at all, once for its id: which is one decision, and all that it
 * stores. Else says what is granted by now (`known`), or what the refusal is for. Throws RefillError `no-book`.
 */
export async function requestHold(
  decide: DecideHold,
  { companyId, body, facts, price, at }: AskedHold,
  part: HoldPart,
): Promise<RequestedHold> {
  const { officeId, departmentId, memberId } = price.party;
  const amount = part.amount === null ? null : toMicros(part.amount);
  const terms = price.terms === null ? null : JSON.stringify(price.terms);
  return answer.parse(
    await decide({
      name: 'ask_hold',
      values: Prisma.sql`${companyId}, ${body.id}, ${holdKey(body.id)}, ${facts}, ${officeId}::bigint, ${departmentId}::bigint,
        ${memberId}::bigint, ${price.class}, ${body.size.unit}, ${part.granted}::int, ${amount}::bigint, ${terms}::jsonb,
        ${part.expiresAt}, ${at}`,
    }),
  );
}
