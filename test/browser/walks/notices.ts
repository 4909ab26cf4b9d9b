import type { NoticeFacts } from '../../../src/notices/index.ts';

const low = (scopeLabel: string, available: string, isBack = false) => ({
  kind: 'low_balance' as const,
  scopeLabel,
  scope: scopeLabel,
  class: 'calls' as const,
  level: Number(available) > 0 ? ('low' as const) : ('out' as const),
  available,
  alertAt: '25',
  token: '',
  isRechargeOn: false,
  toAdd: null,
  isEnforced: true,
  recovered: isBack ? { at: '2026-11-20T09:30:00.000Z', balance: '50' } : null,
  since: '2026-11-20T09:00:00.000Z',
  timeZone: 'America/Los_Angeles',
});
const cost = (spent: string, before: string) => ({ cost: spent, before });
const LINES = [
  low('New York', '-12.4'),
  low('London', '0'),
  low('Berlin', '4.99'),
  low('Singapore', '17.2'),
  low('Austin', '20', true),
];
const DIGEST: NoticeFacts = {
  kind: 'digest',
  every: 'week',
  from: '2026-11-16T08:00:00.000Z',
  to: '2026-11-23T08:00:00.000Z',
  timeZone: 'America/Los_Angeles',
  ...cost('141.8', '96.1'),
  kinds: [
    { category: 'international', ...cost('98.4', '51.2') },
    { category: 'domestic', ...cost('31.1', '33.5') },
    { category: 'sms', ...cost('12.3', '11.4') },
  ],
  offices: [
    { name: 'New York', ...cost('90.8', '41.1') },
    { name: 'San Francisco', ...cost('51', '55') },
  ],
  movers: [{ category: 'international', office: 'New York', ...cost('80', '31') }],
  runway: { office: 'New York', isAi: false, days: 9.2, range: { low: 7.4, high: 11.6 }, usageDays: 14 },
  overdrawn: [{ name: 'London', amount: '12.4' }],
  waiting: { approvals: 1, requests: 2, pausedRecharges: 1 },
};
/** Notices that a walk posts itself, as no minute of a company's life has them all: the name, words of it, its facts. */
export const NOTICES: readonly [string, RegExp, NoticeFacts][] = [
  [
    'many-low',
    /2 offices out of credits/,
    { kind: 'low_balance_summary', lines: LINES, counts: { out: 2, low: 2, recovered: 1 } },
  ],
  [
    'quiet-hours',
    /Since quiet hours began/,
    {
      kind: 'quiet_hours_summary',
      endedAt: '2026-11-20T15:00:00.000Z',
      timeZone: 'America/Los_Angeles',
      items: [
        low('San Francisco', '17.2'),
        {
          kind: 'settings',
          byUserId: null,
          changes: [{ field: 'billing_day', scopeLabel: null, from: '1', to: '15' }],
        },
        {
          kind: 'receipt',
          amount: '50',
          lines: [{ scopeLabel: 'New York', amount: '50', balance: '62.5' }],
          receipt: 'R-000042',
          byUserId: 'U0LI000001',
          payBy: { method: 'invoice' },
          at: '2026-11-20T11:00:00.000Z',
          timeZone: 'America/Los_Angeles',
        },
      ],
      more: 0,
    },
  ],
  ['digest', /\$141\.80/, DIGEST],
  [
    'surprise',
    /Unusual: San Francisco/,
    {
      kind: 'surprise',
      token: '1',
      officeName: 'San Francisco',
      part: 'country',
      value: 'CU',
      rule: 'new_country',
      amount: '60',
      calls: 12,
      usual: null,
      from: '2026-11-20T09:00:00.000Z',
      to: '2026-11-20T09:12:00.000Z',
      since: '2026-11-20T09:00:00.000Z',
      timeZone: 'America/Los_Angeles',
      spenders: [{ name: '+14155550101', amount: '60' }],
      expectedByUserId: null,
      mutedUntil: null,
      pausedByUserId: null,
    },
  ],
];
