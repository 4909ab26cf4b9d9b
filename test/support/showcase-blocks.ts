/** Blocks and modals that use everything which the page can draw. */
import type { Block, KnownBlock, View } from '@slack/types';
import { plain } from './slack-workspace.ts';

/** Blocks that Slack's own types do not all know yet. */
export type Blocks = (Block | KnownBlock)[];

const option = (text: string, value = text) => ({ text: plain(text), value });
const mrkdwn = (text: string) => ({ type: 'mrkdwn' as const, text });
const button = (text: string, more: object = {}) => ({
  type: 'button' as const,
  action_id: text,
  text: plain(text),
  ...more,
});
const series = (name: string, values: readonly number[]) => ({
  name,
  data: values.map((value, index) => ({ label: `Week ${index + 1}`, value })),
});
const axes = { categories: ['Week 1', 'Week 2', 'Week 3'], y_label: 'Dollars', x_label: 'November' };

/** One row of every element that acts at once. */
export const actions = {
  type: 'actions',
  block_id: 'actions',
  elements: [
    button('Do it', { style: 'primary' }),
    button('Stop', {
      style: 'danger',
      confirm: {
        title: plain('Stop it?'),
        text: mrkdwn('It stops *at once*.'),
        confirm: plain('Stop it'),
        deny: plain('Go on'),
        style: 'danger',
      },
    }),
    button('Read more', { url: 'https://example.com/' }),
    {
      type: 'static_select',
      action_id: 'kind',
      placeholder: plain('Kind'),
      options: [option('Calls'), option('Texts')],
    },
    { type: 'datepicker', action_id: 'day', initial_date: '2026-11-24' },
    { type: 'overflow', action_id: 'more', options: [option('Hide'), option('Pin')] },
  ],
};

/** More choices than a list shows at once. */
const many = Array.from({ length: 60 }, (_, index) => option(`Office ${index + 1}`));

/** Every kind of text and layout. */
export const textBlocks = [
  { type: 'header', text: plain('Everything that is drawn :tada:') },
  {
    type: 'section',
    text: mrkdwn('*Bold*, _italic_, ~gone~, `code`, <https://example.com|a link>\n> quoted\n```\nfixed\n```'),
    accessory: {
      type: 'checkboxes',
      action_id: 'ticks',
      options: [{ ...option('One'), description: plain('the first') }, option('Two')],
    },
  },
  { type: 'section', fields: [mrkdwn('*Left*\n$1.00'), mrkdwn('*Right*\n$2.00')] },
  { type: 'divider' },
  {
    type: 'rich_text',
    elements: [
      {
        type: 'rich_text_section',
        elements: [
          { type: 'text', text: 'Rich', style: { bold: true } },
          { type: 'emoji', name: 'wave' },
        ],
      },
      {
        type: 'rich_text_list',
        style: 'ordered',
        elements: [{ type: 'rich_text_section', elements: [{ type: 'text', text: 'first' }] }],
      },
    ],
  },
  { type: 'markdown', text: '## Markdown\n\n- **strong**\n- [link](https://example.com)\n' },
  {
    type: 'card',
    title: plain('A card'),
    subtitle: plain('below it'),
    body: plain('Its body.'),
    actions: [button('Choose')],
  },
  actions,
  { type: 'context', elements: [mrkdwn('as of *now*')] },
] as unknown[] as Blocks;

/** Charts and tables. */
export const dataBlocks = [
  {
    type: 'data_visualization',
    title: 'Cost by week',
    chart: {
      type: 'bar',
      series: [series('Calls', [40, 62, 88]), series('Texts', [12, 20, 9])],
      axis_config: axes,
    },
  },
  {
    type: 'data_visualization',
    title: 'Where it went',
    chart: {
      type: 'pie',
      segments: [
        { label: 'International', value: 180 },
        { label: 'Toll-free', value: 90 },
        { label: 'Texts', value: 50 },
      ],
    },
  },
  {
    type: 'data_table',
    caption: 'Top people',
    page_size: 2,
    row_header_column_index: 0,
    rows: [
      ['Person', 'Cost'].map((text) => ({ type: 'raw_text', text })),
      ...[
        ['Ana', 98],
        ['Li', 640],
        ['Sam', 51],
      ].map(([name, value]) => [
        { type: 'raw_text', text: name },
        { type: 'raw_number', value, text: `$${value}.00` },
      ]),
    ],
  },
] as unknown[] as Blocks;

/** More charts, and a plain table. */
export const moreData = [
  {
    type: 'data_visualization',
    title: 'Balance',
    chart: { type: 'area', series: [series('General', [300, 210, 250])], axis_config: axes },
  },
  {
    type: 'data_visualization',
    title: 'Pace',
    chart: {
      type: 'line',
      series: [series('Calls', [3, -1, 4]), series('Texts', [1, 1, 2])],
      axis_config: axes,
    },
  },
  {
    type: 'table',
    column_settings: [{}, { align: 'right' }],
    rows: [
      ['Kind', 'Cost'],
      ['Calls', '$1.00'],
    ].map((row) => row.map((text) => ({ type: 'raw_text', text }))),
  },
] as unknown[] as Blocks;

const input = (blockId: string, label: string, element: object, more: object = {}) => ({
  type: 'input',
  block_id: blockId,
  label: plain(label),
  element: { action_id: 'field', ...element },
  ...more,
});

/** A form with every kind of field. */
export const form = (note = 'Fill this in'): View =>
  ({
    type: 'modal',
    callback_id: 'form',
    title: plain('A form'),
    submit: plain('Review'),
    close: plain('Cancel'),
    blocks: [
      { type: 'section', block_id: 'note', text: mrkdwn(note) },
      input('for', 'For', {
        type: 'static_select',
        options: [option('Company-wide'), option('Oakland'), ...many],
        initial_option: option('Company-wide'),
      }),
      input(
        'amount',
        'Amount',
        { type: 'plain_text_input', placeholder: plain('0.00'), focus_on_load: true },
        { hint: plain('Between $5.00 and $1,000.00.') },
      ),
      input(
        'pace',
        'Pace',
        { type: 'radio_buttons', options: [option('Now'), option('Later')] },
        { optional: true },
      ),
      input(
        'count',
        'Count',
        { type: 'number_input', is_decimal_allowed: false, min_value: '1', max_value: '9' },
        { optional: true },
      ),
      input('people', 'People', { type: 'multi_users_select' }, { optional: true }),
      input(
        'words',
        'Words',
        { type: 'plain_text_input', multiline: true, max_length: 30 },
        { optional: true },
      ),
      { type: 'actions', block_id: 'inside', elements: [button('Change the note')] },
      { type: 'alert', text: mrkdwn('*Nothing* is charged yet.'), level: 'info' },
    ],
  }) as unknown as View;

/** What is pushed above the form. */
export const review = (amount: string): View => ({
  type: 'modal',
  callback_id: 'review',
  title: plain('Review'),
  submit: plain('Confirm'),
  close: plain('Back'),
  blocks: [{ type: 'section', text: mrkdwn(`Charged now *$${amount}*`) }],
});
