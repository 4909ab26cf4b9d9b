import { inTransaction, type Queryable, type Tx } from '../../db/index.ts';
import { RefillError } from '../../errors.ts';
import { dollars, type Money } from '../../money.ts';
import { dropHeld, postNotice, removeEndpoints } from '../../notices/index.ts';
import {
  type Company,
  destroyNumberKey,
  endConnections,
  findCompany,
  lockCompany,
  recordAudit,
} from '../../org/index.ts';
import type { BillingDeps } from '../deps.ts';
import { closeDrafts } from '../drafts/drafts.ts';
import { announce, type Closed, sumClosed } from '../orders/moments.ts';
import { assertClosable } from './assert-closable.ts';
import { type ClosingRefund, makeRefunds, planRefunds, type RefundPlan } from './refund-remaining.ts';
import { readRemainder, settleWallets } from './settle-wallets.ts';

/** What becomes of general credits that a card paid: their money goes back to the card, or the provider keeps it. */
export type CreditsAtClosing = 'refund' | 'keep';

/** What else ends when a company is closed, in the same transaction; throws what keeps it from being closed. */
type AlsoEnds = (tx: Tx, at: Date) => Promise<void>;

export interface CompanyClosing {
  /** `closing`: a refund is not through; the same again completes it. */
  state: 'closed' | 'closing';
  /** It was closed before this call. */
  wasClosed: boolean;
  /** What was open, and is closed now. */
  closed: Closed;
  refunds: ClosingRefund[];
  /** What entries ended: credits that were left, debt that was written off. */
  kept: Money;
  writtenOff: Money;
}

/** What closing would do now. */
export interface ClosingPlan {
  refunds: RefundPlan[];
  credits: Money;
  debt: Money;
}

/**
 * Reads what closing a company would do, and changes nothing. Throws RefillError `company-not-closable`, and what `also` throws.
 */
export async function planClosing(
  { db, clock }: BillingDeps,
  companyId: bigint,
  credits: CreditsAtClosing,
  also: (tx: Queryable) => Promise<void>,
): Promise<ClosingPlan> {
  return await inTransaction(db, async (tx) => {
    await assertClosable(tx, companyId);
    await also(tx);
    const planned = await planRefunds(tx, companyId);
    return {
      refunds: credits === 'refund' ? planned : planned.filter(({ isKnown }) => isKnown),
      ...(await readRemainder(tx, companyId, clock.now())),
    };
  });
}

/**
 * Closes a company for its operator, for good (R30). In one transaction everything ends that would act on: questions, requests, drafts,
 * auto-recharge, bundles, recurring funds, card links, endpoints, the phone system's directory, and what `also` ends. Then what is
 * left of card-paid credits is refunded, each order once (`keep`: none is begun). Once no refund is pending, a last transaction
 * posts entries that end what is left and write off debt, and destroys the company's number key. It is safe to be killed anywhere:
 * the same call again goes on where it stopped, and does nothing twice. Throws RefillError `company-unknown`, `bad-argument`
 * (no reason), `company-not-closable`, `processor-unanswered`, and what `also` throws.
 */
export async function closeCompany(
  deps: BillingDeps,
  companyId: bigint,
  { credits, reason: given }: { credits: CreditsAtClosing; reason: string },
  also: AlsoEnds,
): Promise<CompanyClosing> {
  const reason = given.trim();
  if (reason === '') throw new RefillError('bad-argument', '--reason is required.');
  const begun = await inTransaction(deps.db, (tx) =>
    begin(tx, companyId, { credits, reason, at: deps.clock.now() }, also),
  );
  const refunds = begun.wasClosed ? [] : await refund(deps, companyId, credits, reason);
  const isOpen = refunds.some(
    ({ state }) => state === 'pending' || (state === 'failed' && credits === 'refund'),
  );
  if (isOpen) return { ...begun, state: 'closing', refunds, kept: dollars('0'), writtenOff: dollars('0') };
  const ended = await inTransaction(deps.db, (tx) =>
    complete(tx, companyId, { reason, refunds, at: deps.clock.now() }),
  );
  return { ...begun, state: 'closed', refunds, ...ended };
}

async function begin(
  tx: Tx,
  companyId: bigint,
  { credits, reason, at }: { credits: CreditsAtClosing; reason: string; at: Date },
  also: AlsoEnds,
): Promise<Pick<CompanyClosing, 'wasClosed' | 'closed'>> {
  const company = await lockKnown(tx, companyId);
  const row = await tx.company.findUniqueOrThrow({ where: { id: companyId } });
  const none = { approvals: 0, requests: 0, drafts: 0 };
  if (row.closingAt !== null) return { wasClosed: row.closedAt !== null, closed: none };
  await assertClosable(tx, companyId);
  await also(tx, at);
  const closed = sumClosed(await announce('companyCloses', tx, { company, at }));
  await closeDrafts(tx, companyId);
  await removeEndpoints(tx, companyId, at);
  await endConnections(tx, companyId, at);
  await dropHeld(tx, companyId);
  // From here on nothing is charged, and people are notified of refunds alone: what ended above is updated where it stands.
  await tx.company.update({
    where: { id: companyId },
    data: {
      closingAt: at,
      suspendedAt: row.suspendedAt ?? at,
      suspendedReason: row.suspendedReason ?? reason,
    },
  });
  await recordAudit(tx, {
    companyId,
    at,
    actor: 'operator',
    surface: 'operator',
    action: 'company-closing',
    reason,
    details: { credits, ...closed },
  });
  await postNotice(tx, {
    companyId,
    dedupeKey: 'company-closed',
    at,
    facts: { kind: 'company_status', event: 'closed', companyName: company.name },
  });
  return { wasClosed: false, closed };
}

/** Where credits are kept, a refund that an earlier call asked for is seen through all the same. */
async function refund(
  deps: BillingDeps,
  companyId: bigint,
  credits: CreditsAtClosing,
  reason: string,
): Promise<ClosingRefund[]> {
  const planned = await planRefunds(deps.db, companyId);
  const wanted = credits === 'refund' ? planned : planned.filter(({ isKnown }) => isKnown);
  return await makeRefunds(deps, wanted, reason);
}

async function complete(
  tx: Tx,
  companyId: bigint,
  { reason, refunds, at }: { reason: string; refunds: readonly ClosingRefund[]; at: Date },
): Promise<{ kept: Money; writtenOff: Money }> {
  await lockCompany(tx, companyId);
  const { credits: kept, debt: writtenOff } = await settleWallets(tx, companyId, { reason, at });
  const { count } = await tx.company.updateMany({
    where: { id: companyId, closedAt: null },
    data: { closedAt: at },
  });
  if (count === 0) return { kept, writtenOff };
  await destroyNumberKey(tx, companyId, at);
  const refunded = refunds
    .filter(({ state }) => state === 'succeeded')
    .reduce((sum, { amount }) => sum.plus(amount), dollars('0'));
  await recordAudit(tx, {
    companyId,
    at,
    actor: 'operator',
    surface: 'operator',
    action: 'company-closed',
    reason,
    details: {
      refunded: refunded.toFixed(2),
      kept: kept.toFixed(),
      writtenOff: writtenOff.toFixed(),
    },
  });
  return { kept, writtenOff };
}

async function lockKnown(tx: Tx, companyId: bigint): Promise<Company> {
  await lockCompany(tx, companyId);
  const company = await findCompany(tx, companyId);
  if (company === null) throw new RefillError('company-unknown', `There is no company ${companyId}.`);
  return company;
}
