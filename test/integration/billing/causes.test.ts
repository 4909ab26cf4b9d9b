import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { addBundle, adjustCredits, causeChecks } from '../../../src/billing/index.ts';
import { inTransaction, openDb } from '../../../src/db/index.ts';
import { type Finding, grantCredits, verifyLedger } from '../../../src/ledger/index.ts';
import { createLogger } from '../../../src/log.ts';
import { dollars } from '../../../src/money.ts';
import { type BillingRoom, buyReviewed, spend, startBillingRoom } from '../../support/billing-room.ts';
import { buyTwenty, type CardedCompany, cardedCompany } from '../../support/carded-company.ts';
import { runRefill } from '../../support/run-refill.ts';

let room: BillingRoom;
let company: CardedCompany;
let invoiced: CardedCompany;

beforeAll(async () => {
  room = await startBillingRoom('2026-11-20T18:00:00Z');
  company = await cardedCompany(room, 'pm_card_visa');
  invoiced = await cardedCompany(room, 'pm_card_visa');
  await room.deps.db.company.update({
    where: { id: invoiced.companyId },
    data: { billingMethod: 'invoice' },
  });
  await buyTwenty(room, company);
  await room.work();
  await buyTwenty(room, company);
  await buyTwenty(room, invoiced);
  const { id: bundleId } = await addBundle(room.deps.db, {
    name: 'Calling 150',
    kind: 'calling',
    period: 'monthly',
    credit: dollars('150'),
    price: dollars('120'),
    at: room.clock.now(),
  });
  await buyReviewed(room.deps, company.ana, { bundleId, scope: { kind: 'company' }, token: 'bundle-token' });
  await room.work();
  await adjust('opening', '12.5');
  await adjust('grant', '3');
  await adjust('deduction', '2.25');
});
afterAll(async () => await room?.close());

async function adjust(kind: 'opening' | 'grant' | 'deduction', amount: string): Promise<void> {
  await inTransaction(room.deps.db, (tx) =>
    adjustCredits(tx, {
      companyId: company.companyId,
      kind,
      officeId: null,
      amount: dollars(amount),
      reason: 'Agreed by phone',
      actor: 'operator',
      at: room.clock.now(),
    }),
  );
}

/** What verify says of the database as `plant` leaves it; what was planted is undone. */
async function plant(statement: string): Promise<string[]> {
  const single = await openDb({ url: room.database.url, poolSize: 1, log: createLogger('silent') });
  try {
    await single.$executeRawUnsafe('BEGIN');
    // Guards of the ledger and foreign keys: an owner can switch them off.
    await single.$executeRawUnsafe("SET LOCAL session_replication_role = 'replica'");
    expect(await single.$executeRawUnsafe(statement)).toBeGreaterThan(0);
    const found: Finding[] = [];
    await verifyLedger(single, { checks: causeChecks, onFinding: (finding) => found.push(finding) });
    return [...new Set(found.map(({ check, column }) => `${check} ${column}`))];
  } finally {
    await single.$executeRawUnsafe('ROLLBACK');
    await single.$disconnect();
  }
}

const ofCompany = () => `company_id = ${company.companyId}`;
const ofInvoiced = () => `company_id = ${invoiced.companyId}`;

it('sound books have a cause for each credit', async () => {
  const found: Finding[] = [];
  await verifyLedger(room.deps.db, { checks: causeChecks, onFinding: (finding) => found.push(finding) });
  expect(found).toEqual([]);
});

it('a forged credit that pretends to be a refund of usage is found', async () => {
  expect(await plantGrant({ source: 'refund', reference: 'call-1' })).toEqual([
    ['cause', 'source', 'refund'],
  ]);
});

it('a credit without an order, which the ledger took as any other, is found', async () => {
  expect(await plantGrant({ source: 'purchase', reference: '424242' })).toEqual([
    ['cause-order', 'order', null],
  ]);
});

/** What verify says of a credit that only the ledger knows, which is not kept. */
async function plantGrant(of: { source: string; reference: string }): Promise<unknown[]> {
  const found: Finding[] = [];
  const undone = new Error('not kept');
  await room.deps.db
    .$transaction(async (tx) => {
      await grantCredits(tx, {
        companyId: company.companyId,
        officeId: null,
        kind: 'general',
        amount: dollars('999000'),
        key: 'order:424242',
        actor: 'nobody',
        reason: 'Credits bought',
        at: room.clock.now(),
        ...of,
      });
      await verifyLedger(tx, { checks: causeChecks, onFinding: (finding) => found.push(finding) });
      throw undone;
    })
    .catch((error) => expect(error).toBe(undone));
  return found.map(({ check, column, found: value }) => [check, column, value]);
}

it.each([
  [
    'an order’s amount',
    () => `UPDATE purchase_order SET amount_micros = 1 WHERE ${ofCompany()} AND kind = 'purchase'`,
    ['order-lines amount_micros'],
  ],
  [
    'a line’s amount',
    () => `UPDATE order_line SET amount_micros = 1 WHERE ${ofCompany()}`,
    ['cause-order amount_micros', 'order-lines amount_micros'],
  ],
  [
    'a line’s office',
    () =>
      `UPDATE order_line SET office_id = ${company.officeIds[1]} FROM purchase_order AS o WHERE o.company_id = order_line.company_id AND o.id = order_id AND o.${ofCompany()} AND o.kind = 'purchase'`,
    ['cause-order office_id'],
  ],
  [
    'a line’s grant',
    () =>
      `UPDATE order_line SET grant_id = grant_id + 1000 FROM purchase_order AS o WHERE o.company_id = order_line.company_id AND o.id = order_id AND o.${ofCompany()} AND o.kind = 'purchase'`,
    ['cause-order grant', 'cause-order order'],
  ],
  [
    'a deleted order',
    () =>
      `DELETE FROM purchase_order WHERE ${ofCompany()} AND kind = 'purchase' AND receipt_number = (SELECT min(receipt_number) FROM purchase_order WHERE ${ofCompany()} AND kind = 'purchase')`,
    ['cause-order order', 'receipt receipt_number'],
  ],
  [
    'a deleted attempt',
    () => `DELETE FROM payment_attempt WHERE ${ofCompany()}`,
    ['cause-attempt succeeded attempts'],
  ],
  [
    'a failed attempt of a settled order',
    () =>
      `UPDATE payment_attempt SET state = 'failed', failure_kind = 'declined', failure_code = 'card_declined' WHERE ${ofCompany()}`,
    ['cause-attempt succeeded attempts'],
  ],
  [
    'a receipt number given twice as high',
    () => `UPDATE purchase_order SET receipt_number = 40 WHERE ${ofCompany()} AND receipt_number = 2`,
    ['receipt receipt_number'],
  ],
  [
    'a company’s last receipt number',
    () => `UPDATE company SET last_receipt_number = 9 WHERE id = ${company.companyId}`,
    ['receipt receipt_number'],
  ],
  [
    'a period’s credit',
    () => `UPDATE subscription_period SET credit_micros = credit_micros * 2 WHERE ${ofCompany()}`,
    ['cause-period amount_micros'],
  ],
  [
    'a period that is not credited',
    () => `UPDATE subscription_period SET state = 'due', credited_at = NULL WHERE ${ofCompany()}`,
    ['cause-period period'],
  ],
  [
    'a period’s price',
    () => `UPDATE subscription_period SET price_micros = 1 WHERE ${ofCompany()}`,
    ['cause-period order_amount'],
  ],
  [
    'a period without its order',
    () => `UPDATE subscription_period SET order_id = NULL WHERE ${ofCompany()}`,
    ['cause-period order', 'cause-period order_amount'],
  ],
  [
    'an adjustment without its reason’s row',
    () => `DELETE FROM credit_adjustment WHERE ${ofCompany()}`,
    ['cause-adjustment adjustment', 'cause-adjustment amount_micros'],
  ],
  [
    'an adjustment’s amount',
    () => `UPDATE credit_adjustment SET amount_micros = amount_micros * 3 WHERE ${ofCompany()}`,
    ['cause-adjustment amount_micros'],
  ],
  [
    'a grant of a source that nobody makes',
    () =>
      `UPDATE credit_grant SET source = 'gift', seal = seal_of(ROW(company_id, wallet_id, id, kind, amount_micros, remaining_micros, effective_at, expires_at, is_open, 'gift', reference, created_at, seal)::credit_grant) WHERE ${ofCompany()} AND source = 'adjustment'`,
    ['cause-adjustment grant', 'cause source'],
  ],
  [
    'an item taken off the invoice',
    () => `DELETE FROM invoice_item WHERE ${ofInvoiced()}`,
    ['cause-invoice order_id', 'cause-invoice amount_micros', 'cause-invoice receipt_number'],
  ],
  [
    'an item’s amount',
    () => `UPDATE invoice_item SET amount_micros = 1 WHERE ${ofInvoiced()}`,
    ['cause-invoice amount_micros'],
  ],
  [
    'whose credits pay',
    () => `UPDATE company SET pooled = NOT pooled WHERE id = ${company.companyId}`,
    ['cause-sharing pooled'],
  ],
])('%s, changed around the app, is found', async (_what, statement, expected) => {
  expect(await plant(statement())).toEqual(expected);
});

it('a deduction above the credits there are leaves the rest owed, and the books hold', async () => {
  const other = await cardedCompany(room, 'pm_card_visa');
  const adjustment = {
    companyId: other.companyId,
    officeId: null,
    reason: 'Given twice',
    actor: 'operator',
    at: room.clock.now(),
  };
  const { db } = room.deps;
  await inTransaction(db, (tx) => adjustCredits(tx, { ...adjustment, kind: 'grant', amount: dollars('5') }));
  await inTransaction(db, (tx) => adjustCredits(tx, { ...adjustment, kind: 'grant', amount: dollars('4') }));
  await spend(room, other, '1');
  const { balance } = await inTransaction(db, (tx) =>
    adjustCredits(tx, { ...adjustment, kind: 'deduction', amount: dollars('10.25') }),
  );
  expect(balance.toFixed(2)).toBe('-2.25');
  const found: Finding[] = [];
  await verifyLedger(db, { checks: causeChecks, onFinding: (finding) => found.push(finding) });
  expect(found).toEqual([]);
  const [audit] = await db.audit.findMany({
    where: { companyId: other.companyId, action: 'credits-deducted' },
  });
  expect(audit).toMatchObject({ reason: 'Given twice', details: { amount: '10.25' } });
});

it('an adjustment names an amount, a reason, and an office only where offices have their own credits', async () => {
  const adjustment = {
    companyId: company.companyId,
    kind: 'grant',
    officeId: null,
    amount: dollars('5'),
    reason: 'Goodwill',
    actor: 'operator',
    at: room.clock.now(),
  } as const;
  const ask = (change: Partial<Parameters<typeof adjustCredits>[1]>) =>
    inTransaction(room.deps.db, (tx) => adjustCredits(tx, { ...adjustment, ...change }));
  await expect(ask({ amount: dollars('0') })).rejects.toThrow('Give an amount above $0.00.');
  await expect(ask({ reason: ' ' })).rejects.toThrow('Give a reason; it stands in the audit.');
  await expect(ask({ officeId: company.officeIds[0] })).rejects.toThrow('leave --office out');
});

it('`refill verify` names what does not agree and ends with 1', async () => {
  const verify = (...args: string[]) => runRefill(['verify', ...args], { DATABASE_URL: room.database.url });
  expect(await verify()).toMatchObject({ status: 0, stdout: 'The books hold: 3 companies, 9 wallets.\n' });
  const admin = new pg.Client({ connectionString: room.database.url });
  await admin.connect();
  const change = `UPDATE wallet SET general_micros = general_micros + $1 WHERE company_id = ${company.companyId} AND office_id IS NULL`;
  try {
    await admin.query(change, [5]);
    const { status, stdout } = await verify();
    expect(status).toBe(1);
    expect(stdout).toMatch(
      /^company \d+ wallet \d+ {2}wallet wallet {2}general_micros should be \d+, is \d+ \(\+5\) {2}\(balance\)\n/,
    );
    expect(JSON.parse((await verify('--json')).stdout)).toMatchObject({
      companies: 3,
      findings: 2,
      list: [{ table: 'wallet', column: 'general_micros', check: 'balance' }, {}],
    });
  } finally {
    await admin.query(change, [-5]);
    await admin.end();
  }
});
