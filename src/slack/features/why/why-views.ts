import type { ActionsBlock, KnownBlock, ModalView, PlainTextOption } from '@slack/types';
import type { Period } from '../../../calendar.ts';
import type { DayByDay, Explanation } from '../../../ledger/index.ts';
import { encodeScope, isSameScope, labelScope, type Person, type Scope } from '../../../org/index.ts';
import { button, buttons, facts, lines, quiet, section } from '../../kit/blocks.ts';
import { longSelect, one, option } from '../../kit/form-fields.ts';
import { IDS } from '../../ids.ts';
import { modal } from '../../screens/purchase-modal.ts';
import { purchaseWords, whyWords as words } from '../../copy/index.ts';
import { encodeWhy, WHY_PERIODS, type WhyState } from './why-state.ts';

/** What every drawing needs besides the figures. */
export interface WhyShown {
  state: WhyState;
  person: Person;
  /** Whose balances this person may see, the first one shown at first. */
  scopes: readonly Scope[];
  pooled: boolean;
  now: Date;
  token: string;
}

/** A window that only says something; null: that it is working. */
export function whyWordsView(text: string | null): ModalView {
  return frame('', [section(text ?? words.loading)]);
}

/** What each day did to the balance, the newest first, between what it was and what it is (R28). */
export function daysView(found: DayByDay, shown: WhyShown & { bounds: Period }): ModalView {
  const { state, bounds, person } = shown;
  const { timeZone } = person.company;
  const isFirst = state.page.after === null;
  const days = [...new Set(found.lines.map(({ day }) => day))];
  return frame(shown.token, [
    choices(shown),
    facts([
      [words.opening(bounds, timeZone), words.amount(found.opening.balance)],
      [words.moneyIn, words.signed(found.moneyIn)],
      [words.moneyOut, words.signed(found.moneyOut.negated())],
      [words.closing(bounds, timeZone, shown.now), words.amount(found.closing.balance)],
    ]),
    quiet(words.madeOf(found.closing)),
    ...(shown.pooled ? [quiet(words.shared(state.scope.kind === 'company'))] : []),
    ...(found.lines.length === 0
      ? [section(isFirst ? words.nothing : words.noMore)]
      : days.flatMap((day) => oneDay(day, found, shown))),
    ...turnButtons(
      [
        isFirst ? null : [words.newest, IDS.action.whyNewest, { of: 'days', after: null }],
        found.next === null ? null : [words.older, IDS.action.whyOlder, { of: 'days', after: found.next }],
      ],
      state,
    ),
    quiet(words.note(timeZone)),
  ]);
}

function oneDay(day: string, found: DayByDay, { state, now }: WhyShown): KnownBlock[] {
  const value = encodeWhy({ ...state, page: { of: 'day', day, after: null } });
  const total = found.dayTotals.get(day);
  return [
    {
      ...section(words.day(day, total ?? null, now)),
      accessory: button(words.each, IDS.action.whyDay, { value }),
    },
    ...lines(found.lines.filter((line) => line.day === day).map((line) => words.line(line))),
  ];
}

/** Each entry of a day with the balance after it, the oldest first. */
export function dayView(found: Explanation, shown: WhyShown): ModalView {
  const { state, person, now } = shown;
  if (state.page.of !== 'day') return whyWordsView(words.nothing);
  const { day } = state.page;
  const { timeZone } = person.company;
  return frame(shown.token, [
    section(words.dayTitle(day, label(shown, state.scope), now)),
    facts([
      [words.dayOpening, words.amount(found.opening.balance)],
      [words.dayClosing, words.amount(found.closing.balance)],
    ]),
    ...(found.entries.length === 0
      ? [section(words.nothing)]
      : lines(found.entries.map((entry) => words.entry(entry, timeZone)))),
    ...turnButtons(
      [
        [words.back, IDS.action.whyBack, { of: 'days', after: null }],
        state.page.after === null
          ? null
          : [words.first, IDS.action.whyNewest, { of: 'day', day, after: null }],
        found.next === null
          ? null
          : [words.later, IDS.action.whyOlder, { of: 'day', day, after: found.next }],
      ],
      state,
    ),
    quiet(words.note(timeZone)),
  ]);
}

type Turn = readonly [label: string, action: string, page: WhyState['page']];

function turnButtons(turns: readonly (Turn | null)[], state: WhyState): KnownBlock[] {
  const all = turns.flatMap((turn) =>
    turn === null ? [] : [button(turn[0], turn[1], { value: encodeWhy({ ...state, page: turn[2] }) })],
  );
  return all.length === 0 ? [] : [buttons(...all)];
}

/** Which period, and where there are several, whose credits. */
function choices(shown: WhyShown): ActionsBlock {
  const { state } = shown;
  const periods = WHY_PERIODS.map((period) => option(words.periods[period], period));
  const scopes = scopeOptions(shown);
  return {
    type: 'actions',
    elements: [
      one(IDS.action.whyPeriod, periods, state.period),
      ...(scopes.length < 2
        ? []
        : [
            longSelect(IDS.action.whyScope, scopes, {
              wanted: encodeScope(state.scope),
              placeholder: purchaseWords.chooseOffice,
            }),
          ]),
    ],
  };
}

/** Whose credits can be looked at, as the menu offers them. */
export function scopeOptions(shown: Pick<WhyShown, 'person' | 'scopes'>): PlainTextOption[] {
  return shown.scopes.map((scope) => option(label(shown, scope), encodeScope(scope)));
}

function label({ person, scopes }: Pick<WhyShown, 'person' | 'scopes'>, scope: Scope): string {
  const isKnown = scopes.some((one) => isSameScope(one, scope));
  return scope.kind === 'company' || !isKnown ? words.allOffices : labelScope(person, scope);
}

function frame(token: string, blocks: KnownBlock[]): ModalView {
  return modal(IDS.view.why, token, { title: words.title, blocks, close: words.close });
}
