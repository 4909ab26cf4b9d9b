import { describe, expect, it } from 'vitest';
import { AUDIT_ACTIONS } from '../../../src/org/audit-actions.ts';
import { AUDIT_AREAS, type ListedAudit } from '../../../src/org/index.ts';
import { auditCopy } from '../../../src/slack/copy/index.ts';

const NAMES = {
  offices: new Map([
    ['1', 'New York'],
    ['2', 'Boston'],
  ]),
  wallets: new Map([['7', 'New York']]),
  people: new Map([['U1', 'Ana Ruiz']]),
};
const VIEWER = { timeZone: 'UTC', now: new Date('2026-11-23T22:14:00Z') };

const entry = (action: string, details: Record<string, unknown> = {}, actor = 'T1/U1'): ListedAudit => ({
  id: 1n,
  at: new Date('2026-11-23T22:14:00Z'),
  actor,
  surface: 'slack',
  action,
  reason: null,
  details,
});
const plain = (...of: Parameters<typeof entry>): string => auditCopy.plainSentence(entry(...of), NAMES);

describe('the audit in sentences', () => {
  it('has one for each action that reads well even where nothing of it was recorded', () => {
    const all = AUDIT_AREAS.flatMap((area) => AUDIT_ACTIONS[area] as readonly string[]);
    expect(new Set(all).size).toBe(all.length);
    for (const action of all) {
      expect(plain(action), action).not.toMatch(/undefined|null|NaN|\[object|\$$| {2}| ,/);
      expect(plain(action), action).toMatch(/^[A-Z]/);
    }
  });

  it('says who, what and for which office, with amounts and cards as everywhere else', () => {
    expect(plain('purchase-confirmed', { amount: '50.00', method: 'card', card: 'visa 4242' })).toBe(
      'Ana Ruiz bought $50.00 of credits with Visa •••• 4242',
    );
    expect(plain('credits-moved', { amount: '20.00', from: '1', to: '2' })).toBe(
      'Ana Ruiz moved $20.00 from New York to Boston',
    );
    expect(
      plain('recharge-set', { wallet: '7', isOn: true, threshold: '10.00', amount: '50.00', cap: '200.00' }),
    ).toBe('Ana Ruiz set auto-recharge for New York: $50.00 when below $10.00, at most $200.00 a month');
    expect(
      plain('settings-changed', { approval_limit: '500.00 → none', 'alert_calls 7': 'none → 25.00' }),
    ).toBe(
      'Ana Ruiz changed the approval limit from $500.00 to none; the low-balance alert of New York from none to $25.00',
    );
    expect(
      plain('role-granted', { userId: 'U9', role: 'office_admin', place: 'Boston' }, 'operator:eve'),
    ).toBe('Your provider made U9 office admin for Boston');
  });

  it('never lets what others wrote become marks or mentions', () => {
    const line = auditCopy.line(
      { ...entry('company-added', { name: '<!channel> *Acme*' }), reason: '<@U2> `x`' },
      NAMES,
      VIEWER,
    );
    expect(line).not.toMatch(/<!channel>|<@U2>|`|\*/);
  });

  it('keeps an action that is no longer known readable', () => {
    expect(plain('old-thing-done')).toBe('Ana Ruiz: old thing done');
  });
});
