import type { KnownBlock } from '@slack/types';
import { encodeQuery, type UsageBreakdown } from '../../../usage/index.ts';
import { usageCopy as copy } from '../../copy/index.ts';
import { button, buttons, lines, quiet, section } from '../../kit/blocks.ts';
import { LINK_IDS } from '../../links.ts';
import { IDS } from './ids.ts';
import { usageChart } from './usage-chart.ts';
import { encodeState, firstPage } from './usage-state.ts';
import { isOfOneKind, usageTable } from './usage-table.ts';

/** How many of the top users are listed below the sums. */
const TOP_PEOPLE = 5;

/** Usage of a period (R25), as a chart and a table. `only`: what it is narrowed to, in copy; `bar`: what narrows it. */
export function usageBlocks(usage: UsageBreakdown, only: readonly string[], bar: KnownBlock[]): KnownBlock[] {
  return around(usage, only, [...usageChart(usage), ...bar, usageTable(usage)]);
}

/** The same in words, for workspaces without charts and tables. */
export function usageLines(usage: UsageBreakdown, only: readonly string[], bar: KnownBlock[]): KnownBlock[] {
  const said = isOfOneKind(usage)
    ? usage.people.map((person) => copy.personLine(person))
    : usage.kinds.map((kind) => copy.kindLine(kind));
  return around(usage, only, [...bar, ...lines(said)]);
}

function around(usage: UsageBreakdown, only: readonly string[], shown: KnownBlock[]): KnownBlock[] {
  const { query } = usage;
  const isTopShown =
    !isOfOneKind(usage) && query.memberIds?.length !== 1 && usage.people.some(({ name }) => name !== null);
  return [
    section(copy.headline(usage)),
    ...(only.length === 0 ? [] : [quiet(copy.only(only))]),
    ...shown,
    ...(isTopShown
      ? lines([
          `*${copy.topPeople}*`,
          ...usage.people.slice(0, TOP_PEOPLE).map((person) => copy.personLine(person)),
        ])
      : []),
    ...usageButtons(usage),
    quiet(copy.zone(query.timeZone)),
  ];
}

function usageButtons({ query }: UsageBreakdown): KnownBlock[] {
  const { timeZone: _, ...asked } = query;
  const records = encodeState(firstPage(asked));
  if (records === null) return [];
  const exported = encodeQuery(asked);
  return [
    buttons(
      button(copy.showRecords, IDS.action.usageRecords, { value: records, primary: true }),
      ...(exported === null ? [] : [button(copy.exportCsv, LINK_IDS.usageExportOpen, { value: exported })]),
    ),
  ];
}
