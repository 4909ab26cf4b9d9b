import { describe, expect, it } from 'vitest';
import type { NewUsage } from '../../../src/ledger/index.ts';
import { isStorable } from '../../../src/ledger/usage-columns.ts';
import { dollars } from '../../../src/money.ts';
import { numberKey } from '../../support/number-key.ts';

const call: NewUsage = {
  source: 'api',
  externalId: 'call-1',
  officeId: 10n,
  departmentId: null,
  memberId: 7n,
  class: 'calls',
  category: 'international',
  direction: 'outbound',
  externalNumber: '+442071838750',
  internalNumber: null,
  usageAt: new Date('2026-11-03T10:00:00Z'),
  durationMs: 61_000,
  billedSeconds: 120,
  quantity: 1,
  cost: dollars('0.0251'),
  price: null,
};

describe('a record', () => {
  it.each<[string, Partial<NewUsage>]>([
    ['a zero byte', { externalId: 'a\0b' }],
    ['half of a character', { externalNumber: '+1\ud800' }],
    ['a source beyond an index', { source: 's'.repeat(401) }],
    ['a key beyond an index', { externalId: 'k'.repeat(401) }],
    ['a category beyond an index', { category: 'c'.repeat(401) }],
    ['no time', { usageAt: new Date(Number.NaN) }],
    ['a fraction of a millisecond', { durationMs: 0.5 }],
    ['a count beyond an integer column', { quantity: 2 ** 31 }],
    ['a fraction of a micro-dollar', { cost: dollars('0.0000001') }],
    ['a time before time', { usageAt: new Date(-8_640_000_000_000_000) }],
    ['a version beyond eight bytes', { version: 2n ** 63n }],
    ['a cost beyond reason', { cost: dollars('10000000') }],
  ])('with %s is kept from its batch', (_what, facts) => {
    expect(isStorable(call, numberKey)).toBe(true);
    expect(isStorable({ ...call, ...facts }, numberKey)).toBe(false);
  });
});
