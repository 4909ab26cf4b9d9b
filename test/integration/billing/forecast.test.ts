import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { forecastRunways, type RunwayFacts, readRunwayUsage } from '../../../src/billing/index.ts';
import { DAY_MS } from '../../../src/durations.ts';
import { grantCredits, type NewUsage, postUsage, readBalance } from '../../../src/ledger/index.ts';
import { dollars } from '../../../src/money.ts';
import type { Person } from '../../../src/org/index.ts';
import { type TestCompany, testCompany } from '../../support/company.ts';
import { freshDatabase, type TestDatabase } from '../../support/database.ts';
import { numberKey } from '../../support/number-key.ts';

const NOW = new Date('2026-11-23T20:05:00Z');

let database: TestDatabase;
let acme: TestCompany;
let records: number;

beforeAll(async () => {
  database = await freshDatabase();
});
afterAll(() => database?.close());

async function begin(pooled: boolean): Promise<void> {
  records = 0;
  acme = await testCompany(database.db, { pooled });
}

async function grant(officeId: bigint | null, amount: string): Promise<void> {
  await grantCredits(database.db, {
    companyId: acme.companyId,
    officeId,
    kind: 'general',
    amount: dollars(amount),
    key: `grant-${officeId}`,
    source: 'purchase',
    reference: '1',
    actor: 'test',
    reason: 'Test',
    at: new Date(NOW.getTime() - 20 * DAY_MS),
  });
}

/** Something that cost so much, so many days ago. */
async function use(
  office: number,
  cost: string,
  daysAgo: readonly number[],
  usageClass: 'calls' | 'ai' = 'calls',
) {
  const usage = daysAgo.map((days): NewUsage => {
    records += 1;
    return {
      source: 'api',
      externalId: `r${records}`,
      officeId: acme.officeIds[office] ?? null,
      departmentId: null,
      memberId: null,
      class: usageClass,
      category: usageClass === 'ai' ? 'ai_conversation' : 'international',
      direction: 'outbound',
      externalNumber: '+442071838750',
      internalNumber: null,
      usageAt: new Date(NOW.getTime() - days * DAY_MS - 60_000),
      durationMs: 60_000,
      billedSeconds: 60,
      quantity: 1,
      cost: dollars(cost),
      price: null,
    };
  });
  await postUsage(database.db, { numberKey, companyId: acme.companyId, at: NOW, records: usage });
}

async function runways(person: Person = acme.ana): Promise<RunwayFacts[]> {
  const balance = await readBalance(database.db, acme.companyId, NOW);
  const usage = await readRunwayUsage(database.db, person.company.id, balance);
  return forecastRunways(person, { balance, recharges: [], renewals: [], usage });
}

const rounded = (facts: readonly RunwayFacts[]) =>
  facts.map(({ officeId, class: of, usageDays, runway }) => [
    `${officeId === null ? 'all' : acme.officeIds.indexOf(officeId)} ${of}`,
    usageDays,
    runway.kind === 'lasts' ? Number(runway.days.toFixed(2)) : runway.kind,
  ]);

const FORTNIGHT = Array.from({ length: 14 }, (_, day) => day);

describe('the pace of late', () => {
  describe('where every office has credits of its own', () => {
    beforeEach(() => begin(false));

    it('is each office’s own, the first to end first; AI is the primary office’s whoever used it', async () => {
      await grant(acme.officeIds[0], '100');
      await grant(acme.officeIds[1] ?? 0n, '50');
      await use(0, '1', FORTNIGHT);
      await use(1, '1', FORTNIGHT);
      await use(1, '1', FORTNIGHT, 'ai');
      // $72 for $2 a day, and $36 for $1 a day.
      expect(rounded(await runways())).toEqual([
        ['0 calls', 14, 36],
        ['0 ai', 14, 36],
        ['1 calls', 14, 36],
      ]);
    });

    it('is left out where there were fewer than three days of usage', async () => {
      await grant(acme.officeIds[0], '100');
      await use(0, '1', [0, 0, 0, 1]);
      expect(await runways()).toEqual([]);
      await use(0, '1', [2]);
      expect(rounded(await runways())).toEqual([['0 calls', 3, 57]]);
    });

    it('does not see what was used before the fortnight, nor another’s office', async () => {
      await grant(acme.officeIds[0], '100');
      await use(0, '10', [15, 16, 17]);
      expect(await runways()).toEqual([]);
      const li: Person = {
        ...acme.li,
        roles: [{ role: 'office_admin', officeId: acme.officeIds[1] ?? 0n, departmentId: null }],
      };
      await use(0, '1', FORTNIGHT);
      expect(await runways(li)).toEqual([]);
    });
  });

  it('of shared credits is that of all offices together, told to those who see them', async () => {
    await begin(true);
    await grant(null, '100');
    await use(0, '1', FORTNIGHT);
    await use(1, '1', FORTNIGHT);
    expect(rounded(await runways())).toEqual([['all calls', 14, 36]]);
    const li: Person = {
      ...acme.li,
      roles: [{ role: 'office_admin', officeId: acme.officeIds[1] ?? 0n, departmentId: null }],
    };
    expect(await runways(li)).toEqual([]);
  });
});
