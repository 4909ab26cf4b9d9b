import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { freshDatabase, type TestDatabase } from '../../support/database.ts';
import { findings } from '../../support/ledger.ts';
import { playSequence } from '../../support/ledger-match.ts';
import { KINDS, type Sequence, sequence } from '../../support/ledger-steps.ts';
import { openSwiftDb } from '../../support/swift-db.ts';

const ASKED = process.env.LEDGER_SEQUENCES;
const SEQUENCES = Number(ASKED ?? 1_500);
/** Unless so many were asked for, a busy machine plays fewer: what it plays has to be right all the same. */
const WITHIN_MS = 80_000;
/** Sequences that are played at the same time, each in a company of its own. */
const LANES = 3;

/** What came back as new general credits is drawn from those, and comes back to them. */
const THERE_AND_BACK: Sequence = {
  pooled: false,
  steps: [
    { op: 'use', office: 'main', class: 'calls', cents: 1, hoursAgo: 60 },
    { op: 'top-up', office: 'main', cents: 1 },
    { op: 'move', which: 0, office: 'branch', class: 'calls', cents: 1 },
    { op: 'move', which: 0, office: 'main', class: 'calls', cents: 1 },
    { op: 'move', which: 0, office: 'branch', class: 'calls', cents: 1 },
    { op: 'move', which: 0, office: 'main', class: 'calls', cents: 1 },
  ],
};

let database: TestDatabase;
const counts = new Map<string, number>();
let played = 0;

beforeAll(async () => {
  database = await freshDatabase();
});
afterAll(() => database.close());

it(
  'does what the model does, whatever the order of operations',
  async () => {
    const swift = openSwiftDb({ url: database.url, poolSize: LANES });
    const property = fc.asyncProperty(sequence, async (one) => {
      played += 1;
      for (const { op } of one.steps) counts.set(op, (counts.get(op) ?? 0) + 1);
      await playSequence(swift.db, one);
    });
    const numRuns = Math.ceil(SEQUENCES / LANES);
    const lanes = Array.from({ length: LANES }, () =>
      fc.assert(property, {
        numRuns,
        examples: [[THERE_AND_BACK]],
        ...(ASKED === undefined ? { interruptAfterTimeLimit: WITHIN_MS } : {}),
      }),
    );
    const broken = (await Promise.allSettled(lanes)).find(({ status }) => status === 'rejected');
    await swift.close();
    expect(broken).toBeUndefined();
  },
  SEQUENCES * 1_000 + 20_000,
);

it('leaves books in which verify finds nothing', async () => {
  expect(await findings(database.db)).toEqual([]);
}, 120_000);

it('every kind of operation was at least one in a hundred, in sequences of 25 and more on average', () => {
  const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
  const shares = [...counts].map(([op, count]) => `${op} ${((100 * count) / total).toFixed(1)} %`);
  process.stdout.write(`${played} sequences, ${total} operations: ${shares.toSorted().join(', ')}\n`);
  expect([...counts].filter(([, count]) => count * 100 < total)).toEqual([]);
  expect(counts.size).toBe(KINDS);
  expect(total / played).toBeGreaterThanOrEqual(25);
});
