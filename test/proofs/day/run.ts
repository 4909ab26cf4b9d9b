import { Decimal } from 'decimal.js';
import { type Db, inTransaction, openDb } from '../../../src/db/index.ts';
import { DAY_MS } from '../../../src/durations.ts';
import { grantCredits, readBalance, usageTotals, verifyDatabase } from '../../../src/ledger/index.ts';
import { createLogger } from '../../../src/log.ts';
import { dollars } from '../../../src/money.ts';
import type { NumberKey } from '../../../src/number-key.ts';
import { createCompany } from '../../../src/org/index.ts';
import { parseDeck } from '../../../src/rating/index.ts';
import { importDeck } from '../../../src/usage/index.ts';
import { dayDeck, owedFor, type TrueUsage } from '../../support/day-rates.ts';
import { makePhoneDay } from '../../support/phone-day.ts';
import { openDoors } from './doors.ts';

export interface DayReport {
  events: number;
  usages: number;
  eventsPerSecond: number;
  owed: string;
  charged: string;
  /** Usages whose cost in the ledger is not what the truth says, or that are missing, or that should not be there. */
  wrong: number;
  findings: number;
  clean: boolean;
}

const CREDITS = '1000000';
const LINES = ['+14155550101', '+14155550102', '+12125550103'];

/**
 * Delivers a shuffled day in batches, as a busy webhook books them, and compares the ledger, record by record and in
 * its sums, with what the day truly was.
 */
export async function runDay(options: {
  /** Of a migrated database of its own. */
  databaseUrl: string;
  events: number;
  seed: number;
  batch?: number;
}): Promise<DayReport> {
  const db = await openDb({ url: options.databaseUrl, poolSize: 3, log: createLogger('error') });
  try {
    const companyId = await foundCompany(db);
    const from = new Date(Math.floor(Date.now() / DAY_MS) * DAY_MS - 2 * DAY_MS);
    const day = makePhoneDay({ events: options.events, seed: options.seed, from, lines: LINES });
    const doors = await openDoors(db, companyId);
    const size = options.batch ?? 500;
    const started = performance.now();
    try {
      for (let at = 0; at < day.deliveries.length; at += size)
        await doors.deliver(day.deliveries.slice(at, at + size));
    } finally {
      await doors.close();
    }
    const seconds = (performance.now() - started) / 1_000;
    const owed = sumOf(day.truth);
    const truth = day.truth.map((usage) => ({ ...usage, key: coded(usage.key, doors.numberKey) }));
    const { wrong, charged } = await compare(db, companyId, truth, from);
    let findings = 0;
    await verifyDatabase(
      { url: options.databaseUrl, log: createLogger('error') },
      {
        onFinding: () => {
          findings += 1;
        },
      },
    );
    return {
      events: day.deliveries.length,
      usages: day.truth.length,
      eventsPerSecond: Math.round(day.deliveries.length / seconds),
      owed: owed.toFixed(6),
      charged: charged.toFixed(6),
      wrong,
      findings,
      clean: wrong === 0 && findings === 0 && owed.equals(charged),
    };
  } finally {
    await db.$disconnect();
  }
}

/** A usage's key as it is kept: the code of the other party's number in place of the number (R23). */
function coded(key: string, numberKey: NumberKey): string {
  return key.replace(/\+\d+$/, (number) => numberKey.codeOf(number));
}

async function foundCompany(db: Db): Promise<bigint> {
  const at = new Date();
  const companyId = await inTransaction(db, async (tx) => {
    const limits = {
      min: dollars('5'),
      max: dollars('1000'),
      perDay: dollars('2500'),
      exposure: dollars('0'),
    };
    const { companyId: id, officeIds } = await createCompany(tx, {
      name: 'A day',
      timeZone: 'America/Los_Angeles',
      country: 'US',
      billingMethod: 'card',
      billingDay: 1,
      pooled: false,
      limits,
      offices: [{ name: 'Only', country: 'US' }],
      at,
    });
    await grantCredits(tx, {
      companyId: id,
      officeId: officeIds[0],
      kind: 'general',
      amount: dollars(CREDITS),
      key: 'opening',
      source: 'opening',
      reference: 'day',
      actor: 'operator',
      reason: 'For the day',
      at,
    });
    for (const number of LINES)
      await tx.phoneNumber.create({ data: { companyId: id, number, kind: 'local', officeId: officeIds[0] } });
    return id;
  });
  await importDeck(db, {
    deck: parseDeck(dayDeck()),
    fileName: 'day.csv',
    from: new Date('2020-01-01T00:00:00Z'),
    mode: 'full',
    force: true,
    fillWithSamples: false,
    dryRun: false,
    actor: 'operator',
    at,
  });
  return companyId;
}

function sumOf(truth: readonly TrueUsage[]): Decimal {
  return truth.reduce((sum, usage) => sum.plus(owedFor(usage)), new Decimal(0));
}

/** Record by record against the truth, and the balance and the rollups, of each kind, against the sums. */
async function compare(
  db: Db,
  companyId: bigint,
  truth: readonly TrueUsage[],
  from: Date,
): Promise<{ wrong: number; charged: Decimal }> {
  const owedByKey = new Map(truth.map((usage) => [usage.key, owedFor(usage)]));
  const booked = await db.$queryRaw<{ external_id: string; cost_micros: bigint }[]>`
    SELECT DISTINCT ON (external_id) external_id, cost_micros FROM usage_record WHERE company_id = ${companyId}
    ORDER BY external_id, revision DESC`;
  const missing = owedByKey.size - booked.length;
  const different = booked.filter(({ external_id, cost_micros }) => {
    const owed = owedByKey.get(external_id);
    return owed === undefined || !new Decimal(owed).times(1_000_000).equals(cost_micros.toString());
  });
  const { wallets } = await readBalance(db, companyId, new Date());
  const left = wallets.reduce(
    (sum, { general, debt }) => sum.plus(general).minus(debt.calls).minus(debt.ai),
    dollars('0'),
  );
  const charged = dollars(CREDITS).minus(left);
  const totals = await usageTotals(db, {
    companyId,
    // A call that nobody answers is of when it began to ring, which may be the evening before.
    from: new Date(from.getTime() - DAY_MS),
    to: new Date(from.getTime() + 2 * DAY_MS),
    by: ['category'],
  });
  const kinds = [...new Set(truth.map(({ kind }) => kind))];
  const unlike = kinds.filter((kind) => {
    const ofKind = truth.filter((usage) => usage.kind === kind);
    const total = totals.find(({ category }) => category === (kind === 'call' ? 'international' : kind));
    return total === undefined || total.records !== ofKind.length || !total.cost.equals(sumOf(ofKind));
  });
  const isMore = totals.length !== kinds.length;
  const wrong = Math.abs(missing) + different.length + unlike.length + (isMore ? 1 : 0);
  return { wrong, charged };
}
