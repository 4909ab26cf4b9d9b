import { inTransaction, type Tx } from '../../db/index.ts';
import { fromMicros, toMicros } from '../../money.ts';
import { postNotice } from '../../notices/index.ts';
import { lockCompany, recordAudit } from '../../org/index.ts';
import type { BillingDeps } from '../deps.ts';
import { disputeState } from '../gateway.ts';
import { formatInvoice } from '../orders/order.ts';
import { followDisputeNotice } from '../reversals/dispute-notice.ts';
import type { ForeignClaim, OtherPayments } from '../reversals/other-payments.ts';
import { notifyInvoice } from './notify-invoice.ts';

/**
 * Payments of invoices at the processor: a refund of one, or a dispute of one that is lost, reopens the invoice for that
 * amount and takes no credit back; where it comes to nothing, the invoice is paid again (R16). Applies R16.15.
 */
export const invoicePayments: OtherPayments = {
  payments: 'invoice_payment',
  claims: 'invoice_claim',

  async readState(db, processorId) {
    const row = await db.invoiceClaim.findUnique({ where: { processorId } });
    return row?.state ?? null;
  },

  async follow(deps, claim, known) {
    const { intentId } = claim;
    const payment =
      intentId === null ? null : await deps.db.invoicePayment.findUnique({ where: { intentId } });
    return payment === null || (await store(deps, { ...claim, intentId: payment.intentId }, payment, known));
  },
};

interface InvoiceKey {
  companyId: bigint;
  invoiceId: bigint;
}

async function store(
  { db, clock }: BillingDeps,
  claim: ForeignClaim & { intentId: string },
  { companyId, invoiceId }: InvoiceKey,
  known: string | null,
): Promise<boolean> {
  const { id: processorId, kind, intentId, state, isTaken, nextPollAt } = claim;
  return await inTransaction(db, async (tx) => {
    await lockCompany(tx, companyId);
    const at = clock.now();
    const row = await tx.invoiceClaim.findUnique({ where: { processorId } });
    if ((row?.state ?? null) !== known) return false;
    const data = { state, isTaken, nextPollAt, amountMicros: toMicros(claim.amount) };
    await tx.invoiceClaim.upsert({
      where: { processorId },
      create: { processorId, kind, intentId, companyId, invoiceId, noticedAt: at, ...data },
      update: data,
    });
    if (row?.state === state) return true;
    await followClaims(tx, { companyId, invoiceId }, at);
    if (kind === 'dispute')
      await notifyDisputed(tx, { companyId, invoiceId }, claim, { isNew: row === null, at });
    return true;
  });
}

/**
 * Says in the channel and to the operator how a dispute of an invoice's payment stands; in one message that follows it. A state
 * that this version does not know is said to the operator alone.
 */
async function notifyDisputed(
  tx: Tx,
  { companyId, invoiceId }: InvoiceKey,
  { id: processorId, state: found, amount }: ForeignClaim,
  { isNew, at }: { isNew: boolean; at: Date },
): Promise<void> {
  await followDisputeNotice(tx, { companyId, processorId, state: found, at });
  const state = disputeState.safeParse(found);
  // An inquiry that we hear of only once it is closed took nothing, and asks for nothing.
  if (!state.success || (state.data === 'closed' && isNew)) return;
  const invoice = await tx.invoice.findUniqueOrThrow({
    where: { companyId_id: { companyId, id: invoiceId } },
  });
  const company = await tx.company.findUniqueOrThrow({ where: { id: companyId } });
  await postNotice(tx, {
    companyId,
    dedupeKey: `invoice-dispute:${processorId}`,
    at,
    facts: {
      kind: 'dispute',
      state: state.data,
      amount: amount.toFixed(2),
      receipt: '',
      invoice: formatInvoice(invoice),
      at: at.toISOString(),
      timeZone: company.timeZone,
    },
  });
}

/** Brings an invoice to what its claims take: owed again for what was not paid again. One that is void stays so. */
async function followClaims(tx: Tx, { companyId, invoiceId: id }: InvoiceKey, at: Date): Promise<void> {
  const where = { companyId_id: { companyId, id } };
  const invoice = await tx.invoice.findUniqueOrThrow({ where });
  const { _sum } = await tx.invoiceClaim.aggregate({
    _sum: { amountMicros: true },
    where: { companyId, invoiceId: id, isTaken: true },
  });
  const taken = _sum.amountMicros ?? 0n;
  // Refunds and a lost dispute together never take more than was paid.
  const most = taken < invoice.totalMicros ? taken : invoice.totalMicros;
  const owed = most > invoice.repaidMicros ? most - invoice.repaidMicros : 0n;
  if (invoice.state === 'void' || owed === (invoice.reopenedMicros ?? 0n)) return;
  await tx.invoice.update({
    where,
    data:
      owed > 0n
        ? { state: invoice.dueAt <= at ? 'overdue' : 'open', reopenedMicros: owed, resolvedAt: null }
        : { state: 'paid', reopenedMicros: 0n, resolvedAt: at },
  });
  const number = await notifyInvoice(tx, { companyId, id }, at);
  await recordAudit(tx, {
    companyId,
    at,
    actor: 'processor',
    surface: 'processor',
    action: owed > 0n ? 'invoice-reopened' : 'invoice-paid',
    details: { invoice: number, owed: fromMicros(owed).toFixed(2) },
  });
}
