import { endOfBillingPeriod } from '../../../calendar.ts';
import type { Tx } from '../../../db/index.ts';
import { RefillError } from '../../../errors.ts';
import { grantCredits, readRemainingGrants } from '../../../ledger/index.ts';
import { fromMicros, type Money } from '../../../money.ts';
import { type Company, findCompany, recordAudit } from '../../../org/index.ts';
import { notifyPeriod } from './notify-period.ts';
import {
  findSubscription,
  keyOfPeriod,
  type PeriodRow,
  periodOf,
  referenceOf,
  type SubscriptionRow,
  sourceOf,
} from './subscription.ts';

/**
 * Credits a paid period, once: the ledger's key is the subscription and the number of the period (R3). A bundle paid
 * at once pays usage from the start of its period, however late it was opened; one that was paid after a failure, from
 * then on. A payment that came through after its period was over buys one that begins now. Under the company's lock.
 */
export async function creditPeriod(
  tx: Tx,
  company: Company,
  subscription: SubscriptionRow,
  period: PeriodRow,
  paid: { at: Date; receipt: string | null },
): Promise<void> {
  const { at } = paid;
  const dated = await redate(tx, company, subscription, period, at);
  const amount = fromMicros(dated.creditMicros);
  const isFromStart = dated.failures === 0 || dated.startsAt >= at;
  const { grantId } = await grantCredits(tx, {
    companyId: company.id,
    officeId: subscription.officeId,
    kind: kindOf(dated),
    amount,
    key: `subscription:${referenceOf(dated)}`,
    source: sourceOf(dated),
    reference: referenceOf(dated),
    actor: subscription.actor,
    reason: `${dated.name}, period ${dated.number + 1}`,
    ...(dated.kind === 'general'
      ? {}
      : { effectiveAt: isFromStart ? dated.startsAt : at, expiresAt: dated.endsAt }),
    at,
  });
  // What a dispute of the payment takes back (R16).
  if (dated.orderId !== null) {
    await tx.purchaseOrder.update({
      where: { companyId_id: { companyId: company.id, id: dated.orderId } },
      data: { grantId },
    });
  }
  const credited = await tx.subscriptionPeriod.update({
    where: keyOfPeriod(dated),
    data: { state: 'credited', creditedAt: at, retryAt: null },
  });
  await notifyPeriod(tx, company, subscription, credited, {
    event: 'credited',
    at,
    receipt: paid.receipt,
    rest: await readRestBefore(tx, credited),
  });
  await recordAudit(tx, {
    companyId: company.id,
    at,
    actor: subscription.actor,
    surface: subscription.actor === 'operator' ? 'operator' : 'slack',
    action: 'period-credited',
    details: { subscription: subscription.id.toString(), period: period.number, amount: amount.toFixed(2) },
  });
}

/** Credits the period that an order paid. Under the company's lock. */
export async function creditPeriodOfOrder(
  tx: Tx,
  order: { companyId: bigint; id: bigint },
  paid: { at: Date; receipt: string },
): Promise<void> {
  const period = await tx.subscriptionPeriod.findUniqueOrThrow({
    where: { companyId_orderId: { companyId: order.companyId, orderId: order.id } },
  });
  const company = await findCompany(tx, order.companyId);
  const subscription = await findSubscription(tx, {
    companyId: order.companyId,
    id: period.subscriptionId,
  });
  if (company === null || subscription === null)
    throw new RefillError('subscription-unknown', 'What was paid is not known.', { order: order.id });
  await creditPeriod(tx, company, subscription, period, paid);
}

async function redate(
  tx: Tx,
  company: Company,
  subscription: SubscriptionRow,
  period: PeriodRow,
  at: Date,
): Promise<PeriodRow> {
  if (period.kind === 'general' || period.endsAt > at) return period;
  const endsAt = endOfBillingPeriod(company, at, periodOf(subscription));
  await tx.subscription.updateMany({
    where: { companyId: company.id, id: subscription.id, periods: period.number + 1 },
    data: { nextPeriodAt: endsAt },
  });
  return await tx.subscriptionPeriod.update({
    where: keyOfPeriod(period),
    data: { startsAt: at, endsAt },
  });
}

/** What is left of the bundle of the period before: late usage may draw it for six hours, then it lapses (R7). */
async function readRestBefore(tx: Tx, period: PeriodRow): Promise<Money | null> {
  if (period.kind === 'general' || period.number === 0) return null;
  const reference = referenceOf({ ...period, number: period.number - 1 });
  const rests = await readRemainingGrants(tx, {
    companyId: period.companyId,
    source: sourceOf(period),
    references: [reference],
  });
  return rests.get(reference) ?? null;
}

function kindOf({ kind }: PeriodRow): 'general' | 'calling' | 'ai' {
  return kind === 'calling' || kind === 'ai' ? kind : 'general';
}
