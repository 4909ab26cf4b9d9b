import { z } from 'zod';
import { hasCode } from '../../../errors.ts';
import {
  decodeSubject,
  encodeSubject,
  endLimit,
  type LimitChoice,
  readLevels,
  reviewLimit,
  setLimit,
} from '../../../limits/index.ts';
import { dollars, type Money, parseDollars } from '../../../money.ts';
import { type Person, readEnforcement } from '../../../org/index.ts';
import { requireRight } from '../../access/require-person.ts';
import { describeFault } from '../../copy/amounts.ts';
import { limitCopy as copy, generalCopy } from '../../copy/index.ts';
import type { SlackContext } from '../../kit/context.ts';
import { type Submission, type SubmitAnswer, showErrors, showView } from '../../kit/submission.ts';
import { IDS } from './ids.ts';
import { limitText, reviewView } from './limit-views.ts';
import { findOwnLimit } from './open-limits.ts';

const { field } = IDS;
const fieldsState = z.record(z.string(), z.record(z.string(), z.unknown()));
const chosen = z.object({ selected_option: z.object({ value: z.string().max(60) }) });
const typed = z.object({ value: z.string().max(100) });

type Fields = z.output<typeof fieldsState>;
type Fault = { errors: Record<string, string> };

/** Step 1 → 2. What is wrong is shown on its field. */
export async function submitLimitForm(ctx: SlackContext, submission: Submission): Promise<SubmitAnswer> {
  const person = await requireRight(ctx, submission.who, 'set_limits');
  const fields = fieldsState.safeParse(submission.values).data ?? {};
  const of = await readSubject(ctx, person, submission.token, fields);
  const amount = readAmount(fields);
  const levels = readTypedLevels(fields);
  if ('errors' in of || 'errors' in amount || 'errors' in levels)
    return showErrors(
      Object.assign({}, ...[of, amount, levels].map((each) => ('errors' in each ? each.errors : {}))),
    );
  const choice: LimitChoice = { ...of, ...amount, ...levels };
  try {
    const review = await reviewLimit(ctx, person, choice);
    const isEnforced = (await readEnforcement(ctx.db, person.company.id, ctx.clock.now())) === 'enforced';
    return showView(reviewView(carry(choice), review, isEnforced));
  } catch (error) {
    return answerFault(error);
  }
}

/** Step 2 → 3. */
export async function submitLimitReview(ctx: SlackContext, submission: Submission): Promise<SubmitAnswer> {
  const person = await requireRight(ctx, submission.who, 'set_limits');
  const choice = readCarried(submission.token);
  if (choice === null) return showView(limitText(generalCopy.outdated));
  try {
    const { named, amount, period } = await setLimit(ctx, { person }, choice);
    return showView(limitText(copy.done(named.name, amount, period)));
  } catch (error) {
    return answerFault(error);
  }
}

/** [Remove limit], confirmed. */
export async function submitLimitEnd(ctx: SlackContext, submission: Submission): Promise<SubmitAnswer> {
  const person = await requireRight(ctx, submission.who, 'set_limits');
  const { limitId } = await findOwnLimit(ctx, person, submission.token);
  const { named } = await endLimit(ctx, { person }, limitId);
  return showView(limitText(copy.removed(named.name)));
}

function answerFault(error: unknown): SubmitAnswer {
  if (hasCode(error, 'place-unknown')) return showView(limitText(copy.gone));
  throw error;
}

/** Whom the form is about: of a limit that is changed, whose it is. */
async function readSubject(
  ctx: SlackContext,
  person: Person,
  token: string,
  fields: Fields,
): Promise<Pick<LimitChoice, 'subject' | 'period'> | Fault> {
  if (token !== '') {
    const { subject, period } = await findOwnLimit(ctx, person, token);
    return { subject, period };
  }
  const select = (id: string): string | undefined =>
    chosen.safeParse(fields[id]?.[id]).data?.selected_option.value;
  const subject = decodeSubject(select(field.limitOf));
  if (subject === null) return { errors: { [field.limitOf]: copy.whoMissing } };
  return { subject, period: select(field.limitPeriod) === 'day' ? 'day' : 'month' };
}

const textOf = (fields: Fields, id: string): string => typed.safeParse(fields[id]?.[id]).data?.value ?? '';

/** Dollars as typed; nothing at all ($0) is a limit, too. */
function readAmount(fields: Fields): { amount: Money } | Fault {
  const text = textOf(fields, field.limitAmount);
  if (/^\s*\$?\s*0+(\.0{1,2})?\s*$/.test(text)) return { amount: dollars('0') };
  const read = parseDollars(text);
  return 'fault' in read ? { errors: { [field.limitAmount]: describeFault(read.fault) } } : read;
}

function readTypedLevels(fields: Fields): { levels: number[] } | Fault {
  const parts = textOf(fields, field.limitLevels)
    .normalize('NFKC')
    .split(/[\s,;%]+/)
    .filter(Boolean);
  const fault = { errors: { [field.limitLevels]: copy.levelsFault } };
  if (parts.some((part) => !/^\d{1,3}$/.test(part))) return fault;
  try {
    return { levels: readLevels(parts.map(Number)) };
  } catch (error) {
    if (hasCode(error, 'bad-facts')) return fault;
    throw error;
  }
}

/** What the review carries, all judged again: whose limit, its period, its cents and its levels. */
function carry({ subject, period, amount, levels }: LimitChoice): string {
  return `${encodeSubject(subject)}.${period}.${amount.times(100).toFixed(0)}.${levels.join('-')}`;
}

function readCarried(text: string): LimitChoice | null {
  const [, of, period, cents, levels] =
    /^(\w{6,10}:\d{1,18})\.(month|day)\.(\d{1,12})\.(\d{1,3}(?:-\d{1,3}){0,9})$/.exec(text) ?? [];
  const subject = decodeSubject(of);
  if (subject === null || cents === undefined || levels === undefined) return null;
  return {
    subject,
    period: period === 'day' ? 'day' : 'month',
    amount: dollars(cents).dividedBy(100),
    levels: levels.split('-').map(Number),
  };
}
