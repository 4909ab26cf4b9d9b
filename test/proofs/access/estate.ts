import { ensureCustomer } from '../../../src/billing/index.ts';
import { systemClock } from '../../../src/clock.ts';
import { type Db, inTransaction, type Tx } from '../../../src/db/index.ts';
import { grantCredits, postUsage } from '../../../src/ledger/index.ts';
import { dollars, toMicros } from '../../../src/money.ts';
import { saveWorkspace } from '../../../src/org/index.ts';
import type { RunningApp } from '../../../src/start/app.ts';
import { callOf } from '../../support/billing-room.ts';
import { putCardOnFile, type TestCompany, testCompany } from '../../support/company.ts';
import { numberKey } from '../../support/number-key.ts';
import { ACME, IDENTITIES, SENDERS } from './people.ts';

const PLENTY = dollars('1000000');
const CALL_COST = '1.75';
/** Whom the member that asks called. */
export const OWN_NUMBER = '+442079460303';

/** What is on show in a company and nowhere else: who may not see it must find none of it in an answer. */
export interface Marks {
  offices: readonly [string, string];
  /** Of each office's credits, as they are written. */
  balances: readonly [string, string];
  last4: string;
  /** Somebody of the directory who is not the member that asks, and the number they called. */
  colleague: string;
  called: string;
}

export interface Estate {
  company: TestCompany;
  marks: Marks;
  wallets: readonly [bigint, bigint];
}

/** A company with a workspace, cards, credits, people and their usage; what is on show in it is only its own. */
export async function buildEstate(
  app: RunningApp,
  { teamId, botToken, marks }: { teamId: string; botToken: string; marks: Marks },
): Promise<Estate> {
  const { db, billing } = app;
  const company = await testCompany(db, {
    name: teamId === ACME ? 'Acme' : 'Globex',
    teamId,
    pooled: false,
    limits: { min: dollars('5'), max: PLENTY, perDay: PLENTY.times(1_000), exposure: PLENTY },
    offices: marks.offices.map((name) => ({ name, country: 'US' })),
  });
  const { companyId, officeIds } = company;
  const at = systemClock.now();
  await saveWorkspace(app, { teamId, name: teamId, botToken, botUserId: 'UBOT', botId: 'BBOT', at });
  await db.company.update({
    where: { id: companyId },
    data: { approvalLimitMicros: toMicros(dollars('500')), cardCheck: 'every' },
  });
  await ensureCustomer(billing, companyId);
  await putCardOnFile(billing, companyId, marks.last4 === '4242' ? 'pm_card_visa' : 'pm_card_mastercard');
  const wallets = await inTransaction(db, async (tx) => {
    for (const [i, balance] of marks.balances.entries())
      await open(tx, companyId, {
        officeId: officeIds[i] ?? 0n,
        amount: balance.replaceAll(',', ''),
        key: `${i}`,
      });
    return await tx.wallet.findMany({
      where: { companyId, officeId: { not: null } },
      orderBy: { officeId: 'asc' },
    });
  });
  for (const [i, officeId] of officeIds.entries()) {
    const { id: memberId } = await db.member.create({
      data: {
        companyId,
        officeId,
        kind: 'person',
        name: i === 0 ? marks.colleague : 'Toby Marsh',
        licence: 'pro',
      },
    });
    await bookCall(db, company, { officeId, memberId, externalNumber: marks.called });
  }
  await db.department.create({ data: { companyId, officeId: company.officeIds[0], name: 'Sales' } });
  const [here, there] = wallets.map(({ id }) => id);
  if (here === undefined || there === undefined) throw new Error('each office has its wallet');
  return { company, marks, wallets: [here, there] };
}

/** Everybody whom the matrix knows, with the role that the company gave. */
export async function employ(db: Db, company: TestCompany): Promise<void> {
  const { companyId, officeIds } = company;
  for (const sender of SENDERS) {
    const { teamId, userId, role } = IDENTITIES[sender];
    const isThere = sender === 'company_admin' || role === null || teamId !== ACME;
    if (!isThere)
      await db.roleAssignment.create({
        data: {
          companyId,
          teamId,
          userId,
          role: role.role,
          officeId: role.office === null ? null : (officeIds[role.office] ?? null),
          grantedBy: 'test',
          grantedAt: new Date('2026-11-02T09:00:00Z'),
        },
      });
  }
  const priya = {
    kind: 'person' as const,
    name: 'Priya Natarajan',
    licence: 'pro',
    slackUserId: IDENTITIES.member.userId,
  };
  const { id: memberId } = await db.member.create({ data: { companyId, officeId: officeIds[0], ...priya } });
  await bookCall(db, company, { officeId: officeIds[0], memberId, externalNumber: OWN_NUMBER });
}

/** A call that somebody made, paid from credits that came for it, so that balances stay as they are written. */
async function bookCall(
  db: Db,
  company: TestCompany,
  call: { officeId: bigint; memberId: bigint; externalNumber: string },
): Promise<void> {
  const { companyId } = company;
  const at = systemClock.now();
  const { officeId, memberId } = call;
  await inTransaction(db, (tx) =>
    open(tx, companyId, { officeId, amount: CALL_COST, key: `call-${memberId}` }),
  );
  await postUsage(db, {
    numberKey,
    companyId,
    at,
    records: [{ ...callOf(company, CALL_COST), ...call, usageAt: at }],
  });
}

/** Credits that were there from the beginning. */
async function open(
  tx: Tx,
  companyId: bigint,
  { officeId, amount, key }: { officeId: bigint; amount: string; key: string },
): Promise<void> {
  await grantCredits(tx, {
    companyId,
    officeId,
    kind: 'general',
    amount: dollars(amount),
    key: `opening-${key}`,
    source: 'opening',
    reference: 'access',
    actor: 'operator',
    reason: 'To be guarded',
    at: systemClock.now(),
  });
}
