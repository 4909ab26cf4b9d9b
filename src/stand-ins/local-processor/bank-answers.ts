import { z } from 'zod';
import type { ChargeOutcome } from './behaviour.ts';
import type { Hidden } from './books.ts';
import { ADVICE_CODES, DECLINE_CODES, declineOf } from './decline-codes.ts';
import { noSuch } from './errors.ts';
import type { Processor } from './processor.ts';

/**
 * What the bank of one saved card says from now on, whatever its test number says: a card that worked is reported
 * stolen, or its bank wants to ask the holder. Only what the API documents is taken.
 */
export const bankAnswer = z.union([
  z.strictObject({ decline: z.enum(DECLINE_CODES), advice: z.enum(ADVICE_CODES).optional() }),
  z.strictObject({ asksHolder: z.literal(true) }),
  z.strictObject({ approves: z.literal(true) }),
]);
export type BankAnswer = z.output<typeof bankAnswer>;

/** Turns the bank of a saved card. Throws 404 for a card that is not there. */
export async function setBankAnswer(processor: Processor, cardId: string, answer: BankAnswer): Promise<void> {
  const parsed = bankAnswer.parse(answer);
  await processor.books.transaction(async (tx) => {
    const method = await tx.lock('payment_method', cardId);
    if (method === undefined) throw noSuch('PaymentMethod', cardId, 'id', 404);
    await tx.save('payment_method', method.body, { bank: JSON.stringify(parsed) });
  });
}

/** What a bank that was turned says to a charge; undefined: the test number decides. */
export function readBankAnswer(hidden: Hidden, isAuthenticated: boolean): ChargeOutcome | undefined {
  if (hidden.bank === undefined) return undefined;
  const answer = bankAnswer.parse(JSON.parse(hidden.bank));
  if ('decline' in answer) return { kind: 'declined', decline: declineOf(answer.decline, answer.advice) };
  return 'approves' in answer || isAuthenticated
    ? { kind: 'paid', isSilent: false }
    : { kind: 'needs-authentication' };
}
