import type { Button, KnownBlock } from '@slack/types';
import type { UsagePage, UsageQuery } from '../../../usage/index.ts';
import { usageCopy as copy } from '../../copy/index.ts';
import { escapeText } from '../../copy/mrkdwn.ts';
import { button, buttons, lines, quiet, section } from '../../kit/blocks.ts';
import { dataTable } from '../../kit/data-blocks.ts';
import { IDS } from './ids.ts';
import { encodeState, type UsageState } from './usage-state.ts';

/** A page of records as a table, with the way to the newer and the older ones. */
export function recordBlocks(page: UsagePage, query: UsageQuery, state: UsageState): KnownBlock[] {
  if (page.lines.length === 0) return [section(copy.noRecords(query))];
  return [
    section(`*${title(page, query, state)}*`),
    dataTable({
      caption: copy.recordsCaption(query),
      header: copy.recordsHeader,
      rows: page.lines.map((line) => [
        copy.when(line.usageAt, query.timeZone),
        copy.who(line),
        line.externalNumber ?? '–',
        copy.lengthOf(line),
        { value: line.cost.toNumber(), text: copy.cost(line.cost) },
        line.price ?? '–',
        copy.kindOf(line),
      ]),
      pageSize: page.lines.length,
    }),
    ...turnButtons(page, state),
    quiet(copy.zone(query.timeZone)),
  ];
}

/** The same page as lines of text, for workspaces without tables. */
export function recordLines(page: UsagePage, query: UsageQuery, state: UsageState): KnownBlock[] {
  const told = page.lines.map(
    (line) =>
      `${copy.when(line.usageAt, query.timeZone)} · ${escapeText(copy.who(line))} · ${copy.kindOf(line)} · ${escapeText(line.externalNumber ?? '–')} · ${copy.lengthOf(line)} · *${copy.cost(line.cost)}*`,
  );
  return [
    section(`*${title(page, query, state)}*`),
    ...lines(told),
    ...turnButtons(page, state),
    quiet(copy.zone(query.timeZone)),
  ];
}

function title(page: UsagePage, query: UsageQuery, { skipped }: UsageState): string {
  const [first, last] = [skipped + 1, skipped + page.lines.length];
  return copy.recordsTitle(query, { first, last, count: Math.max(last, page.count) });
}

function turnButtons(page: UsagePage, { query, turned, skipped }: UsageState): KnownBlock[] {
  const turn = (label: string, action: string, state: UsageState): Button[] => {
    const value = encodeState(state);
    return value === null ? [] : [button(label, action, { value })];
  };
  const isFirst = turned.length === 0;
  // Where the way back is forgotten, only the beginning is left.
  const canStepBack = turned.length > 1 || skipped <= RECORDS_A_PAGE;
  const all = [
    ...(isFirst ? [] : turn(copy.newest, IDS.action.usageNewest, { query, turned: [], skipped: 0 })),
    ...(isFirst || !canStepBack
      ? []
      : turn(copy.newer, IDS.action.usageNewer, {
          query,
          turned: turned.slice(0, -1),
          skipped: Math.max(0, skipped - RECORDS_A_PAGE),
        })),
    ...(page.next === null
      ? []
      : turn(copy.older, IDS.action.usageOlder, {
          query,
          turned: [...turned, page.next],
          skipped: skipped + page.lines.length,
        })),
  ];
  return all.length === 0 ? [] : [buttons(...all)];
}

export const RECORDS_A_PAGE = 15;
