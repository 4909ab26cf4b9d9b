import { describe, expect, it } from 'vitest';
import {
  completeBlocks,
  describeFault,
  faultsOfMessage,
  faultsOfView,
  inputFaults,
  type Json,
  mergeState,
  startState,
  viewTooLarge,
} from '../../../../src/stand-ins/local-workspace/blocks/index.ts';
import * as a from './samples.ts';

const { plain } = a;
const say = (block: Json) => faultsOfMessage([block]).map(describeFault);

describe('what Slack refuses, in its words', () => {
  it.each<[string, Json, string]>([
    [
      'an empty text',
      a.section({ text: plain('') }),
      'must be more than 0 characters [json-pointer:/blocks/0/text/text]',
    ],
    [
      'a long text',
      a.section({ text: plain(a.x(3001)) }),
      'must be less than 3001 characters [json-pointer:/blocks/0/text/text]',
    ],
    [
      'a section of nothing',
      { type: 'section' },
      'must define either `text` or `fields` [json-pointer:/blocks/0]',
    ],
    ['an unknown block', { type: 'sparkle' }, 'unsupported type: sparkle [json-pointer:/blocks/0/type]'],
    [
      'a file block',
      { type: 'file', external_id: 'a', source: 'remote' },
      'unsupported type: file [json-pointer:/blocks/0/type]',
    ],
    [
      'a field of its own',
      a.section({ colour: 'red' }),
      'invalid additional property: colour [json-pointer:/blocks/0]',
    ],
    ['a missing field', { type: 'header' }, 'missing required field: text [json-pointer:/blocks/0]'],
    [
      'mrkdwn in a header',
      { type: 'header', text: a.mrkdwn('x') },
      'unsupported type: mrkdwn [json-pointer:/blocks/0/text/type]',
    ],
    [
      'no elements',
      { type: 'actions', elements: [] },
      'no fewer than 1 items allowed [json-pointer:/blocks/0/elements]',
    ],
    [
      'a text input in actions',
      a.actions(a.textInput()),
      'unsupported type: plain_text_input [json-pointer:/blocks/0/elements/0/type]',
    ],
    [
      'an unknown style',
      a.actions(a.button({ style: 'huge' })),
      'must be a valid enum value [json-pointer:/blocks/0/elements/0/style]',
    ],
    [
      'a button in an input',
      a.input(a.button()),
      'unsupported type: button [json-pointer:/blocks/0/element/type]',
    ],
    [
      'a picture without source',
      { type: 'image', alt_text: 'a' },
      'must define either `image_url` or `slack_file` [json-pointer:/blocks/0]',
    ],
    [
      'options and groups',
      a.actions(a.select({ option_groups: [{ label: plain('g'), options: [a.option('a')] }] })),
      'must define either `options` or `option_groups` [json-pointer:/blocks/0/elements/0]',
    ],
    [
      'an initial option that is none',
      a.actions(a.select({ initial_option: a.option('z') })),
      'must exactly match one of the options provided [json-pointer:/blocks/0/elements/0/initial_option]',
    ],
    [
      'an alert in a message',
      { type: 'alert', text: plain('x') },
      'unsupported type: alert [json-pointer:/blocks/0/type]',
    ],
    [
      'a minimum over the maximum',
      a.input(a.textInput({ min_length: 5, max_length: 4 })),
      'must be less than or equal to max_length [json-pointer:/blocks/0/element/min_length]',
    ],
    [
      'a date that is none',
      a.actions({ type: 'datepicker', initial_date: 'today' }),
      'must be a valid date [json-pointer:/blocks/0/elements/0/initial_date]',
    ],
    [
      'an empty pie slice',
      {
        type: 'data_visualization',
        title: 't',
        chart: { type: 'pie', segments: [{ label: 'a', value: 0 }] },
      },
      'must be greater than 0 [json-pointer:/blocks/0/chart/segments/0/value]',
    ],
    [
      'a header row alone',
      a.dataTable({ rows: a.rows(1, 2) }),
      'no fewer than 2 items allowed [json-pointer:/blocks/0/rows]',
    ],
    [
      'uneven rows',
      a.dataTable({ rows: [[a.cell('a'), a.cell('b')], [a.cell('c')]] }),
      'must have the same number of cells as the header [json-pointer:/blocks/0/rows/1]',
    ],
  ])('%s', (_, block, words) => {
    expect(say(block)).toContain(words);
  });

  it('refuses ids that are there twice: of blocks anywhere, of actions within a block', () => {
    const twice = [a.section({ block_id: 'b' }), a.section({ block_id: 'b' })];
    expect(faultsOfMessage(twice).map(({ pointer }) => pointer)).toEqual(['/blocks/1/block_id']);
    const button = a.button({ action_id: 'go' });
    expect(faultsOfMessage([a.actions(button, button)]).map(({ pointer }) => pointer)).toEqual([
      '/blocks/0/elements/1/action_id',
    ]);
    expect(faultsOfMessage([a.actions(button), a.actions(button)])).toEqual([]);
  });

  it('refuses a chart whose series does not cover every category', () => {
    const chart = a.line(1, 2) as { series: { data: unknown[] }[] };
    chart.series[0]?.data.pop();
    expect(say({ type: 'data_visualization', title: 't', chart })).toEqual([
      'must have one value for every category [json-pointer:/blocks/0/chart/series/0/data]',
    ]);
  });
});

describe('surfaces', () => {
  const home = (block: Json) => faultsOfView({ type: 'home', blocks: [block] }, 'home');
  const modal = (block: Json) => faultsOfView(a.modal({ blocks: [block] }), 'modal');

  it.each(['table', 'data_table', 'data_visualization', 'markdown'])('%s is for messages only', (type) => {
    const samples: Record<string, Json> = {
      table: { type, rows: a.rows(1, 1) },
      data_table: a.dataTable(),
      data_visualization: a.chart(),
      markdown: { type, text: 'x' },
    };
    const block = samples[type] ?? {};
    expect(faultsOfMessage([block])).toEqual([]);
    expect(home(block)[0]?.reason).toBe(`unsupported type: ${type}`);
    expect(modal(block)[0]?.reason).toBe(`unsupported type: ${type}`);
  });

  it('alert is for modals only', () => {
    const alert = { type: 'alert', level: 'warning', text: plain('Careful') };
    expect(modal(alert)).toEqual([]);
    expect(home(alert)).toHaveLength(1);
  });

  it('a modal with inputs needs a submit button, and a title', () => {
    const { submit: _, ...silent } = a.modal({ blocks: [a.input(a.textInput())] });
    expect(faultsOfView(silent, 'modal').map(describeFault)).toEqual([
      'must define `submit` to use `input` block [json-pointer:/view/blocks/0/input]',
    ]);
    expect(faultsOfView({ type: 'modal', blocks: [] }, 'modal').map(describeFault)).toEqual([
      'missing required field: title [json-pointer:/view]',
    ]);
  });

  it('a Home tab is no modal', () => {
    expect(faultsOfView(a.modal(), 'home')).toEqual([
      { reason: 'unsupported type: modal', pointer: '/view/type' },
    ]);
  });

  it('a view is at most 250 kB', () => {
    const view = { text: '' };
    const room = 250_000 - Buffer.byteLength(JSON.stringify(view));
    expect(viewTooLarge({ text: a.x(room) })).toBe(false);
    expect(viewTooLarge({ text: a.x(room + 1) })).toBe(true);
  });
});

describe('what Slack adds', () => {
  it('makes block and action ids that are missing, and keeps those that are there', () => {
    const [first, second] = completeBlocks([
      a.actions(a.button(), a.button({ action_id: 'mine' })),
      a.section({ block_id: 'kept' }),
    ]);
    expect(first?.block_id).toMatch(/^.{5}$/);
    expect(first?.elements).toMatchObject([
      { action_id: expect.stringMatching(/^.{5}$/) },
      { action_id: 'mine' },
    ]);
    expect(second).toMatchObject({ block_id: 'kept', text: { emoji: true } });
  });
});

describe('the state of inputs', () => {
  const blocks = completeBlocks([
    a.input(a.textInput({ action_id: 'v' }), { block_id: 'text' }),
    a.input({ ...a.select({ initial_option: a.option('a') }), action_id: 'v' }, { block_id: 'menu' }),
    a.input(
      { type: 'checkboxes', options: [a.option('1'), a.option('2')], action_id: 'v' },
      { block_id: 'ticks' },
    ),
    a.input(
      { type: 'number_input', is_decimal_allowed: false, min_value: '2', action_id: 'v' },
      { block_id: 'n', optional: true },
    ),
  ]);

  it('begins with initial values, and with nothing where there are none', () => {
    expect(startState(blocks)).toMatchObject({
      text: { v: { type: 'plain_text_input', value: null } },
      menu: { v: { type: 'static_select', selected_option: { value: 'a' } } },
      ticks: { v: { type: 'checkboxes', selected_options: [] } },
      n: { v: { type: 'number_input', value: null } },
    });
  });

  it('keeps what was typed when an update keeps the ids, and forgets it when the kind changes', () => {
    const typed = mergeState(blocks, startState(blocks), { text: { v: 'hello' } });
    expect(startState(blocks, typed)).toMatchObject({ text: { v: { value: 'hello' } } });
    const other = completeBlocks([a.input({ type: 'datepicker', action_id: 'v' }, { block_id: 'text' })]);
    expect(startState(other, typed)).toEqual({ text: { v: { type: 'datepicker', selected_date: null } } });
  });

  it('drops choices that the menu does not offer', () => {
    const state = mergeState(blocks, startState(blocks), { menu: { v: 'zebra' }, ticks: { v: ['1', '2'] } });
    expect(state).toMatchObject({ menu: { v: { selected_option: { value: 'a' } } } });
    expect(state.ticks?.v?.selected_options).toHaveLength(2);
  });

  it('says under the fields what is missing or no number', () => {
    const faults = (given: unknown) => inputFaults(blocks, mergeState(blocks, {}, given));
    expect(faults({})).toEqual({
      text: 'Please complete this required field.',
      ticks: 'Please complete this required field.',
    });
    const fine = { text: { v: 'x' }, ticks: { v: ['1'] } };
    expect(faults({ ...fine, n: { v: '1.5' } })).toEqual({ n: 'Please enter a whole number.' });
    expect(faults({ ...fine, n: { v: '1' } })).toEqual({
      n: 'Please enter a number greater than or equal to 2.',
    });
    expect(faults({ ...fine, n: { v: 'two' } })).toEqual({ n: 'Please enter a valid number.' });
    expect(faults({ ...fine, n: { v: '2' } })).toEqual({});
  });
});
