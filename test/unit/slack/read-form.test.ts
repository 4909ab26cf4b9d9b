import { describe, expect, it } from 'vitest';
import { readForm } from '../../../src/slack/features/purchase/read-purchase-form.ts';

const typed = (other: string | null, choice?: string, scope?: string): unknown => ({
  ...(choice === undefined
    ? {}
    : { choice: { choice: { type: 'radio_buttons', selected_option: { value: choice } } } }),
  other: { other: { type: 'plain_text_input', value: other } },
  ...(scope === undefined
    ? {}
    : { scope: { scope: { type: 'static_select', selected_option: { value: scope } } } }),
});

describe('a typed amount', () => {
  it.each([
    ['0', 'Enter an amount above zero.'],
    ['0.00', 'Enter an amount above zero.'],
    ['-5', 'Enter an amount above zero.'],
    ['−5', 'Enter an amount above zero.'],
    ['1e9', 'Enter a dollar amount, like 50 or 12.50.'],
    ['12.345', 'Use at most two decimal places, like 12.34.'],
    ['abc', 'Enter a dollar amount, like 50 or 12.50.'],
    ['1,00', 'Enter a dollar amount, like 50 or 12.50.'],
    ['99999999999', 'Enter a dollar amount, like 50 or 12.50.'],
    ['', 'Enter a dollar amount, like 50 or 12.50.'],
    ['   ', 'Enter a dollar amount, like 50 or 12.50.'],
    [null, 'Enter a dollar amount, like 50 or 12.50.'],
  ])('of %j is refused on its field: %s', (text, sentence) => {
    expect(readForm(typed(text))).toEqual({
      ok: false,
      errors: { other: sentence },
      scope: null,
      cardId: null,
    });
  });

  it.each([
    ['50', '50'],
    ['５０', '50'],
    [' $50 ', '50'],
    ['$1,000.00', '1000'],
    ['12.5', '12.5'],
  ])('of %j is taken as %s', (text, amount) => {
    const read = readForm(typed(text));
    expect(read.ok && read.amount.toString()).toBe(amount);
  });

  it('wins over a preset, and one that is wrong is told on its own field', () => {
    const read = readForm(typed('75', '50.00'));
    expect(read.ok && read.amount.toString()).toBe('75');
    expect(readForm(typed('x', '50.00'))).toMatchObject({ ok: false, errors: { other: expect.any(String) } });
  });
});

describe('what a form holds', () => {
  it('names whose credits, or leaves it to the one there is', () => {
    expect(readForm(typed(null, '50.00', 'office:12'))).toMatchObject({
      scope: { kind: 'office', officeId: 12n },
    });
    expect(readForm(typed(null, '50.00', 'company'))).toMatchObject({ scope: { kind: 'company' } });
    expect(readForm(typed(null, '50.00'))).toMatchObject({ scope: null });
  });

  it('names another card than the default one', () => {
    const card = (value: string) => ({
      ...(typed(null, '50.00') as object),
      pay_card: { pay_card: { selected_option: { value } } },
    });
    expect(readForm(card('card:12'))).toMatchObject({ ok: true, cardId: 12n });
    for (const value of ['default', 'card:', 'card:1x'])
      expect(readForm(card(value))).toMatchObject({ cardId: null });
  });

  it.each([undefined, null, 7, 'x', {}, { choice: 'fifty' }, { choice: { choice: { selected_option: 1 } } }])(
    'is not believed when it is %j',
    (values) => {
      expect(readForm(values).ok).toBe(false);
    },
  );
});
