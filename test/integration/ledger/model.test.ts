import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openWallets } from '../../../src/ledger/index.ts';
import { freshDatabase, type TestDatabase } from '../../support/database.ts';
import { BRANCH, findings, MAIN, november } from '../../support/ledger.ts';
import { figures, left, Match, playStep } from '../../support/ledger-match.ts';
import { type Step, step } from '../../support/ledger-steps.ts';

const SEQUENCES = Number(process.env.LEDGER_SEQUENCES ?? 100);

/** What came back as new general credits is drawn from those, and comes back to them. */
const THERE_AND_BACK: Step[] = [
  { op: 'use', office: 'main', class: 'calls', cents: 1, hoursAgo: 60 },
  { op: 'top-up', office: 'main', cents: 1 },
  { op: 'move', which: 0, office: 'branch', class: 'calls', cents: 1 },
  { op: 'move', which: 0, office: 'main', class: 'calls', cents: 1 },
  { op: 'move', which: 0, office: 'branch', class: 'calls', cents: 1 },
  { op: 'move', which: 0, office: 'main', class: 'calls', cents: 1 },
];

let database: TestDatabase;
const counts = new Map<string, number>();

beforeAll(async () => {
  database = await freshDatabase();
});
afterAll(() => database.close());

it(
  'does what the model does, whatever the order of operations',
  async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.boolean(),
        fc.array(step, { minLength: 1, maxLength: 60, size: 'max' }),
        async (pooled, steps) => {
          const match = new Match(database.db, pooled);
          const offices = { officeIds: [MAIN, BRANCH], primaryOfficeId: MAIN };
          await openWallets(database.db, { companyId: match.companyId, ...offices, pooled, at: november(1) });
          for (const move of steps) {
            counts.set(move.op, (counts.get(move.op) ?? 0) + 1);
            const [answer, expected] = await playStep(match, move);
            expect(answer, move.op).toEqual(expected);
            expect(await figures(match), move.op).toEqual(match.model.figures());
          }
          expect(await left(match)).toEqual(match.model.left());
        },
      ),
      { numRuns: SEQUENCES, examples: [[false, THERE_AND_BACK]] },
    );
    expect(await findings(database.db)).toEqual([]);
  },
  SEQUENCES * 1_000 + 20_000,
);

it('every kind of operation was at least one in a hundred', () => {
  const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
  expect([...counts].filter(([, count]) => count * 100 < total)).toEqual([]);
  expect(counts.size).toBe(14);
});
