import { z } from 'zod';
import { answerCheck, type CheckReading, readCards, readCheckCode } from '../../../billing/index.ts';
import { parseDollars } from '../../../money.ts';
import { requireRight } from '../../access/require-person.ts';
import { cardCopy as copy } from '../../copy/index.ts';
import type { SlackContext } from '../../kit/context.ts';
import { type Submission, type SubmitAnswer, showErrors, showView } from '../../kit/submission.ts';
import { IDS as SCREEN_IDS } from '../../screens/ids.ts';
import { cardText } from './card-blocks.ts';

const { cardAmount } = SCREEN_IDS.field;
const state = z.object({
  [cardAmount]: z.object({ [cardAmount]: z.object({ value: z.string().nullish() }) }),
});

/** The amount of the small charge, or its code, judged; a wrong one is shown on the field with how many tries are left. */
export async function submitAmount(ctx: SlackContext, submission: Submission): Promise<SubmitAnswer> {
  const person = await requireRight(ctx, submission.who, 'manage_cards');
  const typed = state.safeParse(submission.values).data?.[cardAmount]?.[cardAmount]?.value ?? '';
  const reading = readTyped(typed);
  if (reading === null) return fault(copy.impossible({ takesCode: true }));
  const answer = await answerCheck(ctx.billing, person, submission.token, reading);
  switch (answer.outcome) {
    case 'confirmed':
      // The purchase below goes on by itself.
      return submission.parentId === null ? said(copy.confirmed(answer)) : undefined;
    case 'wrong':
      return fault(copy.wrong(answer.triesLeft));
    case 'impossible':
      return fault(copy.impossible(answer));
    case 'locked':
      return said(copy.lockedNow);
    case 'not-waiting': {
      const cards = await readCards(ctx.db, person.company.id);
      const isOnItsWay = cards.some(({ check }) => check?.token === submission.token);
      return isOnItsWay ? fault(copy.notYet) : said(copy.notWaiting);
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
  return showErrors({ [cardAmount]: sentence });
}

function said(text: string): SubmitAnswer {
  return showView(cardText(text));
}
