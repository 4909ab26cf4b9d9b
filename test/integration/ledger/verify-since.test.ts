import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MovableClock } from '../../../src/clock.ts';
import { type Db, openDb } from '../../../src/db/index.ts';
import {
  correctUsage,
  createDigestSweep,
  type Finding,
  type NewUsage,
  placeHold,
  refundUsage,
  settleHold,
  sweepLedger,
  verifyLedger,
} from '../../../src/ledger/index.ts';
import { createLogger } from '../../../src/log.ts';
import { dollars } from '../../../src/money.ts';
import { createSecretBox } from '../../../src/org/index.ts';
import { freshDatabase, type TestDatabase } from '../../support/database.ts';
import { type Books, BRANCH, MAIN, november, openBooks } from '../../support/ledger.ts';
import { numberKey } from '../../support/number-key.ts';

const signer = createSecretBox('the secret key of this test');

let database: TestDatabase;
/** One connection, so that what is changed on it is seen by it alone. */
let single: Db;

/** Two companies with days 1 to 5 closed, and much that happened on day 6, also to usage of the closed days. */
beforeAll(async () => {
  database = await freshDatabase();
  single = await openDb({ url: database.url, poolSize: 1, log: createLogger('silent') });
  for (const pooled of [true, false]) await liveThrough(await openBooks(database.db, { pooled }));
  await sweepLedger({ db: database.db, clock: clockAt(6.9) });
});
afterAll(async () => {
  await single.$disconnect();
  await database.close();
});

const clockAt = (day: number) => new MovableClock(0, () => november(day).getTime());

async function liveThrough(books: Books): Promise<void> {
  const { companyId } = books;
  const hold = (key: string, at: Date) => ({
    ...{ companyId, key, officeId: MAIN, class: 'calls' as const, amount: dollars('1') },
    ...{ expiresAt: november(9), at },
  });
  await books.grant('calling', '2', { until: november(6.5) });
  await books.grant('general', '50');
  await books.grant('general', '50', { office: BRANCH });
  const [corrected, refunded] = [books.usage({ cost: '1.5' }), books.usage({ cost: '1.25' })];
  await books.post([
    corrected,
    refunded,
    books.usage({ cost: '1' }),
    books.usage({ class: 'ai', cost: '3' }),
  ]);
  await placeHold(database.db, hold('across', november(5.5)));
  await sweepLedger({ db: database.db, clock: clockAt(5.9) });
  await createDigestSweep({ db: database.db, clock: clockAt(6.05), signer })(new AbortController().signal);
  const settle = (key: string, usage: NewUsage) =>
    settleHold(database.db, { numberKey, ...hold(key, november(6.2)), usage });
  await settle('across', books.usage({ cost: '2', usageAt: november(6.1) }));
  await placeHold(database.db, hold('settled', november(6.15)));
  await settle('settled', books.usage({ cost: '1', usageAt: november(6.16) }));
  await placeHold(database.db, hold('open', november(6.2)));
  await books.post(
    [
      books.usage({ cost: '0.5', usageAt: november(6.2) }),
      books.usage({ cost: '3', usageAt: november(6.2) }),
      books.usage({ cost: '0.75', usageAt: november(3) }),
      books.usage({ cost: '0', category: 'internal', usageAt: november(6.2) }),
      books.usage({ class: 'ai', officeId: BRANCH, cost: '60', usageAt: november(6.2) }),
    ],
    november(6.3),
  );
  const why = { companyId, actor: 'test', reason: 'Test', at: november(6.4) };
  await correctUsage(database.db, {
    ...{ numberKey, ...why, key: 'correct' },
    usage: { ...corrected, cost: dollars('2'), usageAt: november(3.5) },
  });
  await refundUsage(database.db, { ...why, source: 'api', externalId: refunded.externalId, key: 'refund' });
  await books.grant('general', '20', { on: 6.6 });
}

async function verify(since?: string, db: Parameters<typeof verifyLedger>[0] = database.db) {
  const found: Finding[] = [];
  const options = { onFinding: (finding: Finding) => found.push(finding), signer };
  const summary = await verifyLedger(db, { ...options, ...(since === undefined ? {} : { since }) });
  return { found, part: summary.part };
}

/** Runs SQL as one whom no trigger holds back, verifies everything and the part since the closed days, and undoes it. */
async function tamper(statement: string) {
  const undo = new Error('undo');
  let found = { full: [] as Finding[], part: [] as Finding[], redigested: [] as Finding[] };
  await single
    .$transaction(
      async (tx) => {
        await tx.$executeRawUnsafe(`SET LOCAL session_replication_role = replica`);
        expect(await tx.$executeRawUnsafe(statement)).toBeGreaterThan(0);
        const [full, part, redigested] = [
          await verify(undefined, tx),
          await verify('last-closed-day', tx),
          await verify('2026-11-01', tx),
        ];
        found = { full: full.found, part: part.found, redigested: redigested.found };
        throw undo;
      },
      { timeout: 60_000 },
    )
    .catch((error: unknown) => {
      if (error !== undo) throw error;
    });
  return found;
}

const isNew = (column = 'posted_at') => `${column} >= '2026-11-06'`;
const pick = (table: string, where: string, end: 'min' | 'max' = 'max') =>
  `ctid = (SELECT ${end}(ctid) FROM ${table} WHERE ${where} AND company_id = (SELECT min(company_id) FROM book))`;

describe('a verification of what is new', () => {
  it('finds nothing in sound books, since the closed days or since any day before', async () => {
    expect(await verify()).toEqual({ found: [], part: null });
    for (const since of ['last-closed-day', '2026-11-06', '2026-11-30'])
      expect(await verify(since)).toMatchObject({ found: [], part: { since: '2026-11-06' } });
    for (const day of ['2026-11-01', '2026-11-03', '2026-11-05'])
      expect(await verify(day)).toMatchObject({ found: [], part: { since: day, wholeCompanies: 0 } });
  });

  it('counts the entries that it checked', async () => {
    const [row] = await database.db.$queryRaw<{ count: number }[]>`
      SELECT count(*)::int AS count FROM entry WHERE posted_at >= '2026-11-06'`;
    expect((await verify('last-closed-day')).part?.entries).toBe(row?.count);
  });

  /** Kinds of damage, each in a row that is new; what is changed is sealed again, unless it is the seal that should find it. */
  const NEW_DAMAGE: Record<string, string> = {
    'an entry’s amount': `UPDATE entry SET amount_micros = amount_micros - 5 WHERE ${pick('entry', `${isNew()} AND type = 'usage'`)}`,
    'an entry taken away': `DELETE FROM entry WHERE ${pick('entry', `${isNew()} AND type = 'usage'`)}`,
    'a balance after an entry': `UPDATE entry SET general_after_micros = general_after_micros + 5, balance_after_micros = balance_after_micros + 5 WHERE ${pick('entry', isNew())}`,
    'who made an entry': `UPDATE entry SET actor = 'someone else' WHERE ${pick('entry', isNew())}`,
    'the time of an entry': `UPDATE entry SET posted_at = '2026-11-04' WHERE ${pick('entry', `${isNew()} AND seq > (SELECT min(e.seq) FROM entry AS e WHERE e.company_id = entry.company_id AND e.wallet_id = entry.wallet_id AND e.posted_at >= '2026-11-06') AND type = 'usage'`)}`,
    'a part of an entry': `UPDATE entry_split SET amount_micros = amount_micros + 5 WHERE ${pick('entry_split', `(wallet_id, seq) IN (SELECT wallet_id, seq FROM entry WHERE ${isNew()})`)}`,
    'a part taken away': `DELETE FROM entry_split WHERE ${pick('entry_split', `(wallet_id, seq) IN (SELECT wallet_id, seq FROM entry WHERE ${isNew()})`)}`,
    'what a usage cost': `UPDATE usage_record SET cost_micros = cost_micros + 5 WHERE ${pick('usage_record', `${isNew()} AND cost_micros > 0`)}`,
    'a usage taken away': `DELETE FROM usage_record WHERE ${pick('usage_record', isNew())}`,
    'a correction taken away': `DELETE FROM usage_record WHERE ${pick('usage_record', `${isNew()} AND revision = 1`)}`,
    'a phone number': `UPDATE usage_record SET external_number = external_number || '0' WHERE ${pick('usage_record', isNew())}`,
    'a quarter-hour taken away': `DELETE FROM usage_rollup WHERE ${pick('usage_rollup', isNew('bucket_at'))}`,
    'a quarter-hour that late usage came to': `UPDATE usage_rollup SET cost_micros = cost_micros + 5 WHERE ${pick('usage_rollup', `bucket_at = '2026-11-03' AND cost_micros >= 750000`)}`,
    'a sum of entries': `UPDATE entry_rollup SET out_micros = out_micros + 5 WHERE ${pick('entry_rollup', isNew('bucket_at'))}`,
    'up to where entries are summed': `UPDATE wallet_summed SET seq = seq - 1 WHERE ${pick('wallet_summed', 'true')}`,
    'a wallet’s balance': `UPDATE wallet SET general_micros = general_micros + 5 WHERE ${pick('wallet', 'seq > 0')}`,
    'what is left of a grant': `UPDATE credit_grant SET remaining_micros = remaining_micros - 5 WHERE ${pick('credit_grant', 'remaining_micros > 5')}`,
    'when a bundle ends': `UPDATE credit_grant SET expires_at = 'infinity' WHERE ${pick('credit_grant', `kind = 'calling'`)}`,
    'the key of a credit taken away': `DELETE FROM posting WHERE ${pick('posting', `${isNew()} AND operation = 'grant'`)}`,
    'what a key answered': `UPDATE posting SET result = result || '{"seq": "999"}' WHERE ${pick('posting', `${isNew()} AND operation = 'grant'`)}`,
    'a settled hold taken away': `DELETE FROM hold WHERE ${pick('hold', `key = 'settled'`)}`,
    'how a hold stands': `UPDATE hold SET state = 'released' WHERE ${pick('hold', `key = 'across'`)}`,
    'whether credits are shared': `UPDATE book SET pooled = NOT pooled WHERE ${pick('book', 'true')}`,
    'a day’s digest taken away': `DELETE FROM book_digest WHERE ${pick('book_digest', `day = '2026-11-05'`)}`,
    'the signature of the last digest': `UPDATE book_digest_head SET signature = sha256(signature) WHERE ${pick('book_digest_head', 'true')}`,
  };

  it.each(Object.entries(NEW_DAMAGE))(
    'finds what the full one finds in what is new: %s',
    async (_, statement) => {
      const { full, part } = await tamper(statement);
      expect(full).not.toEqual([]);
      expect(part).not.toEqual([]);
      // In the same words; some of them say by how much the new days are off, not the whole.
      const words = new Set(full.map(({ check, table, column }) => `${check} ${table} ${column}`));
      expect(part.some(({ check, table, column }) => words.has(`${check} ${table} ${column}`))).toBe(true);
    },
  );

  it.each([
    ['an entry', `UPDATE entry SET reason = 'x' WHERE ${pick('entry', `NOT ${isNew()}`)}`],
    [
      'an entry taken away',
      `DELETE FROM entry WHERE ${pick('entry', `NOT ${isNew()} AND type = 'usage' AND reference NOT IN (SELECT reference FROM entry WHERE ${isNew()})`, 'min')}`,
    ],
    [
      'a usage',
      `UPDATE usage_record SET price = 'x' WHERE ${pick('usage_record', `NOT ${isNew()} AND revision = 0 AND cost_micros = 1000000`)}`,
    ],
    [
      'a key taken away',
      `DELETE FROM posting WHERE ${pick('posting', `NOT ${isNew()} AND operation = 'grant'`)}`,
    ],
  ])(
    'leaves the closed days to their digests: %s is found by the full one, and where the digests are recomputed',
    async (_, statement) => {
      const { full, part, redigested } = await tamper(statement);
      expect(full.map(({ check }) => check)).toContain('digest');
      expect(redigested.map(({ check }) => check)).toContain('digest');
      expect(part).toEqual([]);
    },
  );
});
