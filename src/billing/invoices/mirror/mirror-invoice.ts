import { backoffMs } from '../../../backoff.ts';
import { type InvoiceState, inTransaction } from '../../../db/index.ts';
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../../../durations.ts';
import { lockCompany } from '../../../org/index.ts';
import type { JobPayload } from '../../../queue/index.ts';
import type { BillingDeps } from '../../deps.ts';
import { GatewayRefusedError, GatewayUnknownError } from '../../gateway.ts';
import type { GatewayInvoice } from '../../invoice-gateway.ts';
import { readInvoice } from '../invoice-rows.ts';
import { notifyInvoice } from '../notify-invoice.ts';
import { settleInvoice } from '../resolve-invoice.ts';
import { completeMirror, keyOf, type Mirrored } from './complete-mirror.ts';
import { keyOfMirror, type MirrorRow } from './mirror.ts';
import { storePayments } from './store-payments.ts';

/** The processor tells of what happens; what it could not tell is found by asking. */
const POLL_INTERVAL_MS = HOUR_MS;
const BACKOFF = { initialMs: 5 * SECOND_MS, maxMs: 10 * MINUTE_MS };
/** What was refused waits for somebody to change something. */
const REFUSED_WAIT_MS = HOUR_MS;

/**
 * Brings an invoice and its mirror at the processor together: complete and finalized there; paid or taken back on one
 * side, so on the other. What was paid to the operator directly is paid out of band there. Safe to run any number of
 * times; does nothing where invoices are not mirrored, or where both are over. Applies R10.6.
 */
export async function mirrorInvoice(
  deps: BillingDeps,
  { companyId, invoiceId }: JobPayload<'mirror-invoice'>,
): Promise<void> {
  const gateway = deps.invoicing;
  const row = await deps.db.invoiceMirror.findUnique({ where: keyOfMirror({ companyId, invoiceId }) });
  if (gateway === undefined || row === null || row.nextPollAt === null) return;
  const invoice = await readInvoice(deps.db, { companyId, id: invoiceId });
  if (invoice === null) return;
  const mirrored = { deps, gateway, row, invoice };
  try {
    const known = await completeMirror(mirrored);
    const after = await followHere(mirrored, known);
    if (known.state === 'paid') await storePayments(mirrored, known.id);
    await keep(deps, row, await followThere(mirrored, known, after), after);
  } catch (error) {
    await recordFailure(deps, row, error);
  }
}

/** Brings what happened at the processor to the invoice here; returns what it is here then. */
async function followHere(
  { deps, row, invoice }: Mirrored,
  { state }: GatewayInvoice,
): Promise<InvoiceState> {
  if (state !== 'paid' && state !== 'void') return invoice.state;
  return await inTransaction(deps.db, async (tx) => {
    await lockCompany(tx, row.companyId);
    const by = { actor: 'processor', surface: 'processor' } as const;
    return await settleInvoice(
      tx,
      { companyId: row.companyId, id: row.invoiceId },
      { state, at: deps.clock.now(), ...by },
    );
  });
}

/** Brings what was decided here to the processor; returns what it is there then. */
async function followThere(
  mirrored: Mirrored,
  known: GatewayInvoice,
  here: InvoiceState,
): Promise<GatewayInvoice> {
  const { deps, gateway, invoice } = mirrored;
  if (known.state === 'open' || known.state === 'uncollectible') {
    const request = { invoiceId: known.id, key: `${keyOf(mirrored)}-${here}` };
    if (here === 'paid') return await gateway.payOutOfBand(request);
    if (here === 'void') return await gateway.voidInvoice(request);
  } else if (known.state !== here && (here === 'paid' || here === 'void')) {
    // Money came for what was taken back, or the other way round: for the operator to look at.
    deps.log.error(
      { invoice: invoice.number, here, atTheProcessor: known.state },
      'an invoice is settled in two ways',
    );
  }
  return known;
}

/** Writes down how the mirror stands, when it is looked at next, and tells what people can see of it. */
async function keep(
  deps: BillingDeps,
  before: MirrorRow,
  known: GatewayInvoice,
  here: InvoiceState,
): Promise<void> {
  const isOver = known.state === 'paid' || known.state === 'void';
  const now = deps.clock.now();
  await inTransaction(deps.db, async (tx) => {
    await lockCompany(tx, before.companyId);
    const isNews = before.payUrl !== known.payUrl || before.hasFailed !== known.hasFailed;
    await tx.invoiceMirror.update({
      where: keyOfMirror(before),
      data: {
        state: known.state === 'draft' ? 'pending' : known.state,
        payUrl: known.payUrl,
        hasFailed: known.hasFailed,
        attempts: 0,
        lastError: null,
        nextPollAt: isOver ? null : new Date(now.getTime() + POLL_INTERVAL_MS),
      },
    });
    if (isNews && (here === 'open' || here === 'overdue'))
      await notifyInvoice(tx, { companyId: before.companyId, id: before.invoiceId }, now);
  });
}

async function recordFailure(deps: BillingDeps, row: MirrorRow, error: unknown): Promise<void> {
  const isRefused = error instanceof GatewayRefusedError;
  if (!isRefused && !(error instanceof GatewayUnknownError)) throw error;
  const waitMs = isRefused ? REFUSED_WAIT_MS : backoffMs(row.attempts, BACKOFF);
  deps.log[isRefused ? 'error' : 'warn'](
    { err: error, invoiceId: row.invoiceId.toString() },
    isRefused
      ? 'the processor refused to mirror an invoice'
      : 'the processor gave no answer about an invoice; looking again later',
  );
  await deps.db.invoiceMirror.update({
    where: keyOfMirror(row),
    data: {
      attempts: { increment: 1 },
      ...(isRefused ? { refusals: { increment: 1 } } : {}),
      lastError: error.message,
      nextPollAt: new Date(deps.clock.now().getTime() + waitMs),
    },
  });
}
