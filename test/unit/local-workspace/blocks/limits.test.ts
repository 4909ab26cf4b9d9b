import { describe, expect, it } from 'vitest';
import {
  faultsOfMessage,
  faultsOfView,
  type Json,
} from '../../../../src/stand-ins/local-workspace/blocks/index.ts';
import * as a from './samples.ts';

const { plain, mrkdwn, x, many } = a;

/** What is limited, the limit, how to build it, and where the fault of one more stands. */
type Limit = [what: string, most: number, build: (size: number) => Json, pointer: string];

const inMessages: Limit[] = [
  ['section text', 3000, (n) => a.section({ text: mrkdwn(x(n)) }), '/blocks/0/text/text'],
  ['section fields', 10, (n) => a.section({ fields: many(n, () => plain('f')) }), '/blocks/0/fields'],
  ['section field text', 2000, (n) => a.section({ fields: [mrkdwn(x(n))] }), '/blocks/0/fields/0/text'],
  ['header text', 150, (n) => ({ type: 'header', text: plain(x(n)) }), '/blocks/0/text/text'],
  ['actions', 25, (n) => a.actions(...many(n, () => a.button())), '/blocks/0/elements'],
  [
    'context elements',
    10,
    (n) => ({ type: 'context', elements: many(n, () => plain('c')) }),
    '/blocks/0/elements',
  ],
  ['block_id', 255, (n) => a.section({ block_id: x(n) }), '/blocks/0/block_id'],
  ['action_id', 255, (n) => a.actions(a.button({ action_id: x(n) })), '/blocks/0/elements/0/action_id'],
  ['button text', 75, (n) => a.actions(a.button({ text: plain(x(n)) })), '/blocks/0/elements/0/text/text'],
  ['button value', 2000, (n) => a.actions(a.button({ value: x(n) })), '/blocks/0/elements/0/value'],
  ['button url', 3000, (n) => a.actions(a.button({ url: x(n) })), '/blocks/0/elements/0/url'],
  [
    'button accessibility label',
    75,
    (n) => a.actions(a.button({ accessibility_label: x(n) })),
    '/blocks/0/elements/0/accessibility_label',
  ],
  [
    'confirm title',
    100,
    (n) => a.actions(a.confirm({ title: plain(x(n)) })),
    '/blocks/0/elements/0/confirm/title/text',
  ],
  [
    'confirm text',
    300,
    (n) => a.actions(a.confirm({ text: plain(x(n)) })),
    '/blocks/0/elements/0/confirm/text/text',
  ],
  [
    'confirm button',
    30,
    (n) => a.actions(a.confirm({ confirm: plain(x(n)) })),
    '/blocks/0/elements/0/confirm/confirm/text',
  ],
  [
    'deny button',
    30,
    (n) => a.actions(a.confirm({ deny: plain(x(n)) })),
    '/blocks/0/elements/0/confirm/deny/text',
  ],
  [
    'select options',
    100,
    (n) => a.actions(a.select({ options: many(n, (i) => a.option(String(i))) })),
    '/blocks/0/elements/0/options',
  ],
  [
    'option text',
    75,
    (n) => a.actions(a.select({ options: [a.option('a', { text: plain(x(n)) })] })),
    '/blocks/0/elements/0/options/0/text/text',
  ],
  [
    'option value',
    150,
    (n) => a.actions(a.select({ options: [a.option(x(n), { text: plain('t') })] })),
    '/blocks/0/elements/0/options/0/value',
  ],
  [
    'option description',
    75,
    (n) => a.actions(a.select({ options: [a.option('a', { description: plain(x(n)) })] })),
    '/blocks/0/elements/0/options/0/description/text',
  ],
  [
    'option groups',
    100,
    (n) =>
      a.actions({
        type: 'static_select',
        option_groups: many(n, () => ({ label: plain('g'), options: [a.option('a')] })),
      }),
    '/blocks/0/elements/0/option_groups',
  ],
  [
    'option group label',
    75,
    (n) =>
      a.actions({ type: 'static_select', option_groups: [{ label: plain(x(n)), options: [a.option('a')] }] }),
    '/blocks/0/elements/0/option_groups/0/label/text',
  ],
  [
    'select placeholder',
    150,
    (n) => a.actions(a.select({ placeholder: plain(x(n)) })),
    '/blocks/0/elements/0/placeholder/text',
  ],
  ['overflow options', 5, (n) => a.actions(a.overflow(n)), '/blocks/0/elements/0/options'],
  [
    'checkboxes',
    10,
    (n) => a.actions({ type: 'checkboxes', options: many(n, (i) => a.option(String(i))) }),
    '/blocks/0/elements/0/options',
  ],
  [
    'radio buttons',
    10,
    (n) => a.actions({ type: 'radio_buttons', options: many(n, (i) => a.option(String(i))) }),
    '/blocks/0/elements/0/options',
  ],
  ['input label', 2000, (n) => a.input(a.textInput(), { label: plain(x(n)) }), '/blocks/0/label/text'],
  ['input hint', 2000, (n) => a.input(a.textInput(), { hint: plain(x(n)) }), '/blocks/0/hint/text'],
  [
    'text input max_length',
    3000,
    (n) => a.input(a.textInput({ max_length: n })),
    '/blocks/0/element/max_length',
  ],
  [
    'text input min_length',
    3000,
    (n) => a.input(a.textInput({ min_length: n })),
    '/blocks/0/element/min_length',
  ],
  ['image alt text', 2000, (n) => a.image({ alt_text: x(n) }), '/blocks/0/alt_text'],
  ['image title', 2000, (n) => a.image({ title: plain(x(n)) }), '/blocks/0/title/text'],
  ['image url', 3000, (n) => a.image({ image_url: x(n) }), '/blocks/0/image_url'],
  ['card title', 150, (n) => ({ type: 'card', title: mrkdwn(x(n)) }), '/blocks/0/title/text'],
  [
    'card subtitle',
    150,
    (n) => ({ type: 'card', title: mrkdwn('t'), subtitle: mrkdwn(x(n)) }),
    '/blocks/0/subtitle/text',
  ],
  ['card body', 200, (n) => ({ type: 'card', body: mrkdwn(x(n)) }), '/blocks/0/body/text'],
  ['card actions', 3, (n) => ({ type: 'card', actions: many(n, () => a.button()) }), '/blocks/0/actions'],
  ['markdown', 12_000, (n) => ({ type: 'markdown', text: x(n) }), '/blocks/0/text'],
  ['table rows', 100, (n) => ({ type: 'table', rows: a.rows(n, 2) }), '/blocks/0/rows'],
  ['table cells', 20, (n) => ({ type: 'table', rows: a.rows(1, n) }), '/blocks/0/rows/0'],
  ['table characters', 10_000, (n) => ({ type: 'table', rows: [[a.cell(x(n))]] }), '/blocks/0/rows'],
  [
    'table columns set',
    20,
    (n) => ({ type: 'table', rows: a.rows(1, 1), column_settings: many(n, () => ({})) }),
    '/blocks/0/column_settings',
  ],
  ['data table rows with header', 101, (n) => a.dataTable({ rows: a.rows(n, 2) }), '/blocks/0/rows'],
  ['data table columns', 20, (n) => a.dataTable({ rows: a.rows(2, n) }), '/blocks/0/rows/0'],
  ['data table page size', 100, (n) => a.dataTable({ page_size: n }), '/blocks/0/page_size'],
  ['chart title', 50, (n) => a.chart({}, x(n)), '/blocks/0/title'],
  ['chart axis title', 50, (n) => a.chart({ x_label: x(n) }), '/blocks/0/chart/axis_config/x_label'],
  ['chart series', 12, (n) => ({ ...a.chart(), chart: a.line(n, 2) }), '/blocks/0/chart/series'],
  ['chart categories', 20, (n) => ({ ...a.chart(), chart: a.line(1, n) }), '/blocks/0/chart/series/0/data'],
  ['pie segments', 12, (n) => a.pie(n), '/blocks/0/chart/segments'],
  ['pie label', 20, (n) => a.pie(1, x(n - 1)), '/blocks/0/chart/segments/0/label'],
];

const inModals: Limit[] = [
  ['title', 24, (n) => a.modal({ title: plain(x(n)) }), '/view/title/text'],
  ['submit', 24, (n) => a.modal({ submit: plain(x(n)) }), '/view/submit/text'],
  ['close', 24, (n) => a.modal({ close: plain(x(n)) }), '/view/close/text'],
  ['private_metadata', 3000, (n) => a.modal({ private_metadata: x(n) }), '/view/private_metadata'],
  ['callback_id', 255, (n) => a.modal({ callback_id: x(n) }), '/view/callback_id'],
  ['external_id', 255, (n) => a.modal({ external_id: x(n) }), '/view/external_id'],
  ['blocks', 100, (n) => a.modal({ blocks: many(n, () => a.section()) }), '/view/blocks'],
  [
    'alert text',
    200,
    (n) => a.modal({ blocks: [{ type: 'alert', text: plain(x(n)) }] }),
    '/view/blocks/0/text/text',
  ],
];

const pointersOf = (faults: { pointer: string }[]) => faults.map(({ pointer }) => pointer);

describe('every limit holds at it and one past it', () => {
  it.each(inMessages)('message: %s ≤ %i', (_, most, build, pointer) => {
    expect(faultsOfMessage([build(most)])).toEqual([]);
    expect(pointersOf(faultsOfMessage([build(most + 1)]))).toContain(pointer);
  });

  it.each(inModals)('modal: %s ≤ %i', (_, most, build, pointer) => {
    expect(faultsOfView(build(most), 'modal')).toEqual([]);
    expect(pointersOf(faultsOfView(build(most + 1), 'modal'))).toContain(pointer);
  });

  it('message: blocks ≤ 50', () => {
    expect(faultsOfMessage(many(50, () => a.section()))).toEqual([]);
    expect(faultsOfMessage(many(51, () => a.section()))).toEqual([
      { reason: 'no more than 50 items allowed', pointer: '/blocks' },
    ]);
  });

  it('message: one table, two charts, 12,000 characters of markdown in all', () => {
    const table = { type: 'table', rows: a.rows(1, 1) };
    expect(faultsOfMessage([table])).toEqual([]);
    expect(pointersOf(faultsOfMessage([table, table]))).toEqual(['/blocks']);
    expect(faultsOfMessage([a.chart(), a.chart()])).toEqual([]);
    expect(pointersOf(faultsOfMessage([a.chart(), a.chart(), a.chart()]))).toEqual(['/blocks']);
    const half = { type: 'markdown', text: x(6000) };
    expect(faultsOfMessage([half, half])).toEqual([]);
    expect(pointersOf(faultsOfMessage([half, half, { type: 'markdown', text: 'x' }]))).toEqual(['/blocks']);
  });

  it('counts an emoji as one character', () => {
    expect(faultsOfMessage([{ type: 'header', text: plain('🙂'.repeat(150)) }])).toEqual([]);
  });
});
