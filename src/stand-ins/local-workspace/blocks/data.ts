/** Blocks that show data in messages: tables, sortable data tables and charts. */
import { blockId } from './composition.ts';
import { richText } from './rich-text.ts';
import {
  boolean,
  byType,
  type Check,
  fault,
  finiteNumber,
  integer,
  isObject,
  type Json,
  lengthOf,
  list,
  object,
  oneOf,
  optional,
  required,
  string,
} from './shapes.ts';

const type = required(string());
const some = string({ min: 1 });
const rawText = object({ type, text: required(some) });
const rawNumber = object({ type, value: required(finiteNumber), text: required(some) });
const cell = byType({ raw_text: rawText, raw_number: rawNumber, rich_text: richText });

const MAX_TABLE_CHARACTERS = 10_000;

/** Characters that the reader sees in a value: everything under a `text` key. */
function visibleLength(value: unknown): number {
  if (Array.isArray(value)) return value.reduce<number>((sum, each) => sum + visibleLength(each), 0);
  if (!isObject(value)) return 0;
  return Object.entries(value).reduce(
    (sum, [key, each]) =>
      sum + (key === 'text' && typeof each === 'string' ? lengthOf(each) : visibleLength(each)),
    0,
  );
}

const notTooMuchText: Check = (value, at, walk) => {
  if (visibleLength((value as Json).rows) > MAX_TABLE_CHARACTERS) {
    fault(walk, `must be less than ${MAX_TABLE_CHARACTERS + 1} characters in all cells`, `${at}/rows`);
  }
};

/** A table block: at most 100 rows of 20 cells. */
export const table = object(
  {
    type,
    block_id: blockId,
    rows: required(list(list(cell, { min: 1, max: 20 }), { min: 1, max: 100 })),
    column_settings: optional(
      list(object({ align: optional(oneOf('left', 'center', 'right')), is_wrapped: optional(boolean) }), {
        max: 20,
      }),
    ),
  },
  notTooMuchText,
);

const equalRows: Check = (value, at, walk) => {
  const rows = (value as Json).rows as unknown[][];
  const width = rows[0]?.length ?? 0;
  rows.forEach((row, index) => {
    if (row.length !== width)
      fault(walk, 'must have the same number of cells as the header', `${at}/rows/${index}`);
  });
  (rows[0] ?? []).forEach((header, index) => {
    if (isObject(header) && header.type === 'rich_text') {
      fault(walk, 'unsupported type: rich_text', `${at}/rows/0/${index}/type`);
    }
  });
  const headerColumn = (value as Json).row_header_column_index;
  if (typeof headerColumn === 'number' && headerColumn >= width) {
    fault(walk, `must be less than ${width}`, `${at}/row_header_column_index`);
  }
};

/** A data_table block: a header row and 1 to 100 rows of at most 20 columns, all of the header's width. */
export const dataTable = object(
  {
    type,
    block_id: blockId,
    caption: required(some),
    rows: required(list(list(cell, { min: 1, max: 20 }), { min: 2, max: 101 })),
    page_size: optional(integer(1, 100)),
    row_header_column_index: optional(integer(0)),
  },
  equalRows,
  notTooMuchText,
);

const label = string({ min: 1, max: 20 });
const positive: Check = (value, at, walk) => {
  finiteNumber(value, at, walk);
  if (typeof value === 'number' && value <= 0) fault(walk, 'must be greater than 0', at);
};
const axisTitle = optional(string({ max: 50 }));

const eachCategoryOnce: Check = (value, at, walk) => {
  const chart = value as { series: Json[]; axis_config: { categories: string[] } };
  const { categories } = chart.axis_config;
  if (new Set(categories).size !== categories.length) {
    fault(walk, 'must be unique', `${at}/axis_config/categories`);
  }
  const names = new Set<unknown>();
  chart.series.forEach((series, index) => {
    if (names.has(series.name)) fault(walk, 'must be unique', `${at}/series/${index}/name`);
    names.add(series.name);
    const labels = (series.data as Json[]).map((point) => point.label);
    const complete =
      labels.length === categories.length && categories.every((category) => labels.includes(category));
    if (!complete) fault(walk, 'must have one value for every category', `${at}/series/${index}/data`);
  });
};

const plotted = object(
  {
    type,
    series: required(
      list(
        object({
          name: required(label),
          data: required(
            list(object({ label: required(label), value: required(finiteNumber) }), { min: 1, max: 20 }),
          ),
        }),
        { min: 1, max: 12 },
      ),
    ),
    axis_config: required(
      object({
        categories: required(list(label, { min: 1, max: 20 })),
        x_label: axisTitle,
        y_label: axisTitle,
      }),
    ),
  },
  eachCategoryOnce,
);

const pie = object({
  type,
  segments: required(
    list(object({ label: required(label), value: required(positive) }), { min: 1, max: 12 }),
  ),
});

/** A data_visualization block: one chart. */
export const dataVisualization = object({
  type,
  block_id: blockId,
  title: required(string({ min: 1, max: 50 })),
  chart: required(byType({ line: plotted, bar: plotted, area: plotted, pie })),
});
