import type { KnownBlock, ModalView, PlainTextOption } from '@slack/types';
import {
  DEFAULT_LIMIT_LEVELS,
  encodeSubject,
  type LimitReview,
  type LimitState,
  type listLimitsFor,
  type NamedSubject,
} from '../../../limits/index.ts';
import { dollars } from '../../../money.ts';
import { displayText } from '../../../outside-text.ts';
import { limitCopy as copy } from '../../copy/index.ts';
import { escapeText, shorten } from '../../copy/mrkdwn.ts';
import { bar, button, buttons, facts, quiet, section } from '../../kit/blocks.ts';
import { choices, longSelect, option } from '../../kit/form-fields.ts';
import { modal, plain } from '../../kit/modal.ts';
import type { ViewerContext } from '../../kit/viewer.ts';
import { IDS } from './ids.ts';

const { action, field, view } = IDS;
/** A modal takes a hundred blocks. */
const LIMITS_PER_PAGE = 40;

/** Which page, and what the person may do and see. */
interface ListOptions {
  page: number;
  maySet: boolean;
  seesCosts: boolean;
  isEnforced: boolean;
}

type Seen = Awaited<ReturnType<typeof listLimitsFor>>;

const ofHundred = (percent: number): string => bar(dollars(String(Math.min(percent, 100))), dollars('100'));

/** The limits that a person sees, a page of them; one's own first, in per cent. The page is in the buttons that turn it. */
export function limitsView(
  { limits, own }: Seen,
  { page, maySet, seesCosts, isEnforced }: ListOptions,
  { timeZone, now }: ViewerContext,
): ModalView {
  const pages = Math.max(1, Math.ceil(limits.length / LIMITS_PER_PAGE));
  const shown = Math.min(Math.max(0, page), pages - 1);
  const some = limits.slice(shown * LIMITS_PER_PAGE, (shown + 1) * LIMITS_PER_PAGE);
  const none = maySet ? copy.none : seesCosts ? copy.noneSeen : copy.noneOwn;
  return modal(view.limits, String(shown), {
    title: copy.title,
    blocks: [
      ...(seesCosts ? [quiet(copy.intro(isEnforced))] : []),
      ...(maySet ? [buttons(button(copy.add, action.limitsAdd, { primary: true }))] : []),
      ...own.map((each) => section(copy.own(each, ofHundred(each.percent), timeZone, now))),
      ...some.map((limit) => limitBlock(limit, timeZone)),
      ...(limits.length + own.length === 0 ? [section(none)] : []),
      ...turnButtons(shown, pages),
    ],
    close: copy.close,
  });
}

function limitBlock(limit: LimitState & { mayChange: boolean }, timeZone: string): KnownBlock {
  const text = section(copy.line(limit, ofHundred(limit.percent), timeZone));
  if (!limit.mayChange) return text;
  const change = button(copy.changeOne, action.limitsChange, { value: limit.limitId.toString() });
  return { ...text, accessory: change };
}

function turnButtons(page: number, pages: number): KnownBlock[] {
  if (pages < 2) return [];
  return [
    quiet(copy.page(page + 1, pages)),
    buttons(
      ...(page > 0 ? [button(copy.previous, action.limitsPrevious, { value: String(page - 1) })] : []),
      ...(page < pages - 1 ? [button(copy.next, action.limitsNext, { value: String(page + 1) })] : []),
    ),
  ];
}

/** Whom one may limit. */
export function subjectOptions(subjects: readonly NamedSubject[]): PlainTextOption[] {
  return subjects.map(({ subject, name, office }) =>
    option(
      copy.subject(subject.kind, displayText(shorten(name, 45)), displayText(shorten(office.name, 20))),
      encodeSubject(subject),
    ),
  );
}

const amountField = (initial?: string): KnownBlock => ({
  type: 'input',
  block_id: field.limitAmount,
  label: plain(copy.amountLabel),
  hint: plain(copy.amountHint),
  element: {
    type: 'plain_text_input',
    action_id: field.limitAmount,
    max_length: 40,
    ...(initial === undefined ? {} : { initial_value: initial }),
  },
});

const levelsField = (levels: readonly number[]): KnownBlock => ({
  type: 'input',
  block_id: field.limitLevels,
  optional: true,
  label: plain(copy.levelsLabel),
  hint: plain(copy.levelsHint),
  element: {
    type: 'plain_text_input',
    action_id: field.limitLevels,
    max_length: 60,
    ...(levels.length < 2 ? {} : { initial_value: levels.slice(0, -1).join(', ') }),
  },
});

/** A new limit: of whom, for how long, how much. Nobody is chosen beforehand. */
export function addForm(subjects: readonly NamedSubject[]): ModalView {
  const periods = (['month', 'day'] as const).map((period) => option(copy.periods[period], period));
  return modal(view.limitForm, '', {
    title: copy.addTitle,
    blocks: [
      {
        type: 'input',
        block_id: field.limitOf,
        label: plain(copy.whoLabel),
        element: longSelect(field.limitOf, subjectOptions(subjects), { placeholder: copy.chooseWho }),
      },
      {
        type: 'input',
        block_id: field.limitPeriod,
        label: plain(copy.periodLabel),
        element: choices(field.limitPeriod, periods, 'month'),
      },
      amountField(),
      levelsField(DEFAULT_LIMIT_LEVELS),
    ],
    submit: copy.review,
    close: copy.cancel,
  });
}

/** Another amount or other alerts for a limit that is in force. */
export function changeForm(limit: LimitState, timeZone: string): ModalView {
  return modal(view.limitForm, limit.limitId.toString(), {
    title: copy.changeTitle,
    blocks: [
      section(copy.line(limit, ofHundred(limit.percent), timeZone)),
      amountField(limit.amount.toFixed(2)),
      levelsField(limit.levels),
      buttons(button(copy.remove, action.limitsRemove, { value: limit.limitId.toString() })),
    ],
    submit: copy.review,
    close: copy.cancel,
  });
}

/** What is set, before it is. `carried`: the choice, which is judged again. */
export function reviewView(carried: string, review: LimitReview, isEnforced: boolean): ModalView {
  const { named, period, amount, levels, before, spent, isReached } = review;
  return modal(view.limitReview, carried, {
    title: copy.reviewTitle,
    blocks: [
      facts([
        [copy.of, escapeText(shorten(named.name, 60))],
        [copy.limit, copy.perPeriod(amount, period)],
        [copy.was, before === null ? copy.noLimit : copy.perPeriod(before, period)],
        [copy.used(period), copy.spent(spent)],
        [copy.alerts, copy.levels(levels)],
      ]),
      ...(isReached ? [section(copy.alreadyReached(isEnforced))] : []),
      quiet(copy.nothingCharged),
    ],
    submit: copy.save,
    close: copy.cancel,
  });
}

/** Asks once more before a limit ends. */
export function endView(limit: LimitState): ModalView {
  return modal(view.limitEnd, limit.limitId.toString(), {
    title: copy.endTitle,
    blocks: [section(copy.endQuestion(limit))],
    submit: copy.remove,
    close: copy.cancel,
  });
}

/** The modal with a text only. */
export function limitText(text: string): ModalView {
  return modal(view.limitText, '', { title: copy.title, blocks: [section(text)], close: copy.close });
}
