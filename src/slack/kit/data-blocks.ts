import type { KnownBlock } from '@slack/types';
import type { Money } from '../../money.ts';
import { shorten } from '../copy/mrkdwn.ts';
import { unbroken } from './unbroken.ts';

/** Charts and sortable tables, which Slack's own types do not know yet. Messages only; a workspace may not have them. */
const DATA_TYPES = new Set(['data_visualization', 'data_table']);

/** What Slack takes: points and series of a chart, characters of all cells of a table. */
export const MAX_CHART_SERIES = 6;
const LABEL = 20;

export type Cell = string | { value: number; text: string };

/** Bars over shared labels; every series has a value for each of them. */
export function barChart(chart: {
  title: string;
  labels: readonly string[];
  series: readonly { name: string; values: readonly number[] }[];
  xLabel?: string;
  yLabel: string;
}): KnownBlock {
  const labels = chart.labels.map((label) => shorten(unbroken(label), LABEL));
  return asBlock({
    type: 'data_visualization',
    title: chart.title,
    chart: {
      type: 'bar',
      series: chart.series.slice(0, MAX_CHART_SERIES).map(({ name, values }) => ({
        name: shorten(unbroken(name), LABEL),
        data: labels.map((label, index) => ({ label, value: values[index] ?? 0 })),
      })),
      axis_config: {
        categories: labels,
        ...(chart.xLabel === undefined ? {} : { x_label: chart.xLabel }),
        y_label: chart.yLabel,
      },
    },
  });
}

/** An amount as a chart draws it. */
export function inDollars(amount: Money): number {
  return Number(amount.toFixed(2));
}

/** A table under its header; at least one row. */
export function dataTable(table: {
  caption: string;
  header: readonly string[];
  rows: readonly (readonly Cell[])[];
  pageSize: number;
}): KnownBlock {
  const cell = (each: Cell) =>
    typeof each === 'string'
      ? { type: 'raw_text', text: unbroken(each) || '–' }
      : { type: 'raw_number', ...each };
  return asBlock({
    type: 'data_table',
    caption: table.caption,
    page_size: table.pageSize,
    rows: [table.header, ...table.rows].map((row) => row.map(cell)),
  });
}

/** The same message where charts and tables are unknown: its texts say it all. */
export function withoutData(blocks: readonly KnownBlock[]): KnownBlock[] {
  return blocks.filter(({ type }) => !DATA_TYPES.has(type));
}

/** The one place where the newer blocks are told to be blocks. */
function asBlock(block: object): KnownBlock {
  return block as KnownBlock;
}
