import { inTransaction, type Queryable, type Tx } from '../../../db/index.ts';
import { MINUTE_MS } from '../../../durations.ts';
import { enqueue } from '../../../queue/index.ts';
import type { BillingDeps } from '../../deps.ts';

export type MirrorRow = NonNullable<Awaited<ReturnType<Queryable['invoiceMirror']['findUnique']>>>;

interface InvoiceKey {
  companyId: bigint;
  id: bigint;
}

/** How long a look that was begun is left alone. */
const LEASE_MS = MINUTE_MS;

export function keyOfMirror({ companyId, invoiceId }: Pick<MirrorRow, 'companyId' | 'invoiceId'>) {
  return { companyId_invoiceId: { companyId, invoiceId } };
}

/** Has an invoice mirrored from now on, in the transaction that closes it. */
export async function askForMirror(tx: Tx, { companyId, id }: InvoiceKey, at: Date): Promise<void> {
  await tx.invoiceMirror.create({
    data: { companyId, invoiceId: id, state: 'pending', nextPollAt: at },
  });
  await enqueueMirror(tx, { companyId, id });
}

/** Has an invoice and its mirror compared now; nothing where it has none, or where that is over. */
export async function wakeMirror(tx: Queryable, { companyId, id }: InvoiceKey, at: Date): Promise<void> {
  const { count } = await tx.invoiceMirror.updateMany({
    where: { companyId, invoiceId: id, nextPollAt: { not: null } },
    data: { nextPollAt: at },
  });
  if (count > 0) await enqueueMirror(tx, { companyId, id });
}

/** An event of the processor is about an invoice there: its mirror is compared now. */
export async function followProcessorInvoice(
  { db, clock }: Pick<BillingDeps, 'db' | 'clock'>,
  processorId: string,
): Promise<void> {
  const mirror = await db.invoiceMirror.findUnique({ where: { processorId } });
  if (mirror !== null)
    await wakeMirror(db, { companyId: mirror.companyId, id: mirror.invoiceId }, clock.now());
}

/** Wakes every mirror whose next look is due: its job was lost, or nothing was heard from the processor. */
export async function sweepMirrors(deps: Pick<BillingDeps, 'db' | 'clock' | 'invoicing'>): Promise<void> {
  if (deps.invoicing === undefined) return;
  const now = deps.clock.now();
  const due = await deps.db.invoiceMirror.findMany({
    where: { nextPollAt: { lte: now } },
    select: { companyId: true, invoiceId: true },
    orderBy: { nextPollAt: 'asc' },
    take: 100,
  });
  for (const { companyId, invoiceId } of due) {
    await inTransaction(deps.db, async (tx) => {
      // Pushed ahead at once, so that the next sweep does not pile a second job on a slow first one.
      await tx.invoiceMirror.updateMany({
        where: { companyId, invoiceId, nextPollAt: { lte: now } },
        data: { nextPollAt: new Date(now.getTime() + LEASE_MS) },
      });
      await enqueueMirror(tx, { companyId, id: invoiceId });
    });
  }
}

/** One at a time for an invoice, and in nobody's way: an invoice of many items takes its time. */
async function enqueueMirror(tx: Queryable, { companyId, id }: InvoiceKey): Promise<void> {
  const options = { queue: `mirror:${companyId}:${id}`, key: `${companyId}:${id}` };
  await enqueue(tx, 'mirror-invoice', { companyId, invoiceId: id }, options);
}
