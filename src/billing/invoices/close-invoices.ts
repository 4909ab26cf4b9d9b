import { dayOf, endOfDay, lastTurn, nextTurn } from '../../calendar.ts';
import { inTransaction, type Tx } from '../../db/index.ts';
import { type Company, findCompany, lockCompany, recordAudit } from '../../org/index.ts';
import { EachCompany } from '../../queue/index.ts';
import { newToken } from '../../token.ts';
import type { BillingDeps } from '../deps.ts';
import { askForMirror } from './mirror/mirror.ts';
import { notifyInvoice } from './notify-invoice.ts';

/** How long an invoice may be paid: through the day so many days after the one it closes on. */
const DUE_AFTER_DAYS = 30;

/**
 * Closes the invoices whose billing day has come, and says which are overdue. A credit is on the invoice of the first
 * billing day after it, and on no other: run twice, by two at once or after a week of downtime, it does the same.
 * A company for which that fails keeps no other from its own. Applies R10.4.
 */
export async function sweepInvoices(deps: Pick<BillingDeps, 'db' | 'clock' | 'invoicing'>): Promise<void> {
  const waiting = await deps.db.invoiceItem.groupBy({
    by: ['companyId'],
    where: { invoiceId: null },
    _min: { at: true },
    orderBy: { companyId: 'asc' },
  });
  const each = new EachCompany();
  for (const { companyId } of waiting) {
    await each.work(companyId, async () => {
      let goesOn = true;
      while (goesOn) goesOn = await inTransaction(deps.db, (tx) => closeNext(tx, companyId, deps));
    });
  }
  const late = await deps.db.invoice.findMany({
    where: { state: 'open', dueAt: { lte: deps.clock.now() } },
    take: 200,
  });
  for (const { companyId, id } of late) {
    await each.work(companyId, () =>
      inTransaction(deps.db, async (tx) => {
        await lockCompany(tx, companyId);
        const { count } = await tx.invoice.updateMany({
          where: { companyId, id, state: 'open', dueAt: { lte: deps.clock.now() } },
          data: { state: 'overdue' },
        });
        if (count > 0) await notifyInvoice(tx, { companyId, id }, deps.clock.now());
      }),
    );
  }
  each.end();
}

/** Closes a company's oldest invoice that is due to be closed; false where none is. */
async function closeNext(
  tx: Tx,
  companyId: bigint,
  deps: Pick<BillingDeps, 'clock' | 'invoicing'>,
): Promise<boolean> {
  const at = deps.clock.now();
  await lockCompany(tx, companyId);
  const company = await findCompany(tx, companyId);
  const oldest = await tx.invoiceItem.findFirst({
    where: { companyId, invoiceId: null },
    orderBy: { at: 'asc' },
  });
  if (company === null || oldest === null) return false;
  const closesAt = nextTurn(company, oldest.at);
  if (closesAt > at) return false;
  const id = await closeInvoice(tx, company, closesAt, at);
  if (deps.invoicing !== undefined) await askForMirror(tx, { companyId, id }, at);
  return true;
}

async function closeInvoice(tx: Tx, company: Company, closesAt: Date, at: Date): Promise<bigint> {
  const companyId = company.id;
  const items = { companyId, invoiceId: null, at: { lt: closesAt } };
  const total = await tx.invoiceItem.aggregate({ _sum: { amountMicros: true }, _count: true, where: items });
  const year = Number(dayOf(at, company.timeZone).slice(0, 4));
  const before = await tx.invoice.findFirst({
    where: { companyId, closesAt: { lt: closesAt } },
    orderBy: { closesAt: 'desc' },
  });
  const turn = lastTurn(company, closesAt);
  const { id } = await tx.invoice.create({
    data: {
      companyId,
      token: newToken(),
      year,
      number: await takeNumber(tx, year),
      // After a change of the calendar the months of two invoices would overlap.
      startsAt: before !== null && before.closesAt > turn ? before.closesAt : turn,
      closesAt,
      issuedAt: at,
      dueAt: endOfDay(closesAt, company.timeZone, DUE_AFTER_DAYS),
      totalMicros: total._sum.amountMicros ?? 0n,
      state: 'open',
    },
  });
  await tx.invoiceItem.updateMany({ where: items, data: { invoiceId: id } });
  const invoice = await notifyInvoice(tx, { companyId, id }, at);
  await recordAudit(tx, {
    companyId,
    at,
    actor: 'operator',
    surface: 'operator',
    action: 'invoice-issued',
    details: { invoice, lines: total._count },
  });
  return id;
}

/** The operator's next number of a year. Its row stays locked until the invoice is committed, so no number is lost. */
async function takeNumber(tx: Tx, year: number): Promise<number> {
  const [row] = await tx.$queryRaw<{ last_number: number }[]>`
    INSERT INTO invoice_counter AS c (year, last_number) VALUES (${year}, 1)
    ON CONFLICT (year) DO UPDATE SET last_number = c.last_number + 1
    RETURNING last_number`;
  if (row === undefined) throw new RangeError('no invoice number');
  return row.last_number;
}
