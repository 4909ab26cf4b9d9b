import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { grantCredits, readBalance } from '../../../src/ledger/index.ts';
import { dollars } from '../../../src/money.ts';
import { type TestCompany, testCompany } from '../../support/company.ts';
import { freshDatabase, type TestDatabase } from '../../support/database.ts';
import { runRefill } from '../../support/run-refill.ts';

let database: TestDatabase;
let folder: string;
let acme: TestCompany;

beforeAll(async () => {
  database = await freshDatabase();
  folder = await mkdtemp(path.join(tmpdir(), 'refill-company-'));
});
afterAll(async () => {
  await database?.close();
  await rm(folder, { recursive: true, force: true });
});
beforeEach(async () => {
  acme = await testCompany(database.db);
});

const refill = (...args: string[]) =>
  runRefill(args, { DATABASE_URL: database.url, REFILL_DATA: path.join(folder, 'none') });
const set = (...args: string[]) =>
  refill('company', 'set', '--company', acme.companyId.toString(), '--as', 'anna', ...args);
const row = () => database.db.company.findUniqueOrThrow({ where: { id: acme.companyId } });
const audits = (action: string) =>
  database.db.audit.findMany({ where: { companyId: acme.companyId, action }, orderBy: { id: 'asc' } });

it('changes what it names and nothing else, records who, and posts it in the channel once', async () => {
  const before = await row();
  const { status, stdout } = await set(
    '--name=Acme & Sons',
    '--max=900',
    '--time-zone=America/New_York',
    '--country=ca',
    '--approval-limit=250',
    '--invoice-limit=0',
    '--card-check=first',
  );
  expect([status, stdout]).toEqual([0, expect.stringContaining('purchase max: 1000.00 → 900.00')]);
  expect(await row()).toEqual({
    ...before,
    name: 'Acme & Sons',
    purchaseMaxMicros: 900_000_000n,
    timeZone: 'America/New_York',
    country: 'CA',
    operatorApprovalLimitMicros: 250_000_000n,
    exposureLimitMicros: 0n,
    cardCheck: 'first',
  });
  expect(await set('--max=900')).toMatchObject({
    status: 0,
    stdout: expect.stringContaining('Nothing was changed'),
  });
  expect(await audits('company-changed')).toMatchObject([
    { actor: 'operator:anna', details: { country: 'US → CA', operator_approval_limit: 'none → 250.00' } },
  ]);
  const notices = await database.db.notice.findMany({ where: { companyId: acme.companyId } });
  expect(notices).toMatchObject([{ kind: 'settings', facts: { byUserId: null } }]);
});

it('stores what receipts print as another row each time, and no tax rate without a tax ID', async () => {
  expect(await set('--tax-rate=19')).toMatchObject({
    status: 1,
    stderr: expect.stringMatching(/needs a tax ID/),
  });
  const first = await set(
    '--tax-rate=19%',
    '--tax-id=DE123',
    '--address=Main Street 1; Springfield',
    '--po-number=7',
    '--legal-name=Acme Holdings Inc.',
  );
  expect(first.stdout).toContain('billing address: none → Main Street 1, Springfield');
  expect(await set('--tax-rate=8.25', '--po-number=none')).toMatchObject({ status: 0 });
  const rows = await database.db.billingDetails.findMany({ orderBy: { since: 'asc' } });
  expect(rows).toMatchObject([
    {
      legalName: 'Acme Holdings Inc.',
      address: 'Main Street 1\nSpringfield',
      poNumber: '7',
      taxRateBp: 1900,
      taxName: 'VAT',
      taxId: 'DE123',
    },
    { address: 'Main Street 1\nSpringfield', poNumber: null, taxRateBp: 825, taxId: 'DE123' },
  ]);
  expect(await set('--tax-rate=100', '--address=;')).toMatchObject({
    status: 2,
    stderr: expect.stringMatching(
      /--tax-rate is a percentage[\s\S]*--address takes 1 to 6 lines|--address takes/,
    ),
  });
});

it('names every wrong option of a call at once, and changes nothing', async () => {
  const before = await row();
  const wrong = await set('--time-zone=EST', '--country=ZZ', '--billing-day=32', '--min=0', '--billing=cash');
  expect(wrong.status).toBe(2);
  for (const sentence of [
    '--time-zone takes a region: "EST" is not a region (CA: America/Toronto, AU: Australia/Sydney, PA: America/Panama). America/New_York?',
    '--country takes the two letters of a country like US, not "ZZ"',
    '--billing-day is a day from 1 to 31, not "32"',
    '--min takes an amount',
    '--billing is one of card, invoice',
  ])
    expect(wrong.stderr).toContain(sentence);
  for (const zone of ['BST', 'GMT', 'Etc/GMT+5', 'CST6CDT', 'Mars/Olympus', '+05:00'])
    expect((await set(`--time-zone=${zone}`)).status).toBe(2);
  const limits = await set('--min=2000', '--per-day=500');
  expect([limits.status, limits.stderr]).toEqual([
    1,
    expect.stringMatching(
      /smallest purchase, \$2,000\.00, is above.*largest purchase, \$1,000\.00, is above/,
    ),
  ]);
  expect(await set()).toMatchObject({ status: 2 });
  expect(await row()).toEqual(before);
  const add = await refill(
    'company',
    'add',
    '--name',
    ' ',
    '--office',
    ':US',
    '--time-zone',
    'PST',
    '--country',
    'EU',
    '--max',
    'lots',
  );
  expect(add.status).toBe(2);
  for (const option of ['--name', '--office', '--time-zone', '--country', '--max'])
    expect(add.stderr).toContain(option);
  const twice = await refill('company', 'add', '--name', 'Twice', '--office', 'Oslo:NO', '--office', 'oslo');
  expect([twice.status, twice.stderr]).toEqual([2, expect.stringContaining('--office names "oslo" twice')]);
});

it('R5: shows the review of credit sharing, and makes the change with its token and shares from a file', async () => {
  await grantCredits(database.db, {
    companyId: acme.companyId,
    officeId: null,
    kind: 'general',
    amount: dollars('100.25'),
    key: 'opening',
    source: 'test',
    reference: 'opening',
    actor: 'operator',
    reason: 'Test',
    at: new Date(),
  });
  const file = path.join(folder, 'shares.csv');
  await writeFile(file, 'office,dollars\nNew York,40\nNowhere,1\nSan Francisco,5\n');
  const wrong = await set('--credit-sharing=per-office', `--shares=${file}`);
  expect([wrong.status, wrong.stderr]).toEqual([
    2,
    expect.stringMatching(
      /line 3: there is no office "Nowhere".*line 4: San Francisco is the primary office/,
    ),
  ]);
  // As a spreadsheet of another country saves it.
  await writeFile(file, Buffer.from('\uFEFFdollars\toffice\r\n40\tnew york\r\n', 'utf16le'));
  const asked = await set('--credit-sharing=per-office', `--shares=${file}`, '--json');
  const { confirm } = JSON.parse(asked.stdout) as { confirm: string };
  const text = await set('--credit-sharing=per-office', `--shares=${file}`);
  expect(text.stdout).toContain('New York: +$40.00 of credits');
  expect(text.stdout).toContain('San Francisco: about +$60.25 of credits');
  expect((await row()).pooled).toBe(true);
  const done = await set('--credit-sharing=per-office', `--confirm=${confirm}`);
  expect([done.status, done.stdout]).toEqual([
    0,
    expect.stringContaining('Each office has its own credits now'),
  ]);
  const { wallets } = await readBalance(database.db, acme.companyId, new Date());
  expect(wallets.map(({ general }) => general.toFixed(2))).toEqual(['0.00', '60.25', '40.00']);
  expect(await audits('credit-sharing-changed')).toMatchObject([{ actor: 'operator:anna' }]);
  expect((await set('--credit-sharing=per-office', `--confirm=${confirm}`)).status).toBe(1);
  expect((await set('--credit-sharing=company', '--max=50')).status).toBe(2);
  expect((await set(`--shares=${file}`)).status).toBe(2);
});

it('shows debt, sharing, pauses and auto-recharge of each company', async () => {
  const list = await refill('company', 'list');
  expect(list.stdout).toMatch(
    /Acme Corp.*credits shared {2}reported {2}available \$0\.00 {2}auto-recharge off {2}no usage yet/,
  );
  const show = await refill('company', 'show', '--company', acme.companyId.toString());
  expect(show.stdout).toMatch(/offices: San Francisco \(US\) is primary; New York \(US\)/);
  expect(show.stdout).toMatch(
    /purchases: \$5\.00 to \$1,000\.00, \$2,500\.00 within 24 hours; invoice limit \$500\.00/,
  );
});

it('an approval limit that fewer than two people could answer is refused as by approval set-limit, unless forced', async () => {
  const other = await testCompany(database.db);
  const { companyId } = other;
  await database.db.roleAssignment.deleteMany({ where: { companyId, userId: 'ULI' } });
  const limit = (...args: string[]) =>
    refill('company', 'set', '--company', companyId.toString(), '--as', 'anna', ...args);
  const [bySet, byLimit] = [
    await limit('--approval-limit=100', '--max=900'),
    await refill('approval', 'set-limit', '--company', companyId.toString(), '100', '--as', 'anna'),
  ];
  expect(bySet).toMatchObject({
    status: 1,
    stderr: expect.stringMatching(/Fewer than two admins could approve for Acme Corp\..*--force/),
  });
  expect(byLimit).toEqual(bySet);
  const row = () => database.db.company.findUniqueOrThrow({ where: { id: companyId } });
  expect(await row()).toMatchObject({
    operatorApprovalLimitMicros: null,
    purchaseMaxMicros: 1_000_000_000n,
  });
  expect(await limit('--approval-limit=100', '--force')).toMatchObject({
    status: 0,
    stdout: expect.stringMatching(/Fewer than two admins could approve for Acme Corp\./),
  });
  expect(await row()).toMatchObject({ operatorApprovalLimitMicros: 100_000_000n });
  expect(await limit('--approval-limit=none')).toMatchObject({ status: 0 });
  expect(await limit('--max=800', '--force')).toMatchObject({ status: 2 });
});
