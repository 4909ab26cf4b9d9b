import { afterAll, beforeAll, expect, it } from 'vitest';
import { addRecurring, sweepSubscriptions } from '../../../src/billing/index.ts';
import { MovableClock } from '../../../src/clock.ts';
import { correctUsage, postUsage } from '../../../src/ledger/index.ts';
import { dollars } from '../../../src/money.ts';
import { recordVerification } from '../../../src/org/index.ts';
import { type BillingRoom, callOf, startBillingRoom } from '../../support/billing-room.ts';
import { buyTwenty, type CardedCompany, cardedCompany } from '../../support/carded-company.ts';
import { numberKey } from '../../support/number-key.ts';
import { runRefill } from '../../support/run-refill.ts';

let room: BillingRoom;
let company: CardedCompany;

beforeAll(async () => {
  room = await startBillingRoom('2026-11-20T18:00:00Z');
  company = await cardedCompany(room, 'pm_card_visa');
  await buyTwenty(room, company);
  await room.work();
  const usage = {
    ...callOf(company, '0.0135'),
    externalId: 'call-1',
    price: '$0.0135 a minute, 1 minute',
    usageAt: room.clock.now(),
  };
  const of = { companyId: company.companyId, at: room.clock.now() };
  await postUsage(room.deps.db, { numberKey, ...of, records: [usage] });
  const corrected = { ...usage, cost: dollars('0.027'), price: '$0.0135 a minute, 2 minutes' };
  await correctUsage(room.deps.db, {
    numberKey,
    ...of,
    key: 'fix',
    usage: corrected,
    actor: 'operator',
    reason: 'Longer',
  });
});
afterAll(async () => await room?.close());

const refill = async (...args: string[]) =>
  await runRefill([...args, '--company', `${company.companyId}`], { DATABASE_URL: room.database.url });

it('a statement runs from the opening to the closing balance, and its lines add up', async () => {
  const { status, stdout } = await refill('statement', '--from', '2026-11-20', '--to', '2026-11-20');
  expect(status).toBe(0);
  expect(stdout.split('\n').map((line) => line.replace(/^ {2}\S+ {2}/, '  '))).toEqual([
    'shared credits: opening balance $0.00',
    expect.stringMatching(/^ {2}grant {2}purchase \d+ {2}\+\$20\.00 {2}balance \$20\.00 {2}Credits bought$/),
    '  usage international  api call-1  −$0.0135  balance $19.9865',
    '  correction international  api call-1  −$0.0135  balance $19.973  Longer',
    'shared credits: closing balance $19.973',
    'San Francisco: opening balance $0.00',
    'San Francisco: closing balance $0.00',
    'New York: opening balance $0.00',
    'New York: closing balance $0.00',
    '',
  ]);
  const { status: wrong, stderr } = await refill('statement', '--from', '20.11.2026');
  expect(wrong).toBe(2);
  expect(stderr).toContain('--from takes a day like 2026-11-01: "20.11.2026" is not a day');
});

it('a charge is explained by its price, its corrections and the order that paid it', async () => {
  const { status, stdout } = await refill('explain', 'call-1');
  expect(status).toBe(0);
  expect(stdout).toContain('costs $0.0135: $0.0135 a minute, 1 minute');
  expect(stdout).toContain('costs $0.027: $0.0135 a minute, 2 minutes');
  expect(stdout).toMatch(/usage −\$0\.0135: −\$0\.0135 general grant \d+\n/);
  expect(stdout).toMatch(/correction −\$0\.0135 \(Longer\): −\$0\.0135 general grant \d+\n/);
  expect(stdout).toMatch(/grant \d+: \$20\.00 general, by order P-\d{6} on 2026-11-20\n/);
  expect((await refill('explain', 'call-2')).stderr).toContain('Nothing was posted as "call-2"');
});

it('an order is found by its reference, its receipt and the processor’s intent, and tells its story', async () => {
  const [intent] = await room.deps.db.paymentAttempt.findMany({ where: { companyId: company.companyId } });
  const { stdout: list } = await refill('order', 'list');
  const reference = /P-\d{6}/.exec(list)?.[0] ?? '';
  for (const name of [reference, 'r-000001', intent?.intentId ?? '']) {
    const { status, stdout } = await refill('order', 'show', name);
    expect({ name, status }).toEqual({ name, status: 0 });
    expect(stdout).toContain(`${reference}: purchase of $20.00, settled`);
    expect(stdout).toContain('paid by card; receipt R-000001');
    expect(stdout).toContain('shared credits: $20.00, credited $20.00');
    const events = stdout.split('\n').filter((line) => /^ +2026/.test(line));
    expect(events.map((line) => line.split('Z  ')[1]?.split(':')[0])).toEqual([
      'begun',
      'purchase-confirmed',
      'credits-added',
      'attempt opened',
      'attempt succeeded',
    ]);
  }
  expect((await refill('order', 'show', 'P-999999')).stderr).toContain('has no order P-999999');
  expect((await refill('order', 'show', '17')).stderr).toContain('"17" is no order: type P-000123');
});

it('recurring funds that were ended come no more, and what they credited stays', async () => {
  const { deps, clock } = room;
  await addRecurring(deps, { companyId: company.companyId, amount: dollars('7'), isCharged: false });
  await room.work();
  const { stdout } = await refill('recurring', 'list');
  const [number] = /^\d+(?= .*\$7\.00 free)/m.exec(stdout.replace(/^.*?: /, '')) ?? [];
  const end = await refill('recurring', 'end', number ?? '', '--reason', 'agreed by phone');
  expect(end).toMatchObject({ status: 0 });
  const credits = () =>
    deps.db.creditGrant.count({ where: { companyId: company.companyId, source: 'recurring' } });
  const before = await credits();
  clock.advance(70 * 24 * 3_600_000);
  await sweepSubscriptions(deps);
  expect({ before, after: await credits() }).toEqual({ before: 1, after: 1 });
  expect((await refill('recurring', 'end', number ?? '', '--reason', 'again')).status).toBe(1);
});

it('a usage is refunded once, in part or whole, never more than it costs, and the audit says why', async () => {
  const { db } = room.deps;
  const refund = async (...args: string[]) => await refill('usage', 'refund', 'call-1', ...args);
  expect((await refund('--amount', '0.01', '--reason', 'Bad line')).stdout).toContain(
    'Refunded $0.01. It costs $0.017 now.',
  );
  expect((await refund('--amount', '0.01', '--reason', 'Bad line')).stdout).toContain(
    'Nothing was refunded now: $0.01',
  );
  const tooMuch = await refund('--amount', '0.02', '--reason', 'More');
  expect(tooMuch).toMatchObject({ status: 1, stderr: expect.stringContaining('more than the usage cost') });
  expect((await refund('--reason', 'All of it')).stdout).toContain('Refunded $0.017. It costs $0.00 now.');
  const audits = await db.audit.findMany({ where: { action: 'usage-refunded' }, orderBy: { id: 'asc' } });
  expect(audits.map(({ reason, details }) => ({ reason, details }))).toEqual([
    { reason: 'Bad line', details: { source: 'api', id: 'call-1', amount: '0.01' } },
    { reason: 'All of it', details: { source: 'api', id: 'call-1', amount: '0.017' } },
  ]);
  expect((await refill('explain', 'call-1')).stdout).toContain('refund +$0.017 (All of it)');
  expect((await runRefill(['verify'], { DATABASE_URL: room.database.url })).status).toBe(0);
});

it('a verification by hand is recorded as a night’s is, for monitoring and the doctor', async () => {
  const { db } = room.deps;
  const env = { DATABASE_URL: room.database.url };
  const last = () => db.verification.findFirstOrThrow({ orderBy: { finishedAt: 'desc' } });
  const at = (iso: string) => ({ clock: new MovableClock(0, () => Date.parse(iso)) });
  expect((await runRefill(['verify'], env, at('2027-03-01T10:00:00Z'))).status).toBe(0);
  expect(await last()).toMatchObject({
    finishedAt: new Date('2027-03-01T10:00:00Z'),
    findings: 0,
    since: null,
  });
  const doctor = async (iso: string) => (await runRefill(['doctor'], env, at(iso))).stdout;
  expect(await doctor('2027-03-02T10:00:00Z')).toContain(
    'last verified at 2027-03-01T10:00:00.000Z, and hold',
  );
  expect(await doctor('2027-03-03T10:00:00Z')).toMatch(
    /last verified at 2027-03-01T10:00:00.000Z\.[\s\S]*refill verify, and see why/,
  );
  // A part says nothing of what the whole found, and takes nothing from a day on which the whole was verified.
  const result = { companies: 1, part: { since: '2027-03-01' } };
  await recordVerification(db, {
    ...result,
    day: '2027-03-01',
    at: new Date('2027-03-01T11:00:00Z'),
    findings: 0,
  });
  expect(await last()).toMatchObject({ finishedAt: new Date('2027-03-01T11:00:00Z'), since: null });
  await recordVerification(db, {
    ...result,
    part: null,
    day: '2027-03-02',
    at: new Date('2027-03-02T03:00:00Z'),
    findings: 2,
  });
  await recordVerification(db, {
    ...result,
    day: '2027-03-02',
    at: new Date('2027-03-02T04:00:00Z'),
    findings: 0,
  });
  expect(await last()).toMatchObject({ finishedAt: new Date('2027-03-02T03:00:00Z'), findings: 2 });
  expect((await runRefill(['verify'], env, at('2027-03-02T05:00:00Z'))).status).toBe(0);
  expect(await last()).toMatchObject({ findings: 0, since: null });
});
