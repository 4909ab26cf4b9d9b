import type { KnownBlock } from '@slack/types';
import { dollars, formatDollars, type Money } from '../../../money.ts';
import type { UsageBreakdown } from '../../../usage/index.ts';
import { usageCopy as copy } from '../../copy/index.ts';
import { type Cell, dataTable } from '../../kit/data-blocks.ts';
import { sumOf } from './sum-of.ts';

const ROWS_A_PAGE = 10;

/** What a row sums up. */
type Row = { records: number; billedSeconds: number; cost: Money };

/** Usage by type, beside the month before; of one type alone, by person. */
export function usageTable(usage: UsageBreakdown): KnownBlock {
  const { kinds, records, cost } = usage;
  const billedSeconds = kinds.reduce((sum, kind) => sum + kind.billedSeconds, 0);
  const total = { records, billedSeconds, cost };
  return isOfOneKind(usage) ? peopleTable(usage, total) : kindsTable(usage, total);
}

/** Of one type alone, it is its users that can be told apart. */
export function isOfOneKind({ query }: UsageBreakdown): boolean {
  return query.categories?.length === 1;
}

function peopleTable({ query, people, users }: UsageBreakdown, total: Row): KnownBlock {
  const others = users - people.length;
  return dataTable({
    caption: copy.tableCaption(query),
    header: copy.peopleHeader,
    rows: [
      ...people.map((person) => [copy.nameOf(person), ...figures(person)]),
      ...(others > 0 ? [[copy.otherPeople(others), ...figures(restOf(total, people))]] : []),
      [copy.total, ...figures(total)],
    ],
    pageSize: ROWS_A_PAGE,
  });
}

function kindsTable({ query, kinds, before }: UsageBreakdown, total: Row): KnownBlock {
  const costBefore = (category: string): Money =>
    sumOf(before?.kinds.filter((kind) => kind.category === category) ?? []);
  const row = (name: string, of: Row, was: Money): Cell[] => {
    const [count, cost, minutes] = figures(of);
    return [name, count, cost, ...(before === null ? [] : [money(was)]), minutes];
  };
  return dataTable({
    caption: copy.tableCaption(query),
    header: copy.tableHeader(before === null ? null : copy.beforeLabel(before, query.timeZone)),
    rows: [
      ...kinds.map((kind) => row(copy.kindName(kind), kind, costBefore(kind.category))),
      row(copy.total, total, before?.cost ?? dollars('0')),
    ],
    pageSize: ROWS_A_PAGE,
  });
}

function restOf(total: Row, people: readonly Row[]): Row {
  return people.reduce(
    (rest, { records, billedSeconds, cost }) => ({
      records: rest.records - records,
      billedSeconds: rest.billedSeconds - billedSeconds,
      cost: rest.cost.minus(cost),
    }),
    total,
  );
}

function figures({ records, cost, billedSeconds }: Row): [Cell, Cell, Cell] {
  return [number(records), money(cost), minutesOf(billedSeconds)];
}

function number(value: number): Cell {
  return { value, text: value.toLocaleString('en-US') };
}

function money(amount: Money): Cell {
  return { value: amount.toNumber(), text: formatDollars(amount) };
}

/** A number even where there are none: a column of numbers alone is set flush right, and sorts as one. */
function minutesOf(seconds: number): Cell {
  return seconds === 0 ? { value: 0, text: '–' } : number(Math.round(seconds / 60));
}
