import { afterAll, beforeAll, expect, it } from 'vitest';
import { type TestCompany, testCompany } from '../../support/company.ts';
import { freshDatabase, type TestDatabase } from '../../support/database.ts';
import { runRefill } from '../../support/run-refill.ts';

let database: TestDatabase;
let acme: TestCompany;

beforeAll(async () => {
  database = await freshDatabase();
  acme = await testCompany(database.db);
  const { companyId, officeIds } = acme;
  await database.db.member.create({
    data: {
      companyId,
      officeId: officeIds[0],
      kind: 'person',
      name: 'Bea Berg',
      email: 'bea@acme.example',
      licence: 'talk',
    },
  });
});
afterAll(() => database?.close());

const refill = async (...args: string[]) =>
  await runRefill(['limit', ...args, '--company', `${acme.companyId}`], { DATABASE_URL: database.url });

it('sets, lists and ends a limit, each with who and why', async () => {
  const why = ['--as', 'anna', '--reason', 'agreed by phone'];
  const set = await refill('set', '--office', 'new york', '--amount', '500', ...why);
  expect(set.stdout).toContain('New York may spend $500.00 a month from now on.');
  await refill(
    'set',
    '--person',
    'bea@acme.example',
    '--amount',
    '0',
    '--period',
    'day',
    '--levels',
    '90',
    ...why,
  );
  const { stdout } = await refill('list', '--json');
  const { limits } = JSON.parse(stdout) as { limits: { limitId: string; of: { name: string } }[] };
  expect(limits).toMatchObject([
    {
      of: { kind: 'office', name: 'New York' },
      period: 'month',
      amount: '500',
      spent: '0',
      levels: [50, 80, 100],
    },
    { of: { kind: 'member', name: 'Bea Berg' }, period: 'day', amount: '0', levels: [90, 100] },
  ]);
  expect((await refill('end', limits[0]?.limitId ?? '', ...why)).status).toBe(0);
  expect((await refill('end', limits[0]?.limitId ?? '', ...why)).status).toBe(1);
  expect((await refill('list')).stdout).toMatch(/Bea Berg \(person\) {2}\$0\.00 of \$0\.00 a day \(0%\)/);
  const audits = await database.db.audit.findMany({
    where: { companyId: acme.companyId },
    orderBy: { id: 'asc' },
  });
  expect(audits.map(({ actor, action, reason }) => [actor, action, reason])).toEqual([
    ['operator:anna', 'spending-limit-set', 'agreed by phone'],
    ['operator:anna', 'spending-limit-set', 'agreed by phone'],
    ['operator:anna', 'spending-limit-ended', 'agreed by phone'],
  ]);
});

it('says what is wrong with what was typed', async () => {
  const why = ['--reason', 'test'];
  const none = await refill('set', '--amount', '5', ...why);
  expect([none.status, none.stderr]).toEqual([
    2,
    expect.stringContaining('one of --office, --department and --person'),
  ]);
  const unknown = await refill('set', '--office', 'Boston', '--amount', '5', ...why);
  expect([unknown.status, unknown.stderr]).toEqual([2, expect.stringContaining('"Boston" is not known')]);
  const levels = await refill('set', '--office', 'New York', '--amount', '5', '--levels', 'half', ...why);
  expect([levels.status, levels.stderr]).toEqual([2, expect.stringContaining('takes per cents like 50,80')]);
});
