import { beforeEach, describe, expect, it } from 'vitest';
import { MovableClock } from '../../../src/clock.ts';
import {
  correctUsage,
  createDigestSweep,
  type Finding,
  grantCredits,
  lapseExpired,
  placeHold,
  postUsage,
  readLastDigests,
  refundUsage,
  reverseGrant,
  setPooled,
  settleHold,
  signDigestsAnew,
  verifyLedger,
} from '../../../src/ledger/index.ts';
import { dollars } from '../../../src/money.ts';
import { createSecretBox } from '../../../src/org/index.ts';
import { freshDatabase, type TestDatabase } from '../../support/database.ts';
import { type Books, BRANCH, MAIN, november, openBooks } from '../../support/ledger.ts';
import { numberKey } from '../../support/number-key.ts';
import { runRefill } from '../../support/run-refill.ts';

const SECRET_KEY = 'the secret key of this test';
const signer = createSecretBox(SECRET_KEY);
const HOUR = 1 / 24;

let database: TestDatabase;
let books: Books;

/** Books with three days of usage. */
beforeEach(async () => {
  database = await freshDatabase();
  books = await openBooks(database.db, { pooled: true });
  await books.grant('calling', '2', { until: november(5) });
  await books.grant('general', '50');
  for (const day of [2.2, 3.2, 4.2])
    await books.post([
      books.usage({ cost: '1.5', usageAt: november(day) }),
      books.usage({ cost: '0', category: 'internal', usageAt: november(day) }),
    ]);
  return () => database.close();
});

const sweepAt = (day: number, stop = new AbortController().signal) =>
  createDigestSweep({ db: database.db, clock: new MovableClock(0, () => november(day).getTime()), signer })(
    stop,
  );

async function closeThreeDays(): Promise<void> {
  await sweepAt(3 + HOUR);
  await sweepAt(6);
}

async function verify(secrets = signer): Promise<Finding[]> {
  const found: Finding[] = [];
  await verifyLedger(database.db, { onFinding: (finding) => found.push(finding), signer: secrets });
  return found;
}

async function digests(): Promise<string[]> {
  const rows = await database.db.$queryRaw<{ day: string }[]>`
    SELECT book_digest.day::text || ' ' || row_count AS day FROM book_digest ORDER BY book_digest.day`;
  return rows.map(({ day }) => day);
}

/** Runs SQL as one whom no trigger holds back, who then makes every seal fit again. */
async function forge(...statements: string[]): Promise<void> {
  await database.db.$transaction(async (tx) => {
    await tx.$executeRawUnsafe('SET LOCAL session_replication_role = replica');
    for (const statement of statements) await tx.$executeRawUnsafe(statement);
    for (const table of ['book', 'credit_grant', 'entry', 'entry_split', 'usage_record', 'posting'])
      await tx.$executeRawUnsafe(
        `UPDATE ${table} SET seal = seal_of(${table}) WHERE seal <> seal_of(${table})`,
      );
  });
}

/** What a forger does who knows all of this but the key: the digests are computed anew from a day on. */
const FORGE_DIGESTS = `
  DO $$
  DECLARE
    v_day record;
    v_last bytea := decode(repeat('00', 32), 'hex');
    v_since timestamptz := '-infinity';
    v_made record;
  BEGIN
    FOR v_day IN SELECT * FROM book_digest ORDER BY day LOOP
      SELECT * INTO v_made FROM ledger_digest(v_day.company_id, v_since,
        (v_day.day + 1)::timestamp AT TIME ZONE 'UTC', v_last);
      UPDATE book_digest SET digest = v_made.digest, row_count = v_made.row_count WHERE day = v_day.day;
      v_last := v_made.digest;
      v_since := (v_day.day + 1)::timestamp AT TIME ZONE 'UTC';
    END LOOP;
  END $$`;

describe('days and their digests', () => {
  it('are made for every company an hour after a UTC day is over, each once, and hold', async () => {
    await sweepAt(3 + HOUR / 2);
    expect(await digests()).toEqual(['2026-11-01 0']);
    await sweepAt(3 + HOUR);
    expect(await digests()).toEqual(['2026-11-01 0', '2026-11-02 9']);
    await sweepAt(6);
    expect((await digests()).map((line) => line.slice(0, 10))).toEqual([
      '2026-11-01',
      '2026-11-02',
      '2026-11-03',
      '2026-11-04',
    ]);
    await sweepAt(6);
    expect(await digests()).toHaveLength(4);
    expect(await verify()).toEqual([]);
  });

  it('go on where a process died between two days', async () => {
    await sweepAt(3 + HOUR);
    await database.db.$executeRaw`SELECT ledger_close_until(${books.companyId}, ${november(4)})`;
    expect(await verify()).toEqual([]);
    await sweepAt(6);
    expect(await digests()).toHaveLength(3);
    expect(await verify()).toEqual([]);
  });

  it('are made once by two sweeps at the same time', async () => {
    await Promise.all([sweepAt(6), sweepAt(6), sweepAt(7)]);
    expect((await digests()).at(-1)).toMatch(/^2026-11-05/);
    expect(await verify()).toEqual([]);
  });

  it('are entered by nothing once they are closed, whatever the clock of the one who posts', async () => {
    await sweepAt(6);
    const before = await entriesUntil(november(5));
    const { companyId } = books;
    const at = november(3.5);
    const why = { companyId, actor: 'test', reason: 'Test', at };
    const usage = books.usage({ cost: '1', usageAt: november(3.4) });
    const other = books.usage({ cost: '1', usageAt: november(3.4) });
    await postUsage(database.db, { numberKey, companyId, at, records: [usage, other] });
    await postUsage(database.db, {
      numberKey,
      companyId,
      at,
      records: [books.usage({ cost: '2', usageAt: november(3.4) })],
    });
    const granted = await grantCredits(database.db, {
      ...{ ...why, officeId: null, kind: 'general', amount: dollars('5'), key: 'late', source: 'purchase' },
      reference: '9',
    });
    const hold = { companyId, key: 'late', officeId: MAIN, class: 'calls' as const, amount: dollars('1') };
    await placeHold(database.db, { ...hold, expiresAt: november(9), at });
    await settleHold(database.db, {
      numberKey,
      companyId,
      key: 'late',
      usage: books.usage({ cost: '1' }),
      at,
    });
    await correctUsage(database.db, {
      numberKey,
      ...why,
      usage: { ...usage, cost: dollars('2') },
      key: 'correct',
    });
    await refundUsage(database.db, { ...why, source: 'api', externalId: other.externalId, key: 'refund' });
    await reverseGrant(database.db, { ...why, grantId: granted.grantId, key: 'reverse' });
    await lapseExpired(database.db, companyId, november(5.5));
    await setPooled(database.db, {
      ...{ ...why, pooled: false, key: 'unshare' },
      allocation: [{ officeId: BRANCH, amount: await pooledGeneral() }],
    });
    expect(await verify()).toEqual([]);
    expect(await entriesUntil(november(5))).toBe(before);
    await sweepAt(8);
    expect(await verify()).toEqual([]);
  });
});

it('every function that posts under the lock of a book heeds up to where its days are closed', async () => {
  const rows = await database.db.$queryRaw<{ name: string }[]>`
    SELECT proname AS name FROM pg_proc
    WHERE pronamespace = 'public'::regnamespace AND prosrc ~ 'ledger_lock_book[(]' AND 'p_at' = ANY (proargnames)
      AND prosrc !~ 'p_at := greatest[(]p_at, v_book.closed_until[)]' ORDER BY 1`;
  // What becomes of a hold that nobody settles, of a spending limit, and of numbers that are erased is no posting; what is
  // converted was posted before. What is asked over HTTP (hold-requests.sql) posts by the ledger's own functions.
  expect(rows.map(({ name }) => name)).toEqual([
    'ask_hold',
    'capture_hold',
    'ledger_convert_usage',
    'ledger_end_limit',
    'ledger_expire_holds',
    'ledger_extend_hold',
    'ledger_forget_numbers',
    'ledger_release_hold',
    'ledger_roll_limits',
    'ledger_set_limit',
    'release_hold_request',
  ]);
});

async function entriesUntil(end: Date): Promise<bigint | undefined> {
  const rows = await database.db.$queryRaw<{ count: bigint }[]>`
    SELECT count(*) AS count FROM entry WHERE posted_at < ${end}`;
  return rows[0]?.count;
}

async function pooledGeneral() {
  const rows = await database.db.$queryRaw<{ micros: bigint }[]>`
    SELECT general_micros AS micros FROM wallet WHERE company_id = ${books.companyId} AND office_id IS NULL`;
  return dollars(String(Number(rows[0]?.micros ?? 0n) / 1_000_000));
}

describe('the digest of a day', () => {
  it('covers every column of what is posted, but those that change, are erased, or are checksums themselves', async () => {
    const rows = await database.db.$queryRaw<{ column: string }[]>`
      SELECT attrelid::regclass::text || '.' || attname AS column FROM pg_attribute
      WHERE attrelid::regclass::text IN ('entry', 'entry_split', 'credit_grant', 'usage_record', 'posting')
        AND attnum > 0 AND NOT attisdropped
        AND pg_get_functiondef('ledger_digest'::regproc) !~ (attrelid::regclass::text || '[.]' || attname || '[^a-z_]')`;
    expect(rows.map(({ column }) => column).sort()).toEqual([
      'credit_grant.is_open',
      'credit_grant.remaining_micros',
      'credit_grant.seal',
      'entry.seal',
      'entry_split.seal',
      'posting.seal',
      'usage_record.external_number',
      'usage_record.facts',
      'usage_record.internal_number',
      'usage_record.salt',
      'usage_record.seal',
    ]);
  });

  it('depends on no setting of the session that computes it', async () => {
    const compute = async (...settings: string[]) =>
      await database.db.$transaction(async (tx) => {
        for (const setting of settings) await tx.$executeRawUnsafe(`SET LOCAL ${setting}`);
        return await tx.$queryRaw`
          SELECT encode(digest, 'hex') AS hex, row_count FROM ledger_digest(${books.companyId}, '-infinity',
            timestamptz '2026-11-06 00:00:00+00', decode('00', 'hex'))`;
      });
    expect(
      await compute(
        "TimeZone = 'Asia/Tokyo'",
        "DateStyle = 'German'",
        "bytea_output = 'escape'",
        "IntervalStyle = 'sql_standard'",
        'enable_bitmapscan = off',
      ),
    ).toEqual(await compute());
  });
});

describe('a forger who makes every seal fit again', () => {
  const FORGERIES = {
    'who made an entry': `UPDATE entry SET actor = 'someone else' WHERE type = 'grant' AND source = 'purchase'`,
    'the source of an entry': `UPDATE entry SET reference = '77' WHERE type = 'grant' AND source = 'purchase'`,
    'when a bundle ends': `UPDATE credit_grant SET expires_at = 'infinity' WHERE kind = 'calling'`,
    'when a bundle begins': `UPDATE credit_grant SET effective_at = '-infinity' WHERE kind = 'calling'`,
    'what a usage without cost was': `UPDATE usage_record SET price = 'free' WHERE cost_micros = 0`,
    'the facts of a key': `UPDATE posting SET facts = facts + 1 WHERE operation = 'grant'`,
    'an added key': `INSERT INTO posting SELECT company_id, key || 'x', operation, facts, '{}', posted_at, 0 FROM posting LIMIT 1`,
    'a deleted usage without cost': `DELETE FROM usage_record WHERE cost_micros = 0 AND posted_at < '2026-11-03'`,
    'an amount with every balance after it': `
      UPDATE credit_grant SET amount_micros = amount_micros + 1000000, remaining_micros = remaining_micros + 1000000
      WHERE kind = 'general';
      UPDATE entry SET amount_micros = amount_micros + 1000000 WHERE type = 'grant' AND source = 'purchase';
      UPDATE entry SET balance_after_micros = balance_after_micros + 1000000,
        general_after_micros = general_after_micros + 1000000
      WHERE wallet_id = (SELECT wallet_id FROM credit_grant WHERE kind = 'general')
        AND seq >= (SELECT min(seq) FROM entry WHERE type = 'grant' AND source = 'purchase');
      UPDATE wallet SET general_micros = general_micros + 1000000 WHERE office_id IS NULL`,
  };

  for (const [what, statements] of Object.entries(FORGERIES)) {
    it(`is found by the digest: ${what}`, async () => {
      await closeThreeDays();
      await forge(...statements.split(';'));
      const checks = new Set((await verify()).map(({ check }) => check));
      // The sums of quarter-hours are short of the one that was taken out.
      if (what.startsWith('a deleted')) checks.delete('rollup');
      expect([...checks]).toEqual(['digest']);
    });
  }

  it('is found by the signature where the digests were made to fit as well', async () => {
    await closeThreeDays();
    await forge(FORGERIES['when a bundle ends'], FORGE_DIGESTS);
    expect(await verify()).toMatchObject([
      {
        check: 'digest',
        column: 'signature',
        found: 'the digest of 2026-11-04 is not the one that was signed',
      },
    ]);
    // Nothing is signed on top of it.
    await expect(sweepAt(8)).rejects.toThrow(AggregateError);
    expect(await digests()).toHaveLength(3);
  });

  it('is found by the digest that was kept off the machine where even the signature fits', async () => {
    await closeThreeDays();
    const kept = await readLastDigests(database.db);
    await forge(FORGERIES['when a bundle ends'], FORGE_DIGESTS, 'DELETE FROM book_digest_head');
    await forgeHead();
    expect(await verify()).toEqual([]);
    const hex = Buffer.from(kept[0]?.digest ?? []).toString('hex');
    const args = [
      'books',
      'digest',
      '--company',
      String(books.companyId),
      '--day',
      '2026-11-04',
      '--expect',
      hex,
    ];
    expect(await refill(args)).toMatchObject({ status: 1 });
  });
});

/** Signs what stands there, as one who has the key. */
async function forgeHead(): Promise<void> {
  const [last] = await readLastDigests(database.db);
  if (last === undefined) throw new Error('there is no digest');
  const hex = Buffer.from(last.digest).toString('hex');
  const { keyId, signature } = signer.sign(`refill books digest 1\n${last.companyId}\n${last.day}\n${hex}\n`);
  await database.db.$executeRaw`
    INSERT INTO book_digest_head VALUES (${last.companyId}, ${last.day}::date, ${keyId}, ${signature}, now())`;
}

describe('a chain', () => {
  it('with a day taken out, at its beginning, in it or at its end, is found', async () => {
    for (const day of ['2026-11-02', '2026-11-03', '2026-11-04']) {
      await closeThreeDays();
      await forge(`DELETE FROM book_digest WHERE day = '${day}'`);
      const found = await verify();
      expect(found.length, day).toBeGreaterThan(0);
      expect(new Set(found.map(({ check }) => check)), day).toEqual(new Set(['digest']));
      await forge(
        'DELETE FROM book_digest',
        'DELETE FROM book_digest_head',
        `UPDATE book SET closed_until = '-infinity'`,
      );
    }
  });

  it('that was deleted, with its signature, is found', async () => {
    await closeThreeDays();
    await forge('DELETE FROM book_digest', 'DELETE FROM book_digest_head');
    expect(await verify()).toMatchObject([{ check: 'digest', column: 'closed_until' }]);
  });

  it('is changed by nobody who has the app’s own rights', async () => {
    await closeThreeDays();
    await expect(database.db.$executeRaw`UPDATE book_digest SET digest = digest`).rejects.toThrow(
      /nothing posted is changed/,
    );
    await expect(database.db.$executeRaw`DELETE FROM book_digest`).rejects.toThrow(
      /nothing posted is changed/,
    );
  });
});

describe('a new secret key', () => {
  const next = createSecretBox('the secret key after it', [SECRET_KEY]);

  it('signs every last digest anew once it holds under the old one, which then is not needed', async () => {
    await closeThreeDays();
    const alone = createSecretBox('the secret key after it');
    expect(await verify(alone)).toMatchObject([{ check: 'digest', column: 'signature' }]);
    const deps = { db: database.db, clock: new MovableClock(0, () => november(6).getTime()), signer: next };
    expect(await signDigestsAnew(deps)).toBe(1);
    expect(await signDigestsAnew(deps)).toBe(0);
    expect(await verify(alone)).toEqual([]);
  });

  it('signs none that does not hold', async () => {
    await closeThreeDays();
    await forge(`UPDATE credit_grant SET expires_at = 'infinity' WHERE kind = 'calling'`, FORGE_DIGESTS);
    const deps = { db: database.db, clock: new MovableClock(0, () => november(6).getTime()), signer: next };
    await expect(signDigestsAnew(deps)).rejects.toMatchObject({ code: 'digest-broken' });
  });
});

const refill = (args: string[]) =>
  runRefill(args, { DATABASE_URL: database.url, REFILL_DATA: '/nonexistent' });
