/** Smallest accepted blocks, to be stretched to their limits. */
import type { Json } from '../../../../src/stand-ins/local-workspace/blocks/index.ts';

export const x = (length: number): string => 'x'.repeat(length);
export const many = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, i) => make(i));

export const plain = (text: string): Json => ({ type: 'plain_text', text });
export const mrkdwn = (text: string): Json => ({ type: 'mrkdwn', text });
export const section = (fields: Json = {}): Json => ({ type: 'section', text: plain('text'), ...fields });
export const button = (fields: Json = {}): Json => ({ type: 'button', text: plain('Go'), ...fields });
export const actions = (...elements: Json[]): Json => ({ type: 'actions', elements });
export const option = (value: string, fields: Json = {}): Json => ({
  text: plain(`Option ${value}`),
  value,
  ...fields,
});
export const select = (fields: Json = {}): Json => ({
  type: 'static_select',
  options: [option('a')],
  ...fields,
});
export const overflow = (count: number): Json => ({
  type: 'overflow',
  options: many(count, (i) => option(String(i))),
});
export const input = (element: Json, fields: Json = {}): Json => ({
  type: 'input',
  label: plain('Label'),
  element,
  ...fields,
});
export const textInput = (fields: Json = {}): Json => ({ type: 'plain_text_input', ...fields });
export const confirm = (fields: Json = {}): Json =>
  button({ confirm: { title: plain('Sure?'), text: plain('Really?'), ...fields } });
export const image = (fields: Json = {}): Json => ({
  type: 'image',
  image_url: 'https://example.com/a.png',
  alt_text: 'a',
  ...fields,
});
export const cell = (text: string): Json => ({ type: 'raw_text', text });
export const rows = (count: number, width: number): Json[][] =>
  many(count, () => many(width, () => cell('c')));
export const dataTable = (fields: Json = {}): Json => ({
  type: 'data_table',
  caption: 'Numbers',
  rows: rows(2, 2),
  ...fields,
});
export const chart = (fields: Json = {}, title = 'Usage'): Json => ({
  type: 'data_visualization',
  title,
  chart: line(1, 2, fields),
});
export const line = (seriesCount: number, categoryCount: number, axis: Json = {}): Json => {
  const categories = many(categoryCount, (i) => `c${i}`);
  return {
    type: 'line',
    series: many(seriesCount, (i) => ({
      name: `s${i}`,
      data: categories.map((label, at) => ({ label, value: at })),
    })),
    axis_config: { categories, ...axis },
  };
};
export const pie = (count: number, label = 'l'): Json => ({
  type: 'data_visualization',
  title: 'Shares',
  chart: { type: 'pie', segments: many(count, (i) => ({ label: `${label}${i}`.slice(0, 30), value: 1 })) },
});
export const modal = (fields: Json = {}): Json => ({
  type: 'modal',
  title: plain('Title'),
  submit: plain('Go'),
  blocks: [section()],
  ...fields,
});
