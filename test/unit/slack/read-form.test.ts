import { describe, expect, it } from 'vitest';
import { readForm } from '../../../src/slack/features/purchase/read-purchase-form.ts';

const typed = (other: string | null, choice = 'other', scope?: string): unknown => ({
  choice: { choice: { type: 'radio_buttons', selected_option: { value: choice } } },
  other: { other: { type: 'plain_text_input', value: other } },
  ...(scope === undefined
    ? {}
    : { scope: { scope: { type: 'static_select', selected_option: { value: scope } } } }),
});

describe('a typed amount', () => {
  it.each([
    ['0', 'Type an amount above zero.'],
    ['0.00', 'Type an amount above zero.'],
    ['-5', 'Type an amount above zero.'],
    ['−5', 'Type an amount above zero.'],
    ['1e9', 'That is not an amount. Type dollars like 50 or 12.50.'],
    ['12.345', 'Cents are the smallest part: type two decimals at most, like 12.34.'],
    ['abc', 'That is not an amount. Type dollars like 50 or 12.50.'],
    ['1,00', 'That is not an amount. Type dollars like 50 or 12.50.'],
    ['99999999999', 'That is not an amount. Type dollars like 50 or 12.50.'],
    ['', 'Type an amount in dollars, like 50.'],
    ['   ', 'Type an amount in dollars, like 50.'],
    [null, 'Type an amount in dollars, like 50.'],
  ])('of %j is refused on its field: %s', (text, sentence) => {
    expect(readForm(typed(text))).toEqual({ ok: false, errors: { other: sentence }, scope: null });
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

  it('beside another choice is not guessed at', () => {
    expect(readForm(typed('75', '50.00'))).toMatchObject({
      ok: false,
      errors: { other: expect.any(String) },
    });
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

  it.each([undefined, null, 7, 'x', {}, { choice: 'fifty' }, { choice: { choice: { selected_option: 1 } } }])(
    'is not believed when it is %j',
    (values) => {
      expect(readForm(values).ok).toBe(false);
    },
  );
});
