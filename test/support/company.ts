import { randomUUID } from 'node:crypto';
import type { BillingDeps } from '../../src/billing/index.ts';
import { ensureCustomer } from '../../src/billing/index.ts';
import { type Db, inTransaction } from '../../src/db/index.ts';
import { dollars } from '../../src/money.ts';
import { createCompany, findPerson, type NewCompany, type Person } from '../../src/org/index.ts';

const START = new Date('2026-11-02T09:00:00Z');

export interface TestCompany {
  companyId: bigint;
  officeIds: [bigint, ...bigint[]];
  teamId: string;
  /** A company admin, and another. */
  ana: Person;
  li: Person;
}

/** A company of a test's own: its workspace, two company admins, two offices, wallets, a channel for notices. */
export async function testCompany(
  db: Db,
  { teamId = `T${randomUUID().slice(0, 8)}`, ...overrides }: Partial<NewCompany & { teamId: string }> = {},
): Promise<TestCompany> {
  const { companyId, officeIds } = await inTransaction(db, async (tx) => {
    const created = await createCompany(tx, {
      name: 'Acme Corp',
      timeZone: 'America/Los_Angeles',
      country: 'US',
      billingMethod: 'card',
      billingDay: 1,
      pooled: true,
      limits: { min: dollars('5'), max: dollars('1000'), perDay: dollars('2500'), exposure: dollars('500') },
      offices: [
        { name: 'San Francisco', country: 'US' },
        { name: 'New York', country: 'US' },
      ],
      at: START,
      ...overrides,
    });
    await tx.workspace.create({
      data: {
        teamId,
        companyId: created.companyId,
        name: 'Acme',
        botTokenEncrypted: 'none',
        botUserId: 'UBOT',
        botId: 'BBOT',
        installedAt: START,
        boundAt: START,
      },
    });
    for (const userId of ['UANA', 'ULI']) {
      await tx.roleAssignment.create({
        data: {
          companyId: created.companyId,
          teamId,
          userId,
          role: 'company_admin',
          grantedBy: 'test',
          grantedAt: START,
        },
      });
    }
    await tx.noticeChannel.create({
      data: { companyId: created.companyId, kind: 'any', teamId, channelId: 'CCREDITS' },
    });
    return created;
  });
  return {
    companyId,
    officeIds,
    teamId,
    ana: await person(db, teamId, 'UANA'),
    li: await person(db, teamId, 'ULI'),
  };
}

async function person(db: Db, teamId: string, userId: string): Promise<Person> {
  const found = await findPerson(db, { teamId, userId });
  if (found === null) throw new Error(`${userId} is nobody in ${teamId}`);
  return found;
}

/** Puts one of the processor's test cards on file as the company's default. */
export async function putCardOnFile(
  deps: BillingDeps,
  companyId: bigint,
  testCard = 'pm_card_visa',
): Promise<void> {
  const customerId = await ensureCustomer(deps, companyId);
  const card = await deps.gateway.attachCard({ cardId: testCard, customerId, key: randomUUID() });
  await deps.db.card.updateMany({ where: { companyId, isDefault: true }, data: { isDefault: false } });
  await deps.db.card.create({
    data: {
      companyId,
      processorId: card.id,
      brand: card.brand,
      last4: card.last4,
      expMonth: card.expMonth,
      expYear: card.expYear,
      fingerprint: card.fingerprint,
      isDefault: true,
      confirmedAt: START,
      claimedAt: START,
      addedBy: 'test',
      addedAt: START,
    },
  });
}
