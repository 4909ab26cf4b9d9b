import { expect, it } from 'vitest';
import {
  isLikeAmount,
  readTypedLines,
  readTypedPurchase,
} from '../../../src/slack/features/purchase/read-typed-purchase.ts';

const NAMES = ['San Francisco', 'New York', '100 Main', 'Zürich', 'Twin', 'Twin'];
const SCOPES = NAMES.map((label, index) => ({
  scope: { kind: 'office' as const, officeId: BigInt(index) },
  label,
}));

/** `50.00 New York`, or what is wrong. */
function read(text: string): string {
  const typed = readTypedPurchase(text, SCOPES);
  if ('fault' in typed) return `${typed.fault}: ${typed.typed}`;
  if ('unknown' in typed) return `no office ${typed.unknown}`;
  const { amount, scope } = typed;
  const office = scope === null ? '–' : (NAMES[scope.kind === 'office' ? Number(scope.officeId) : -1] ?? '?');
  return `${amount?.toFixed(2) ?? '–'} ${office}`;
}

it.each([
  ['', '– –'],
  ['50', '50.00 –'],
  ['50 New York', '50.00 New York'],
  ['50 for new york', '50.00 New York'],
  ['$50.00 dollars to “New York”', '50.00 New York'],
  ['New York', '– New York'],
  ['New York 50', '50.00 New York'],
  ['1 000', '1000.00 –'],
  ['1 000 zurich', '1000.00 Zürich'],
  ['5 100 Main', '5.00 100 Main'],
  ['50 Twin', '50.00 –'],
  ['50 Mars', 'no office Mars'],
  ['50 New', 'no office New'],
  ['1 000 Mars', 'no office Mars'],
  ['-5', 'not-positive: -5'],
  ['12.345 New York', 'too-precise: 12.345'],
  ['fifty', 'not-a-number: fifty'],
  ['1e9', 'not-a-number: 1e9'],
])(
  '`/credits add %s` is read as %s: an office counts by its whole name, and is never guessed',
  (text, what) => {
    expect(read(text)).toBe(what);
  },
);

it.each([
  ['50', true],
  ['$50', true],
  ['US$50', true],
  ['-5', true],
  ['５０', true],
  ['add', false],
  ['usage', false],
  ['$', false],
])('`/credits %s` begins an amount: %s', (word, is) => {
  expect(isLikeAmount(word)).toBe(is);
});

it.each([
  ['50 New York, 30 San Francisco', '50.00@1 30.00@0'],
  ['50 for New York and 1,000 for Zürich', '50.00@1 1000.00@3'],
  ['1,000', null],
  ['50 New York, 30', null],
  ['50 New York, 30 Mars', null],
])('`/credits add %s` is a list of offices: %s', (text, what) => {
  const lines = readTypedLines(text, SCOPES)?.map(
    ({ scope, amount }) => `${amount.toFixed(2)}@${scope.kind === 'office' ? scope.officeId : '-'}`,
  );
  expect(lines?.join(' ') ?? null).toBe(what);
});
