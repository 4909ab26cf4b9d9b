import { describe, expect, it } from 'vitest';
import type { NoticeFacts } from '../../../src/notices/index.ts';
import { balanceAlertCopy } from '../../../src/slack/copy/index.ts';

const facts: Extract<NoticeFacts, { kind: 'low_balance' }> = {
  kind: 'low_balance',
  scopeLabel: 'New York',
  scope: 'office:1',
  class: 'calls',
  level: 'out',
  available: '-12.401',
  alertAt: '5',
  toAdd: '17.41',
  token: '1',
  isRechargeOn: false,
  recovered: null,
  since: '2026-11-30T20:00:00Z',
  timeZone: 'America/New_York',
};

describe('the notice that an office is out of credits', () => {
  it('promises no stop where usage is only reported', () => {
    expect(balanceAlertCopy.interrupted(facts)).toBe(
      ':no_entry: *New York is out of credits.* Usage from now on is overdrawn and covered by the next credits. Overdrawn by $12.41.',
    );
    expect(balanceAlertCopy.interrupted({ ...facts, class: 'ai', available: '0' })).toBe(
      ':no_entry: *New York is out of AI credits.* Usage from now on is overdrawn and covered by the next credits.',
    );
  });

  it('says what is paused where the phone system enforces it', () => {
    expect(balanceAlertCopy.interrupted({ ...facts, isEnforced: true, available: '0' })).toBe(
      ':no_entry: *New York is out of credits.* Texts and paid calls are paused; local calls still work.',
    );
  });

  it('rounds down what is left, and says since when it was low once it has credits again', () => {
    expect(balanceAlertCopy.low({ ...facts, level: 'low', available: '4.629' })).toBe(
      ':warning: *New York is low:* $4.62 left (alert at $5.00). Auto-recharge is off.',
    );
    const recovered = { at: '2026-11-30T21:30:00Z', balance: '50' };
    expect(balanceAlertCopy.recovered({ ...facts, recovered })).toBe(
      ':white_check_mark: *New York has credits again.* Balance: $50.00. It was out of credits from 3:00 PM EST to 4:30 PM EST.',
    );
  });
});
