import type { NewUsage } from '../../../src/ledger/index.ts';
import { dollars } from '../../../src/money.ts';
import { BRANCH, MAIN, november } from '../../support/ledger.ts';

/** As many different records: calls and messages of both offices, over eleven days. */
export function buildRecords(count: number): NewUsage[] {
  return Array.from({ length: count }, (_, i) => {
    const isAi = i % 4 === 0;
    return {
      source: 'hammer',
      externalId: `record-${i}`,
      officeId: [MAIN, BRANCH, null][i % 3] ?? null,
      departmentId: null,
      memberId: BigInt(1 + (i % 25)),
      class: isAi ? 'ai' : 'calls',
      category: isAi ? 'ai_conversation' : 'international',
      direction: 'outbound',
      externalNumber: '+442071838750',
      internalNumber: '+14155550100',
      usageAt: november(2 + (11 * ((i * 7919) % count)) / count),
      durationMs: 60_000,
      billedSeconds: 60,
      quantity: 1,
      cost: dollars((0.01 * (1 + (i % 90))).toFixed(2)),
      price: null,
    };
  });
}

/** Each record as often, in random order. */
export function shuffleSends(records: readonly NewUsage[], times: number): NewUsage[] {
  const sends = Array.from({ length: times }, () => records).flat();
  for (let i = sends.length - 1; i > 0; i -= 1) {
    const j = Math.floor(Math.random() * (i + 1));
    const [a, b] = [sends[i], sends[j]];
    if (a !== undefined && b !== undefined) [sends[i], sends[j]] = [b, a];
  }
  return sends;
}
