import { describe, expect, it } from 'vitest';
import type { NoticeFacts } from '../../../src/notices/index.ts';
import { mayWait } from '../../../src/notices/quiet/may-wait.ts';
import {
  decodeQuietHours,
  encodeQuietHours,
  type QuietHours,
  quietUntil,
} from '../../../src/notices/quiet/quiet-hours.ts';
import { quietHoursCopy } from '../../../src/slack/copy/index.ts';

const EVERY_DAY = [1, 2, 3, 4, 5, 6, 7];
const night: QuietHours = { from: '22:00', to: '07:00', days: EVERY_DAY, timeZone: 'America/New_York' };

describe('quiet hours', () => {
  it.each<[string, Partial<QuietHours>, string, string | null]>([
    ['just before they begin', {}, '2026-11-11T02:59:59.999Z', null],
    ['as they begin', {}, '2026-11-11T03:00:00Z', '2026-11-11T12:00:00.000Z'],
    ['after midnight', {}, '2026-11-11T08:00:00Z', '2026-11-11T12:00:00.000Z'],
    ['just before they end', {}, '2026-11-11T11:59:59.999Z', '2026-11-11T12:00:00.000Z'],
    ['as they end', {}, '2026-11-11T12:00:00Z', null],
    ['within a day', { from: '12:00', to: '13:00' }, '2026-11-11T17:30:00Z', '2026-11-11T18:00:00.000Z'],
    ['until midnight', { from: '20:00', to: '00:00' }, '2026-11-11T03:00:00Z', '2026-11-11T05:00:00.000Z'],
    // Friday the 13th: the night belongs to the day on which it begins.
    ['the night after a chosen day', { days: [5] }, '2026-11-14T08:00:00Z', '2026-11-14T12:00:00.000Z'],
    ['the night before a chosen day', { days: [6] }, '2026-11-14T08:00:00Z', null],
    ['the evening of a day that is not chosen', { days: [5] }, '2026-11-15T04:00:00Z', null],
    // March 8, 2026: two o'clock is three; the night is eight hours.
    ['as clocks go forward', {}, '2026-03-08T06:59:00Z', '2026-03-08T11:00:00.000Z'],
    ['to an hour that does not exist', { to: '02:30' }, '2026-03-08T06:59:00Z', '2026-03-08T07:30:00.000Z'],
    ['past an hour that does not exist', { to: '02:30' }, '2026-03-08T07:30:00Z', null],
    // November 1, 2026: one o'clock comes twice; the night is ten hours.
    ['as clocks go back', {}, '2026-11-01T11:59:00Z', '2026-11-01T12:00:00.000Z'],
    ['to an hour that comes twice', { to: '01:30' }, '2026-11-01T05:15:00Z', '2026-11-01T05:30:00.000Z'],
    ['in the second of these hours', { to: '01:30' }, '2026-11-01T06:15:00Z', null],
    // Clocks skip midnight there: the day begins at one.
    [
      'where clocks skip midnight',
      { from: '00:00', to: '06:00', timeZone: 'America/Havana' },
      '2026-03-08T05:30:00Z',
      '2026-03-08T10:00:00.000Z',
    ],
  ])('%s', (_, changed, at, until) => {
    expect(quietUntil({ ...night, ...changed }, new Date(at))?.toISOString() ?? null).toBe(until);
  });

  it('are one text in the audit, which reads back as they were', () => {
    const hours = { ...night, days: [1, 3, 5] };
    expect(decodeQuietHours(encodeQuietHours(hours))).toEqual(hours);
    for (const text of ['', '22:00-07:00', '22:00-07:00 8 UTC', 'x'.repeat(50)])
      expect(decodeQuietHours(text)).toBeNull();
  });

  it.each([
    [[1, 2, 3, 4, 5], 'Mon–Fri'],
    [[6, 7], 'Sat, Sun'],
    [EVERY_DAY, 'every day'],
    [[1, 2, 4], 'Mon, Tue, Thu'],
  ])('on %j read “%s”', (days, text) => {
    expect(quietHoursCopy.hours({ ...night, days })).toBe(`10:00 PM–7:00 AM, ${text} (America/New_York)`);
  });
});

/** What these say besides does not matter to whether they may wait. */
const facts = (kind: NoticeFacts['kind'], says: object): NoticeFacts =>
  ({ kind, recovered: null, ...says }) as unknown as NoticeFacts;

describe('what quiet hours never hold back', () => {
  it.each<[string, NoticeFacts['kind'], object]>([
    ['out of credits', 'low_balance', { level: 'out' }],
    ['a summary of these', 'low_balance_summary', { counts: { out: 1, low: 3, recovered: 0 } }],
    ['a reached spending limit, which pauses', 'spending_limit', { level: 100 }],
    ['a declined recharge', 'recharge', { status: 'failed' }],
    ['a recharge that was given up', 'recharge', { status: 'given_up' }],
    ['a recharge at the bank', 'recharge', { status: 'to_verify' }],
    ['a recharge that cannot be made', 'recharge_blocked', { isOver: false }],
    ['a declined renewal', 'bundle', { event: 'retry' }],
    ['a paused bundle', 'bundle', { event: 'paused' }],
    ['a declined payment of an invoice', 'invoice', { hasFailed: true, owedAgain: null }],
    ['an invoice whose payment was given back', 'invoice', { hasFailed: false, owedAgain: '5.00' }],
    ['a declined card', 'card', { event: 'failed' }],
    ['a locked card', 'card', { event: 'locked' }],
    ['a payment that pauses auto-recharge', 'payment_unconfirmed', { pausesRecharge: true }],
    ['a dispute', 'dispute', {}],
    ['a refund', 'refund', {}],
    ['a late refund', 'late_refund', {}],
    ['a surprise', 'surprise', {}],
    ['an approval', 'approval', {}],
    ['an open request', 'credit_request', { state: 'open' }],
  ])('%s', (_, kind, says) => expect(mayWait(facts(kind, says))).toBe(false));
});

describe('what quiet hours hold back', () => {
  it.each<[string, NoticeFacts['kind'], object]>([
    ['a low balance', 'low_balance', { level: 'low' }],
    ['half of a spending limit', 'spending_limit', { level: 50 }],
    ['a receipt', 'receipt', {}],
    ['a recharge that was added', 'recharge', { status: 'added' }],
    ['a renewed bundle', 'bundle', { event: 'credited' }],
    ['a new invoice', 'invoice', { hasFailed: false, owedAgain: null }],
    ['changed settings', 'settings', {}],
    ['a card that expires soon', 'card_expiring', {}],
    ['the digest', 'digest', {}],
  ])('%s', (_, kind, says) => expect(mayWait(facts(kind, says))).toBe(true));
});
