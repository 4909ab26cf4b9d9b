import { z } from 'zod';
import { answerCheck, type CheckReading, readCards, readCheckCode } from '../../../billing/index.ts';
import { parseDollars } from '../../../money.ts';
import type { SlackContext } from '../../kit/context.ts';
import { IDS } from '../../ids.ts';
import type { Submission, SubmitAnswer } from '../purchase/review-and-confirm.ts';
import { cardWords as words } from '../../copy/index.ts';
import { saidView } from './card-blocks.ts';
import { requireCardKeeper } from '../../access/require-card-manager.ts';

const { cardAmount } = IDS.field;
const state = z.object({
  [cardAmount]: z.object({ [cardAmount]: z.object({ value: z.string().nullish() }) }),
});

/** The amount of the small charge, or its code, judged; a wrong one is told on the field with how many tries are left. */
export async function submitAmount(ctx: SlackContext, submission: Submission): Promise<SubmitAnswer> {
  const person = await requireCardKeeper(ctx, submission.who);
  const typed = state.safeParse(submission.values).data?.[cardAmount]?.[cardAmount]?.value ?? '';
  const reading = readTyped(typed);
  if (reading === null) return fault(words.impossible({ takesCode: true }));
  const answer = await answerCheck(ctx.billing, person, submission.token, reading);
  switch (answer.outcome) {
    case 'confirmed':
      // The purchase below goes on by itself.
      return submission.parentId === null ? said(words.confirmed(answer)) : undefined;
    case 'wrong':
      return fault(words.wrong(answer.triesLeft));
    case 'impossible':
      return fault(words.impossible(answer));
    case 'locked':
      return said(words.lockedNow);
    case 'not-waiting': {
      const cards = await readCards(ctx.db, person.company.id);
      const isOnItsWay = cards.some(({ check }) => check?.token === submission.token);
      return isOnItsWay ? fault(words.notYet) : said(words.notWaiting);
    }
  }
}

/** Four characters of the code's alphabet are a code, anything else an amount in dollars; null: neither. */
function readTyped(typed: string): CheckReading | null {
  const code = readCheckCode(typed);
  if (code !== null) return { code };
  const read = parseDollars(typed);
  return 'fault' in read ? null : { amount: read.amount };
}

function fault(sentence: string): SubmitAnswer {
  return { response_action: 'errors', errors: { [cardAmount]: sentence } };
}

function said(text: string): SubmitAnswer {
  return { response_action: 'update', view: saidView(text) };
}
