import type { KnownBlock } from '@slack/types';
import { formatDollars, type Money } from '../../../money.ts';
import { encodeQuery, type UsageBreakdown } from '../../../usage/index.ts';
import { formatDays } from '../../copy/format.ts';
import { usageCopy as copy } from '../../copy/index.ts';
import { button, buttons, lines, quiet, section } from '../../kit/blocks.ts';
import { barChart, dataTable } from '../../kit/data-blocks.ts';
import { LINKS } from '../../links.ts';
import { IDS } from './ids.ts';
import { encodeState } from './usage-state.ts';

/** Usage of a period (R25), as a chart and a table. `only`: what it is narrowed to, in copy. */
export function usageBlocks(usage: UsageBreakdown, only: readonly string[]): KnownBlock[] {
  return around(usage, only, [...chart(usage), table(usage)]);
}

/** The same in words, for workspaces without charts and tables. */
export function usageLines(usage: UsageBreakdown, only: readonly string[]): KnownBlock[] {
  return around(usage, only, lines(usage.kinds.map((kind) => copy.kindLine(kind))));
}

function around(usage: UsageBreakdown, only: readonly string[], shown: KnownBlock[]): KnownBlock[] {
  const { query } = usage;
  return [
    section(copy.headline(usage)),
    ...(only.length === 0 ? [] : [quiet(copy.only(only))]),
    ...shown,
    ...(usage.people.some(({ name }) => name !== null)
      ? lines([`*${copy.topPeople}*`, ...usage.people.map((person) => copy.personLine(person))])
      : []),
    ...usageButtons(usage),
    quiet(copy.zone(query.timeZone)),
  ];
}

function chart({ query, kinds, parts, cost }: UsageBreakdown): KnownBlock[] {
  const shown = kinds.filter((kind) => !kind.cost.isZero());
  if (cost.isZero() || parts.length < 2) return [];
  const labels = parts.map(({ from, to }) =>
    formatDays(from, to, query.timeZone)
      .replace(/, \d{4}/g, '')
      .replaceAll(' – ', '–'),
  );
  const series = shown.map(({ category }) => ({
    name: copy.kindName({ category }),
    values: parts.map((part) =>
      Number(part.kinds.find((kind) => kind.category === category)?.cost.toFixed(2) ?? 0),
    ),
  }));
  return [barChart({ title: copy.chartTitle(query), labels, series, yLabel: copy.dollarsAxis })];
}

function table({ query, kinds, records, cost }: UsageBreakdown): KnownBlock {
  const number = (value: number) => ({ value, text: value.toLocaleString('en-US') });
  // A number even where there are none: a column of numbers alone is set flush right, and sorts as one.
  const minutes = (seconds: number) =>
    seconds === 0 ? { value: 0, text: '–' } : number(Math.round(seconds / 60));
  const row = (name: string, of: { records: number; billedSeconds: number; cost: Money }) => [
    name,
    number(of.records),
    { value: of.cost.toNumber(), text: formatDollars(of.cost) },
    minutes(of.billedSeconds),
  ];
  const billedSeconds = kinds.reduce((sum, kind) => sum + kind.billedSeconds, 0);
  return dataTable({
    caption: copy.tableCaption(query),
    header: copy.tableHeader,
    rows: [
      ...kinds.map((kind) => row(copy.kindName(kind), kind)),
      row(copy.total, { records, billedSeconds, cost }),
    ],
    pageSize: 10,
  });
}

function usageButtons({ query }: UsageBreakdown): KnownBlock[] {
  const { timeZone: _, ...asked } = query;
  const records = encodeState({ query: asked, turned: [], skipped: 0 });
  if (records === null) return [];
  const exported = encodeQuery(asked);
  return [
    buttons(
      button(copy.showRecords, IDS.action.usageRecords, { value: records, primary: true }),
      ...(exported === null ? [] : [button(copy.exportCsv, LINKS.usageExportOpen, { value: exported })]),
    ),
  ];
}
