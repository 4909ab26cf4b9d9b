import { describe, expect, it } from 'vitest';
import { dollars, type Money } from '../../../src/money.ts';
import { usageInCents } from '../../../src/slack/features/usage/usage-in-cents.ts';
import { daysInCents } from '../../../src/slack/features/why/in-cents.ts';
import type { UsageBreakdown } from '../../../src/usage/index.ts';

const sum = (amounts: readonly Money[]): string =>
  amounts.reduce((all, amount) => all.plus(amount), dollars('0')).toFixed(2);
const zero = dollars('0');

describe('figures that are shown together add up', () => {
  const kind = (category: string, cost: string) => ({
    category,
    records: 1,
    billedSeconds: 60,
    quantity: 1,
    cost: dollars(cost),
  });
  const user = (name: string, cost: string) => ({ ...kind('', cost), name, userId: null });
  const usage = (people: UsageBreakdown['people']): UsageBreakdown => ({
    query: { from: new Date(0), to: new Date(1), timeZone: 'UTC' },
    records: 3,
    cost: dollars('3.0150'),
    kinds: [kind('domestic', '1.0050'), kind('sms', '1.0050'), kind('local', '1.0050')],
    parts: [],
    people,
    users: 3,
    before: null,
  });

  it('types of usage and all of its users come to the total to the cent', () => {
    const shown = usageInCents(usage([user('A', '1.0050'), user('B', '1.0050'), user('C', '1.0050')]));
    expect(shown.cost.toFixed(2)).toBe('3.02');
    expect(sum(shown.kinds.map(({ cost }) => cost))).toBe('3.02');
    expect(sum(shown.people.map(({ cost }) => cost))).toBe('3.02');
  });

  it('top users never come to more than the total', () => {
    const shown = usageInCents(usage([user('A', '2.0075'), user('B', '1.0065')]));
    expect(shown.people.map(({ cost }) => cost.toFixed(2))).toEqual(['2.01', '1.01']);
  });

  const balance = (amount: string, debt = '0') => ({
    walletId: 1n,
    officeId: 1n,
    seq: 1n,
    balance: dollars(amount).minus(debt),
    general: dollars(amount),
    calling: zero,
    ai: zero,
    debt: { calls: dollars(debt), ai: zero },
  });
  const line = (seq: bigint, amount: string) => ({
    day: '2026-11-03',
    seq,
    type: 'usage' as const,
    class: 'calls' as const,
    category: 'sms',
    entries: 2,
    amount: dollars(amount),
    parts: { general: dollars(amount), calling: zero, ai: zero, debt: zero },
    actor: null,
    reason: null,
  });

  it('a balance history comes from its opening to its closing balance, a day of it on two pages alike', () => {
    const found = {
      opening: balance('10.0075'),
      closing: balance('9.9850'),
      moneyIn: zero,
      moneyOut: dollars('0.0225'),
      dayTotals: new Map([['2026-11-03', dollars('-0.0225')]]),
      dayEnds: new Map([['2026-11-03', dollars('9.9850')]]),
      lines: [line(3n, '-0.0075'), line(2n, '-0.0075'), line(1n, '-0.0075')],
      next: null,
    };
    const shown = daysInCents(found);
    expect([shown.opening, shown.closing].map(({ balance }) => balance.toFixed(2))).toEqual([
      '10.00',
      '9.98',
    ]);
    expect(shown.moneyOut.toFixed(2)).toBe('0.02');
    expect(shown.dayTotals.get('2026-11-03')?.toFixed(2)).toBe('-0.02');
    expect(shown.lines.map(({ amount }) => amount.toFixed(2))).toEqual(['0.00', '-0.01', '-0.01']);
    // What comes to less than a cent still names its credits.
    expect(shown.lines[0]?.parts.general.isZero()).toBe(false);
    const part = daysInCents({ ...found, lines: found.lines.slice(0, 1) });
    expect(part.dayTotals).toEqual(shown.dayTotals);
    expect(part.lines).toHaveLength(1);
  });

  it('what is overdrawn is rounded away from zero, and its parts come to it', () => {
    const found = { opening: balance('0'), closing: balance('0.004', '3.201'), moneyIn: zero };
    const shown = daysInCents({
      ...found,
      moneyOut: dollars('3.197'),
      dayTotals: new Map(),
      dayEnds: new Map(),
      lines: [],
      next: null,
    }).closing;
    expect(shown.balance.toFixed(2)).toBe('-3.20');
    expect(shown.general.minus(shown.debt.calls).toFixed(2)).toBe('-3.20');
  });
});
