import { expect, it } from 'vitest';
import { moneyBackCopy } from '../../../src/slack/copy/index.ts';

const refund = {
  kind: 'refund',
  state: 'refunded',
  amount: '50.00',
  paid: '50.00',
  receipt: 'R-000123',
  ownReceipt: 'R-000123-1',
  card: { brand: 'visa', last4: '4242' },
  taken: '50.00',
  scopeLabel: 'New York',
  pausedToken: null,
  at: '2026-11-29T20:00:00.000Z',
  timeZone: 'UTC',
} as const;

it('a refund is named by its receipt, with what it took and whose auto-recharge it paused', () => {
  expect(moneyBackCopy.refund(refund)).toMatch(/\$50\.00 was refunded.* for R-000123\. \$50\.00 of credits/);
  expect(moneyBackCopy.refund({ ...refund, amount: '10.00' })).toContain('$10.00 of $50.00 was refunded');
  expect(moneyBackCopy.refund({ ...refund, pausedToken: '7' })).toContain(
    'Auto-recharge is paused: $50.00 was refunded.',
  );
  expect(moneyBackCopy.refund({ ...refund, state: 'returned' })).toContain('were added back');
  expect(moneyBackCopy.refund({ ...refund, receipt: '' })).toContain('for the payment of $50.00');
});

it('a payment that was refunded as it came through late is told with the reason', () => {
  const facts = {
    kind: 'late_refund',
    reason: 'too_late',
    amount: '50.00',
    reference: 'P-000123',
    card: refund.card,
    scopeLabel: 'New York',
    at: refund.at,
    timeZone: 'UTC',
  } as const;
  expect(moneyBackCopy.lateRefund(facts)).toMatch(
    /Your \$50\.00 payment .* went through late, more than 7 days after .* It was refunded/,
  );
  expect(moneyBackCopy.lateRefund({ ...facts, reason: 'replaced' })).toContain(
    'after the purchase was closed',
  );
});

it('a payment that could not be confirmed is told as such, and how it ended, without a claim that nobody knows', () => {
  const facts = {
    kind: 'payment_unconfirmed',
    state: 'checking',
    pausesRecharge: true,
    amount: '50.00',
    reference: 'P-000123',
    card: refund.card,
    scopeLabel: 'New York',
    at: refund.at,
    timeZone: 'UTC',
  } as const;
  expect(moneyBackCopy.unconfirmed(facts)).toMatch(
    /We couldn’t confirm a payment.*\$50\.00.*Auto-recharge is paused until we know\. Please don’t pay again/,
  );
  expect(moneyBackCopy.unconfirmed({ ...facts, pausesRecharge: false })).not.toContain('Auto-recharge');
  expect(moneyBackCopy.unconfirmed({ ...facts, state: 'not_paid' })).toContain('You weren’t charged.');
  for (const state of ['checking', 'unconfirmed'] as const)
    expect(moneyBackCopy.unconfirmed({ ...facts, state })).not.toMatch(
      /weren’t charged|(?<!no credits )were added/,
    );
});

it('an inquiry is told as a question that pauses nothing', () => {
  const facts = {
    kind: 'dispute',
    amount: '50.00',
    receipt: 'R-000123',
    invoice: null,
    at: refund.at,
    timeZone: 'UTC',
  } as const;
  expect(moneyBackCopy.dispute({ ...facts, state: 'inquiry' })).toMatch(
    /asking about .*\(R-000123\)\. Nothing is paused/,
  );
  expect(moneyBackCopy.dispute({ ...facts, state: 'open' })).toContain('are paused');
  const invoice = { ...facts, receipt: '', invoice: 'INV-2026-0001' };
  expect(moneyBackCopy.dispute({ ...invoice, state: 'inquiry' })).toMatch(
    /for invoice INV-2026-0001\. Nothing/,
  );
  for (const state of ['open', 'lost', 'won', 'closed'] as const)
    expect(moneyBackCopy.dispute({ ...invoice, state }), state).not.toMatch(
      /are paused|credits were taken|go on/,
    );
});
