import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { revokeRoleAndNotify } from '../../src/billing/index.ts';
import type { Db } from '../../src/db/index.ts';
import { deactivateMembers, recordAudit } from '../../src/org/index.ts';
import { type Driver, visibleText } from '../../src/stand-ins/local-workspace/index.ts';
import { listTextTables, retentionReason } from '../../src/usage/erase/personal-tables.ts';
import { eraseNumber, erasePerson, findPersonalFacts, type PersonErased } from '../../src/usage/index.ts';
import { findings } from '../support/ledger.ts';
import { startTestTryOut, type TryOut } from '../support/try-out.ts';

const CHANNEL = '#phone-credits';
const LI = { id: 'U0LI000001', name: 'Li Wei', number: '+12125550102' };
const OUTSIDER = '+442079460999';
let tryOut: TryOut;
let driver: Driver;
let db: Db;
let companyId: bigint;
let email: string;

/** Every row of every table as text, the queue's too. */
async function dump(): Promise<Map<string, string[]>> {
  const tables = await db.$queryRaw<{ schema: string; name: string }[]>`
    SELECT table_schema::text AS schema, table_name::text AS name FROM information_schema.tables
    WHERE table_schema IN ('public', 'graphile_worker') AND table_type = 'BASE TABLE'`;
  const rows = new Map<string, string[]>();
  for (const { schema, name } of tables) {
    const found = await db.$queryRawUnsafe<{ row: string }[]>(
      `SELECT t::text AS row FROM ${schema}."${name}" AS t`,
    );
    rows.set(
      name,
      found.map(({ row }) => row),
    );
  }
  return rows;
}

/** The tables in which a text stands, upper and lower case alike. */
const tablesWith = (rows: Map<string, string[]>, text: string): string[] =>
  [...rows].flatMap(([name, all]) =>
    all.some((row) => row.toLowerCase().includes(text.toLowerCase())) ? [name] : [],
  );

/** Writes the person's facts into every text of every row that is there, where the database takes it. */
async function plantEverywhere(): Promise<string[]> {
  const facts = `${LI.name} ${email} ${LI.number} (212) 555-0102`;
  const planted: string[] = [];
  for (const { name, columns } of await listTextTables(db)) {
    if (name === 'member' || name === 'phone_number' || name === 'usage_inbox') continue;
    for (const { name: column, isJson } of columns) {
      // Ids are ours, and other rows refer to them.
      if (column === 'id') continue;
      const value = isJson
        ? `jsonb_build_object('planted', $1::text, 'who', 'T1/${LI.id}')`
        : `"${column}" || ' ' || $1::text`;
      const sql = `UPDATE "${name}" SET "${column}" = ${value} WHERE company_id = ${companyId}
        AND ctid = (SELECT min(ctid) FROM "${name}" WHERE company_id = ${companyId})`;
      const count = await db.$executeRawUnsafe(sql, facts).catch(() => 0);
      if (count > 0) planted.push(`${name}.${column}`);
    }
  }
  return planted;
}

let erased: PersonErased;
let planted: string[];
let entries: string[];

beforeAll(async () => {
  tryOut = await startTestTryOut({ historyDays: 3 });
  driver = tryOut.sandbox.workspace.driver;
  ({ db } = tryOut.app);
  companyId = (await db.company.findFirstOrThrow()).id;
  email = (await db.member.findFirstOrThrow({ where: { slackUserId: LI.id } })).email ?? '';
  await driver.command('li', CHANNEL, '/credits add 20.00 New York');
  await driver.eventually(async () => (await driver.views('li')).at(-1)?.submit === 'Pay $20.00');
  await driver.submit('li');
  await driver.eventually(async () =>
    (await driver.messages('li', CHANNEL)).some(({ text, blocks }) =>
      /added \*\$20\.00\*/.test(`${text}${visibleText(blocks)}`),
    ),
  );
  await driver.close('li', { all: true });
  await driver.command('li', CHANNEL, '/credits add 30.00 New York');
  await driver.eventually(async () => (await driver.views('li')).length > 0);
  await recordAudit(db, {
    companyId,
    at: new Date(),
    actor: 'operator',
    surface: 'operator',
    action: 'notice-resent',
    reason: `${LI.name} asked from ${email} and (212) 555-0102`,
    details: { called: OUTSIDER },
  });
  // The app rests while rows are planted that its jobs could not read.
  await driver.close('li', { all: true });
  await revokeRoleAndNotify(
    { db, clock: tryOut.app.billing.clock },
    { companyId, userId: LI.id, by: 'operator' },
    null,
  );
  planted = await plantEverywhere();
  entries = (await dump()).get('entry')?.toSorted() ?? [];
  const deps = { db, clock: tryOut.app.billing.clock };
  const person = await findPersonalFacts(db, companyId, email);
  await deactivateMembers(deps, person);
  erased = await erasePerson(deps, person, 'asked to be erased');
}, 240_000);
afterAll(() => tryOut?.close());

describe('a person who is erased', () => {
  it('was in the directory, the usage, the audit, notices and every text that takes one', () => {
    const tables = erased.before.map(({ table }) => table);
    expect(tables).toEqual(
      expect.arrayContaining(['audit', 'member', 'notice', 'phone_number', 'purchase_order', 'usage_record']),
    );
    expect(planted.length).toBeGreaterThan(40);
  });

  it('is in no row of the database any more, but as the Slack id of who acted in sealed entries', async () => {
    const rows = await dump();
    for (const fact of [LI.name, email, LI.number, '(212) 555-0102'])
      expect(tablesWith(rows, fact), fact).toEqual([]);
    expect(tablesWith(rows, LI.id).filter((table) => retentionReason(table) === null)).toEqual([]);
    expect(erased.after.filter(({ table }) => retentionReason(table) === null)).toEqual([]);
  });

  it('leaves amounts, entries and seals as they were: the books hold', async () => {
    expect((await dump()).get('entry')?.toSorted()).toEqual(entries);
    expect(await findings(db)).toEqual([]);
    expect(erased.records).toBeGreaterThan(0n);
  });

  it('stays one and the same who acted, for what they did', async () => {
    const actors = await db.audit.findMany({
      where: { companyId, actor: { contains: 'U0ERASED' } },
      select: { actor: true },
    });
    expect(new Set(actors.map(({ actor }) => actor)).size).toBe(1);
  });
});

describe('a number of somebody outside that is erased', () => {
  it('goes from every text, whoever stored it', async () => {
    const number =
      (
        await db.$queryRaw<{ n: string }[]>`
      SELECT external_number AS n FROM usage_record WHERE external_number IS NOT NULL LIMIT 1`
      )[0]?.n ?? '';
    await db.$executeRaw`UPDATE audit SET reason = ${`called ${number.replace('+', '')}`} WHERE company_id = ${companyId}
      AND id = (SELECT max(id) FROM audit WHERE company_id = ${companyId})`;
    const done = await eraseNumber(
      { db, clock: tryOut.app.billing.clock },
      { companyId, number, reason: `asked by ${number}` },
    );
    expect(done.records).toBeGreaterThan(0n);
    expect(done.after).toEqual([]);
    expect(tablesWith(await dump(), number.replace('+', ''))).toEqual([]);
    expect(await findings(db)).toEqual([]);
  });
});
