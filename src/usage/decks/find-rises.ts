import type { Tx } from '../../db/index.ts';
import { DAY_MS } from '../../durations.ts';
import { listUsage, type UsageCursor } from '../../ledger/index.ts';
import { dollars, type Money } from '../../money.ts';
import { type CompiledDeck, compileDeck, rateTraffic } from '../../rating/index.ts';
import { readParties } from '../re-rate/read-parties.ts';
import { trafficOf } from '../re-rate/traffic-of.ts';
import { readRowsInForce } from './rows-in-force.ts';

/** A company that pays noticeably more for the usage of its last 30 days by the new prices. */
export interface Rise {
  companyId: bigint;
  company: string;
  before: Money;
  after: Money;
  /** What it pays more for 30 days. */
  difference: Money;
}

const DAYS_COMPARED = 30;
/** A smaller rise is not named. */
const RISE_NAMED = '1.1';
const PAGE = 2_000;

interface Wanted {
  /** The import, and the newest before it. */
  version: bigint;
  previous: bigint;
  /** When the prices are compared. */
  at: Date;
  now: Date;
}

/**
 * Prices what each company used in the last 30 days by the rates of before and after an import, as its directory is now, and
 * names those that pay more than 10 % more. What either has no price for is left out of both. Applies R18.11.
 */
export async function findRises(tx: Tx, { version, previous, at, now }: Wanted): Promise<Rise[]> {
  const span = { from: new Date(now.getTime() - DAYS_COMPARED * DAY_MS), to: now };
  const companies = await tx.$queryRaw<{ id: bigint; name: string }[]>`
    SELECT id, name FROM company WHERE EXISTS (
      SELECT FROM usage_record AS u WHERE u.company_id = company.id AND u.usage_at >= ${span.from} AND u.usage_at < ${span.to})
    ORDER BY id`;
  if (companies.length === 0) return [];
  const [before, after] = [await compile(tx, at, previous), await compile(tx, at, version)];
  const rises: Rise[] = [];
  for (const { id, name } of companies) {
    const sums = await sumUsage(tx, { companyId: id, ...span }, before, after);
    const difference = sums.after.minus(sums.before);
    if (sums.after.greaterThan(sums.before.times(RISE_NAMED)))
      rises.push({ companyId: id, company: name, ...sums, difference });
  }
  return rises;
}

async function compile(tx: Tx, at: Date, newest: bigint): Promise<CompiledDeck> {
  return compileDeck({ effectiveAt: at, rows: await readRowsInForce(tx, { at, newest }) });
}

async function sumUsage(
  tx: Tx,
  span: { companyId: bigint; from: Date; to: Date },
  before: CompiledDeck,
  after: CompiledDeck,
): Promise<{ before: Money; after: Money }> {
  const partyOf = await readParties(tx, span.companyId);
  const sums = { before: dollars('0'), after: dollars('0') };
  if (partyOf === null) return sums;
  for (let cursor: UsageCursor | undefined; ; ) {
    const page = await listUsage(tx, {
      ...span,
      limit: PAGE,
      ...(cursor === undefined ? {} : { after: cursor }),
    });
    for (const usage of page) {
      const [traffic] = trafficOf(usage, partyOf(usage));
      if (traffic === undefined) continue;
      const [was, is] = [rateTraffic(before, traffic), rateTraffic(after, traffic)];
      if (was.outcome !== 'rated' || is.outcome !== 'rated') continue;
      sums.before = sums.before.plus(was.cost);
      sums.after = sums.after.plus(is.cost);
    }
    cursor = page.at(-1);
    if (cursor === undefined || page.length < PAGE) return sums;
  }
}
