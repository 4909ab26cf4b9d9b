import type { ActionsBlock, KnownBlock, ModalView, PlainTextOption } from '@slack/types';
import type { Period } from '../../../calendar.ts';
import type { DayByDay, Explanation } from '../../../ledger/index.ts';
import { dollars, formatDollars, type Money } from '../../../money.ts';
import { encodeScope, isSameScope, labelScope, type Person, type Scope } from '../../../org/index.ts';
import { whyCopy as copy, purchaseCopy } from '../../copy/index.ts';
import { blockChart } from '../../kit/block-chart.ts';
import { button, buttons, facts, lines, quiet, section } from '../../kit/blocks.ts';
import { longSelect, one, option } from '../../kit/form-fields.ts';
import { modal } from '../../kit/modal.ts';
import { IDS } from './ids.ts';
import { daysInCents, entriesInCents } from './in-cents.ts';
import { encodeWhy, WHY_PERIODS, type WhyState } from './why-state.ts';

/** What every rendering needs besides the figures. */
export interface WhyShown {
  state: WhyState;
  person: Person;
  /** Whose balances this person may see, the first one shown at first. */
  scopes: readonly Scope[];
  pooled: boolean;
  now: Date;
  token: string;
}

/** A modal that only says something; null: that it is working. */
export function whyText(text: string | null): ModalView {
  return frame('', [section(text ?? copy.loading)]);
}

/** What each day did to the balance, the newest first, between what it was and what it is (R28). */
export function daysView(
  exact: DayByDay,
  shown: WhyShown & { bounds: Period; series: readonly Money[] },
): ModalView {
  const found = daysInCents(exact);
  const { state, bounds, person } = shown;
  const { timeZone } = person.company;
  const isFirst = state.page.after === null;
  const days = [...new Set(found.lines.map(({ day }) => day))];
  return frame(shown.token, [
    choices(shown),
    facts([
      [copy.opening(bounds, timeZone), formatDollars(found.opening.balance)],
      [copy.moneyIn, copy.signed(found.moneyIn)],
      [copy.moneyOut, copy.signed(found.moneyOut.negated())],
      [copy.closing(bounds, timeZone, shown.now), formatDollars(found.closing.balance)],
    ]),
    ...chartBlocks(shown),
    quiet(copy.madeOf(found.closing)),
    ...(shown.pooled ? [quiet(copy.shared(state.scope.kind === 'company'))] : []),
    ...(found.lines.length === 0
      ? [section(isFirst ? copy.nothing : copy.noMore)]
      : days.flatMap((day) => oneDay(day, found, shown))),
    ...turnButtons(
      [
        isFirst ? null : [copy.newest, IDS.action.whyNewest, { of: 'days', after: null }],
        found.next === null ? null : [copy.older, IDS.action.whyOlder, { of: 'days', after: found.next }],
      ],
      state,
    ),
    quiet(copy.note(timeZone)),
  ]);
}

/** What could be spent at the end of each day; the figures above say the same for those who hear it. */
function chartBlocks({
  series,
  bounds,
  person,
  now,
}: WhyShown & { bounds: Period; series: readonly Money[] }): KnownBlock[] {
  if (series.length < 2) return [];
  const { timeZone } = person.company;
  const drawn = blockChart({
    values: series.map((amount) => Math.max(0, amount.toNumber())),
    label: (value) => formatDollars(dollars(value.toFixed(2)), 0),
    ...copy.chartEnds(bounds, timeZone, now),
    rows: 3,
  });
  return drawn.length === 0 ? [] : [section(`\`\`\`\n${drawn.join('\n')}\n\`\`\``)];
}

function oneDay(day: string, found: DayByDay, { state, now }: WhyShown): KnownBlock[] {
  const value = encodeWhy({ ...state, page: { of: 'day', day, after: null } });
  const total = found.dayTotals.get(day);
  return [
    {
      ...section(copy.day(day, total ?? null, now)),
      accessory: button(copy.each, IDS.action.whyDay, { value }),
    },
    ...lines(found.lines.filter((line) => line.day === day).map((line) => copy.line(line))),
  ];
}

/** Each entry of a day with the balance after it, the oldest first; `receipts` by what the entries refer to. */
export function dayView(
  exact: Explanation,
  shown: WhyShown,
  receipts: ReadonlyMap<string, string>,
): ModalView {
  const found = entriesInCents(exact);
  const { state, person, now } = shown;
  if (state.page.of !== 'day') return whyText(copy.nothing);
  const { day } = state.page;
  const { timeZone } = person.company;
  return frame(shown.token, [
    section(copy.dayTitle(day, label(shown, state.scope), now)),
    facts([
      [copy.dayOpening, formatDollars(found.opening.balance)],
      [copy.dayClosing, formatDollars(found.closing.balance)],
    ]),
    ...(found.entries.length === 0
      ? [section(copy.nothing)]
      : lines(
          found.entries.map((entry) =>
            copy.entry(
              entry,
              timeZone,
              entry.source === 'purchase' ? (receipts.get(entry.reference) ?? null) : null,
            ),
          ),
        )),
    ...turnButtons(
      [
        [copy.back, IDS.action.whyBack, { of: 'days', after: null }],
        state.page.after === null
          ? null
          : [copy.first, IDS.action.whyNewest, { of: 'day', day, after: null }],
        found.next === null ? null : [copy.later, IDS.action.whyOlder, { of: 'day', day, after: found.next }],
      ],
      state,
    ),
    quiet(copy.note(timeZone)),
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
  const periods = WHY_PERIODS.map((period) => option(copy.periods[period], period));
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
              placeholder: purchaseCopy.chooseOffice,
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
  return scope.kind === 'company' || !isKnown ? copy.allOffices : labelScope(person, scope);
}

function frame(token: string, blocks: KnownBlock[]): ModalView {
  return modal(IDS.view.why, token, { title: copy.title, blocks, close: copy.close });
}
