import { nextTurn } from '../../calendar.ts';
import type { Clock } from '../../clock.ts';
import { type Db, inTransaction, type PaymentMethod, type Queryable } from '../../db/index.ts';
import { RefillError } from '../../errors.ts';
import { dollars, fromMicros, type Money } from '../../money.ts';
import { isCompanyAdmin, lockForPerson, type Person } from '../../org/index.ts';
import { readExposure } from '../orders/limits.ts';
import { askForOwnFile } from './invoice-file-rows.ts';
import { type InvoiceSummary, listInvoices, readInvoice } from './invoice-rows.ts';

/** What a company owes on invoice, as its admins may know it. */
export interface InvoicingFacts {
  method: PaymentMethod;
  /** The newest first. */
  invoices: InvoiceSummary[];
  /** How many there are besides. */
  older: number;
  /** Credits on no invoice yet; they are on the one that closes at `closesAt`. */
  next: { total: Money; lines: number; closesAt: Date };
  /** Of `limit`, all that is owed: on no invoice yet, on unpaid ones, and confirmed (R10). */
  owed: Money;
  limit: Money;
}

/** The company's invoices and what is not on one yet. Throws RefillError `not-allowed` for all but company admins. */
export async function readInvoicing(
  deps: { db: Queryable; clock: Clock },
  person: Person,
  most: number,
): Promise<InvoicingFacts> {
  assertAllowed(person);
  const { db } = deps;
  const { company } = person;
  const companyId = company.id;
  const invoices = await listInvoices(db, { companyId, limit: most });
  const count = await db.invoice.count({ where: { companyId } });
  const waiting = await db.invoiceItem.aggregate({
    _sum: { amountMicros: true },
    _count: true,
    where: { companyId, invoiceId: null },
  });
  const oldest = await db.invoiceItem.findFirst({
    where: { companyId, invoiceId: null },
    orderBy: { at: 'asc' },
  });
  const owed = await readExposure(db, companyId);
  const row = await db.company.findUniqueOrThrow({ where: { id: companyId } });
  const total = waiting._sum.amountMicros;
  return {
    method: company.billingMethod,
    invoices,
    older: count - invoices.length,
    next: {
      total: total === null ? dollars('0') : fromMicros(total),
      lines: waiting._count,
      closesAt: nextTurn(company, oldest?.at ?? deps.clock.now()),
    },
    owed,
    limit: fromMicros(row.exposureLimitMicros),
  };
}

/**
 * Has an invoice sent to this person as a file; again while it is on its way changes nothing. Returns its number.
 * Throws RefillError `not-allowed`, `invoice-unknown`.
 */
export async function requestInvoiceFile(
  deps: { db: Db; clock: Clock },
  person: Person,
  token: string,
): Promise<{ number: string }> {
  const companyId = person.company.id;
  return await inTransaction(deps.db, async (tx) => {
    assertAllowed(await lockForPerson(tx, person, { isReading: true }));
    const row = await tx.invoice.findFirst({ where: { companyId, token }, select: { id: true } });
    const invoice = row === null ? null : await readInvoice(tx, { companyId, id: row.id });
    if (row === null || invoice === null)
      throw new RefillError('invoice-unknown', 'There is no such invoice.');
    await askForOwnFile(tx, { companyId, id: row.id }, person, deps.clock.now());
    return { number: invoice.number };
  });
}

function assertAllowed(person: Person): void {
  if (!isCompanyAdmin(person)) throw new RefillError('not-allowed', 'Invoices are the company admins’.');
}
