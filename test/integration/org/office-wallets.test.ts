import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readPurchaseOffer } from '../../../src/billing/index.ts';
import { createCompany } from '../../../src/cli/company/create-company.ts';
import { demoDirectory } from '../../../src/demo/index.ts';
import { readBalance } from '../../../src/ledger/index.ts';
import { dollars } from '../../../src/money.ts';
import {
  connectPhoneSystem,
  createSecretBox,
  findPerson,
  importDirectory,
  syncAndRecord,
} from '../../../src/org/index.ts';
import { startDirectoryApi } from '../../../src/stand-ins/local-phone-system/directory-api.ts';
import { type BillingRoom, startBillingRoom } from '../../support/billing-room.ts';
import { type TestCompany, testCompany } from '../../support/company.ts';

let room: BillingRoom;
let acme: TestCompany;

beforeAll(async () => {
  room = await startBillingRoom('2026-11-02T09:00:00Z');
  acme = await testCompany(room.database.db, { pooled: false });
});
afterAll(() => room?.close());

const NAME = {
  name: 'Globex',
  timeZone: 'America/New_York',
  country: 'US',
  billing: 'card' as const,
  billingDay: 1,
  shared: false,
  office: [
    { name: 'Springfield', country: null },
    { name: 'Shelbyville', country: 'CA' },
  ],
  min: dollars('5'),
  max: dollars('100'),
  perDay: dollars('500'),
  invoiceLimit: dollars('0'),
};

/** Every way in which the product creates an office, and one past the product. Each returns the company. */
const WAYS: Record<string, () => Promise<bigint>> = {
  'the creation of a company, also the demo’s': async () => (await testCompany(room.database.db)).companyId,
  'company add': async () => (await createCompany(room.database.db, NAME)).companyId,
  'directory import': async () => {
    const { faults } = await importDirectory(
      room.database.db,
      acme.companyId,
      { offices: 'name,country\nLondon,GB\nParis,FR\n' },
      room.clock.now(),
    );
    expect(faults).toEqual([]);
    return acme.companyId;
  },
  'directory sync': async () => {
    const api = await startDirectoryApi(demoDirectory());
    try {
      const deps = {
        ...room.deps,
        secrets: createSecretBox('the tests guard no secrets'),
        wait: async () => {},
      };
      await connectPhoneSystem(deps, { companyId: acme.companyId, url: api.url, key: api.key });
      await syncAndRecord(deps, { companyId: acme.companyId });
    } finally {
      await api.close();
    }
    return acme.companyId;
  },
  'a statement by hand': async () => {
    await room.database.db
      .$executeRaw`INSERT INTO office (company_id, name, country, is_primary, created_at, local_prefixes)
      SELECT ${acme.companyId}, 'Branch ' || n, 'US', false, now(), '{}' FROM generate_series(1, 3) AS n`;
    return acme.companyId;
  },
};

/** The offices of a company, and those of them that have a wallet. */
async function officesOf(companyId: bigint) {
  const [offices, { wallets }] = await Promise.all([
    room.database.db.office.findMany({ where: { companyId }, orderBy: { id: 'asc' } }),
    readBalance(room.database.db, companyId, room.clock.now()),
  ]);
  const withWallet = wallets.flatMap(({ officeId }) => (officeId === null ? [] : [officeId])).sort();
  return { offices: offices.map(({ id }) => id).sort(), withWallet };
}

/** What a company admin is offered to buy for. */
async function offered(): Promise<number> {
  const ana = await findPerson(room.database.db, { teamId: acme.teamId, userId: 'UANA' });
  if (ana === null) throw new Error('Ana has no access');
  return (await readPurchaseOffer(room.deps, ana)).scopes.length;
}

it.each(Object.keys(WAYS))('R5: an office has its wallet at once, and admins can buy: %s', async (way) => {
  const companyId = (await WAYS[way]?.()) ?? 0n;
  const { offices, withWallet } = await officesOf(companyId);
  expect(offices.length).toBeGreaterThan(0);
  expect(withWallet).toEqual(offices);
  expect(await offered()).toBe(await room.database.db.office.count({ where: { companyId: acme.companyId } }));
});

it('R5: an office that an older version left without a wallet gets one when the database is migrated', async () => {
  const { db } = room.database;
  await db.$executeRaw`ALTER TABLE office DISABLE TRIGGER office_has_wallet`;
  const { id } = await db.office.create({
    data: {
      companyId: acme.companyId,
      name: 'Left behind',
      country: 'US',
      isPrimary: false,
      createdAt: room.clock.now(),
    },
  });
  await db.$executeRaw`ALTER TABLE office ENABLE TRIGGER office_has_wallet`;
  await expect(offered()).rejects.toMatchObject({ code: 'wallet-missing' });
  const migration = await readFile(
    'test/fixtures/migrations-before-baseline/20261129041500_office_has_wallet/migration.sql',
    'utf8',
  );
  await db.$executeRawUnsafe(migration.slice(migration.lastIndexOf('SELECT ledger_open_offices')));
  expect((await officesOf(acme.companyId)).withWallet).toContain(id);
  expect(await offered()).toBeGreaterThan(0);
});
