import { Decimal } from 'decimal.js';
import { systemClock } from '../../src/clock.ts';
import { type Db, inTransaction, migrateDatabase, openDb } from '../../src/db/index.ts';
import { grantCredits, openWallets, readBalance, usageTotals, verifyLedger } from '../../src/ledger/index.ts';
import { createLogger } from '../../src/log.ts';
import { dollars } from '../../src/money.ts';
import { createCompany } from '../../src/org/index.ts';
import { parseDeck } from '../../src/rating/index.ts';
import { importDeck } from '../../src/usage/index.ts';
import { ingestLegs } from '../../src/usage/ingest/ingest-events.ts';
import { readVendorEvent } from '../../src/usage/ingest/read-vendor-event.ts';
import { dayDeck, makePhoneDay, owedFor } from '../support/phone-day.ts';

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
const DAY_MS = 86_400_000;

/**
 * Delivers a shuffled day in batches, as a busy webhook books them, and compares the ledger, record by record and in
 * its sums, with what the day truly was.
 */
export async function runDay(options: {
  databaseUrl: string;
  events: number;
  seed: number;
  batch?: number;
}): Promise<DayReport> {
  await migrateDatabase({ url: options.databaseUrl, log: createLogger('error') });
  const db = await openDb({ url: options.databaseUrl, poolSize: 3, log: createLogger('error') });
  try {
    const companyId = await foundCompany(db);
    const from = new Date(Math.floor(Date.now() / DAY_MS) * DAY_MS - 2 * DAY_MS);
    const day = makePhoneDay({ events: options.events, seed: options.seed, from, lines: LINES });
    const legs = day.events.map((event) => {
      const read = readVendorEvent(event);
      if (!('legs' in read)) throw new Error(`an event of the day was passed over: ${JSON.stringify(read)}`);
      return read.legs;
    });
    const size = options.batch ?? 500;
    const started = performance.now();
    for (let at = 0; at < legs.length; at += size) {
      const batch = { companyId, source: 'dialpad', legs: legs.slice(at, at + size).flat() };
      await ingestLegs({ db, clock: systemClock }, batch);
    }
    const seconds = (performance.now() - started) / 1_000;
    const owedByKey = new Map(day.truth.map((usage) => [usage.key, owedFor(usage)]));
    const owed = [...owedByKey.values()].reduce((sum, cost) => sum.plus(cost), new Decimal(0));
    const { wrong, charged } = await compare(db, companyId, owedByKey, from);
    let findings = 0;
    await verifyLedger(db, {
      onFinding: () => {
        findings += 1;
      },
    });
    return {
      events: day.events.length,
      usages: day.truth.length,
      eventsPerSecond: Math.round(day.events.length / seconds),
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
    await openWallets(tx, { companyId: id, officeIds, primaryOfficeId: officeIds[0], pooled: false, at });
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
    parsed: parseDeck(dayDeck()),
    fileName: 'day.csv',
    effectiveAt: new Date('2020-01-01T00:00:00Z'),
    force: true,
    fillWithSamples: false,
    dryRun: false,
    actor: 'operator',
    at,
  });
  return companyId;
}

/** Record by record against the truth, and the balance and the rollups against the sum. */
async function compare(
  db: Db,
  companyId: bigint,
  owedByKey: ReadonlyMap<string, string>,
  from: Date,
): Promise<{ wrong: number; charged: Decimal }> {
  const booked = await db.$queryRaw<{ external_id: string; cost_micros: bigint }[]>`
    SELECT DISTINCT ON (external_id) external_id, cost_micros FROM usage_record WHERE company_id = ${companyId}
    ORDER BY external_id, revision DESC`;
  const missing = owedByKey.size - booked.length;
  const different = booked.filter(({ external_id, cost_micros }) => {
    const owed = owedByKey.get(external_id);
    return owed === undefined || !new Decimal(owed).times(1_000_000).equals(cost_micros.toString());
  });
  const { wallets } = await readBalance(db, companyId, new Date());
  const left = wallets.reduce((sum, { general, debt }) => sum.plus(general).minus(debt.calls), dollars('0'));
  const charged = dollars(CREDITS).minus(left);
  const [total] = await usageTotals(db, {
    companyId,
    from,
    to: new Date(from.getTime() + 2 * DAY_MS),
    by: [],
  });
  const sumsAgree = total?.cost.equals(charged) === true && total.records === owedByKey.size;
  return { wrong: Math.abs(missing) + different.length + (sumsAgree ? 0 : 1), charged };
}
