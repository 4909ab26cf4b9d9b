import { describe, expect, it } from 'vitest';
import { arrangeUsage } from '../../../src/ledger/arrange-usage.ts';
import type { NewUsage, UsageClass, UsageOutcome } from '../../../src/ledger/index.ts';
import { dollars } from '../../../src/money.ts';

function usage(externalId: string, minute: number, usageClass: UsageClass = 'calls'): NewUsage {
  return {
    source: 'api',
    externalId,
    officeId: 10n,
    departmentId: null,
    memberId: null,
    class: usageClass,
    category: 'international',
    direction: 'outbound',
    externalNumber: null,
    internalNumber: null,
    usageAt: new Date(Date.UTC(2026, 10, 3, 10, minute)),
    durationMs: 60_000,
    billedSeconds: 60,
    quantity: 1,
    cost: dollars('0.02'),
    price: null,
  };
}

const names = (records: readonly NewUsage[]) => records.map(({ externalId }) => externalId).join(' ');

describe('a batch of usage', () => {
  it('is put in the order in which it draws: calls before AI, by time, then as told', () => {
    const told = [
      usage('ai', 1, 'ai'),
      usage('late', 9),
      usage('one', 5),
      usage('two', 5),
      usage('early', 2),
    ];
    const arranged = arrangeUsage(told);
    expect(arranged.isPlain).toBe(true);
    expect(names(arranged.records)).toBe('early one two late ai');
  });

  it('has its outcomes told in the order in which it was', () => {
    const { restore } = arrangeUsage([usage('c', 3), usage('a', 1), usage('b', 2)]);
    const outcomes: UsageOutcome[] = [
      { outcome: 'posted' },
      { outcome: 'duplicate' },
      { outcome: 'conflict', bookedVersion: 3n },
    ];
    expect(restore(outcomes)).toEqual([outcomes[2], outcomes[0], outcomes[1]]);
  });

  it('stays as it is told where a key is there twice, so that the first of the two counts', () => {
    const told = [usage('twice', 9), usage('other', 1), usage('twice', 2)];
    const arranged = arrangeUsage(told);
    expect(arranged.isPlain).toBe(false);
    expect(arranged.records).toBe(told);
    expect(arranged.restore([{ outcome: 'posted' }])).toEqual([{ outcome: 'posted' }]);
  });
});
