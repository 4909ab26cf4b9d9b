import type { Button, KnownBlock } from '@slack/types';
import { encodeQuery, type UsagePage, type UsageQuery } from '../../../usage/index.ts';
import { usageCopy as copy } from '../../copy/index.ts';
import { escapeText } from '../../copy/mrkdwn.ts';
import { button, buttons, lines, quiet, section } from '../../kit/blocks.ts';
import { dataTable } from '../../kit/data-blocks.ts';
import { LINK_IDS } from '../../links.ts';
import { filterBar, type Narrowing, narrowedTo } from './filter-bar.ts';
import { IDS } from './ids.ts';
import { encodeState, firstPage, type UsageState } from './usage-state.ts';

/** A page of records, and what is needed around it. */
interface ShownPage {
  page: UsagePage;
  query: UsageQuery;
  state: UsageState;
  narrowing: Narrowing;
  /** For how many months the company keeps phone numbers; null: for good. */
  retentionMonths: number | null;
}

/** A page of records as a table, with the way to the newer and the older ones. */
export function recordBlocks(shown: ShownPage): KnownBlock[] {
  const { page, query } = shown;
  const isOfOneKind = query.categories?.length === 1;
  return around(shown, [
    dataTable({
      caption: copy.recordsCaption(query),
      header: copy.recordsHeader(isOfOneKind),
      rows: page.lines.map((line) => [
        copy.when(line.usageAt, query.timeZone),
        copy.who(line),
        copy.otherNumber(line),
        { value: line.cost.toNumber(), text: copy.cost(line.cost) },
        copy.lengthOf(line),
        copy.rate(line.price),
        ...(isOfOneKind ? [] : [copy.kindOf(line)]),
      ]),
      pageSize: page.lines.length,
    }),
  ]);
}

/** The same page as lines of text, for workspaces without tables. */
export function recordLines(shown: ShownPage): KnownBlock[] {
  const { page, query } = shown;
  const told = page.lines.map(
    (line) =>
      `${copy.when(line.usageAt, query.timeZone)} · ${escapeText(copy.who(line))} · ${copy.kindOf(line)} · ${escapeText(copy.otherNumber(line))} · ${copy.lengthOf(line)} · *${copy.cost(line.cost)}*`,
  );
  return around(shown, lines(told));
}

/** Why numbers of the page are missing. */
function removedNote({ lines: records }: UsagePage, months: number | null): string[] {
  return months !== null && records.some(({ areNumbersErased }) => areNumbersErased)
    ? [copy.removedAfter(months)]
    : [];
}

function around(
  { page, query, state, narrowing, retentionMonths }: ShownPage,
  records: KnownBlock[],
): KnownBlock[] {
  const only = narrowedTo(narrowing, state.query);
  const isEmpty = page.lines.length === 0;
  return [
    section(isEmpty ? copy.noRecords(query) : `*${title(page, query, state)}*`),
    ...(only.length === 0 ? [] : [quiet(copy.only(only))]),
    ...filterBar(narrowing, state.query, 'records'),
    ...(isEmpty ? [] : records),
    ...pageButtons(page, state),
    ...(isEmpty ? [] : [quiet([copy.zone(query.timeZone), ...removedNote(page, retentionMonths)].join(' '))]),
  ];
}

function title(page: UsagePage, query: UsageQuery, { skipped }: UsageState): string {
  const [first, last] = [skipped + 1, skipped + page.lines.length];
  return copy.recordsTitle(query, { first, last, count: Math.max(last, page.count) });
}

function pageButtons(page: UsagePage, { query, turned, skipped }: UsageState): KnownBlock[] {
  const turn = (label: string, action: string, state: UsageState): Button[] => {
    const value = encodeState(state);
    return value === null ? [] : [button(label, action, { value })];
  };
  const isFirst = turned.length === 0;
  // Where the way back is forgotten, only the beginning is left.
  const canStepBack = turned.length > 1 || skipped <= RECORDS_PER_PAGE;
  const all = [
    ...(isFirst ? [] : turn(copy.newest, IDS.action.usageNewest, firstPage(query))),
    ...(isFirst || !canStepBack
      ? []
      : turn(copy.newer, IDS.action.usageNewer, {
          query,
          turned: turned.slice(0, -1),
          skipped: Math.max(0, skipped - RECORDS_PER_PAGE),
        })),
    ...(page.next === null
      ? []
      : turn(copy.older, IDS.action.usageOlder, {
          query,
          turned: [...turned, page.next],
          skipped: skipped + page.lines.length,
        })),
  ];
  const asked = encodeQuery(query);
  const onward =
    asked === null
      ? []
      : [
          button(copy.summary, IDS.action.usageSums, { value: asked }),
          ...(page.lines.length === 0
            ? []
            : [button(copy.exportCsv, LINK_IDS.usageExportOpen, { value: asked })]),
        ];
  return all.length + onward.length === 0 ? [] : [buttons(...all, ...onward)];
}

export const RECORDS_PER_PAGE = 15;
