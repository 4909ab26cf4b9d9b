import { endOfBillingPeriod } from '../../../calendar.ts';
import type { Tx } from '../../../db/index.ts';
import { grantCredits, readRemainingGrants } from '../../../ledger/index.ts';
import { fromMicros, type Money } from '../../../money.ts';
import { type Company, recordAudit } from '../../../org/index.ts';
import { notifyPeriod } from './notify-period.ts';
import {
  keyOfPeriod,
  type PeriodRow,
  periodOf,
  referenceOf,
  type SubscriptionRow,
  sourceOf,
} from './subscription.ts';

/** Credits a period that is free, and notifies. Under the company's lock. */
export async function creditFreePeriod(
  tx: Tx,
  company: Company,
  subscription: SubscriptionRow,
  period: PeriodRow,
  at: Date,
): Promise<void> {
  await grantPeriod(tx, company, subscription, period, at);
  await notifyCredited(tx, company, subscription, period, { at, receipt: null });
}

/**
 * Grants a paid period, once: the ledger's key is the subscription and the number of the period (R3). A bundle paid
 * at once pays usage from the start of its period, however late it was opened; one that was paid after a failure, from
 * then on. A payment that came through after its period was over buys one that begins now. Returns the grant's id. Under
 * the company's lock. Applies R3.1 and R3.5.
 */
export async function grantPeriod(
  tx: Tx,
  company: Company,
  subscription: SubscriptionRow,
  period: PeriodRow,
  at: Date,
): Promise<bigint> {
  const dated = await redate(tx, company, subscription, period, at);
  const isFromStart = dated.failures === 0 || dated.startsAt >= at;
  const { grantId } = await grantCredits(tx, {
    companyId: company.id,
    officeId: subscription.officeId,
    kind: kindOfCredit(dated),
    amount: fromMicros(dated.creditMicros),
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
  await tx.subscriptionPeriod.update({
    where: keyOfPeriod(dated),
    data: { state: 'credited', creditedAt: at, retryAt: null },
  });
  return grantId;
}

/** Notifies that a period was credited, and records it. Under the company's lock. */
export async function notifyCredited(
  tx: Tx,
  company: Company,
  subscription: SubscriptionRow,
  granted: PeriodRow,
  { at, receipt }: { at: Date; receipt: string | null },
): Promise<void> {
  const period = await tx.subscriptionPeriod.findUniqueOrThrow({ where: keyOfPeriod(granted) });
  const rest = await readRestBefore(tx, period);
  await notifyPeriod(tx, company, subscription, period, { event: 'credited', at, receipt, rest });
  await recordAudit(tx, {
    companyId: company.id,
    at,
    actor: subscription.actor,
    surface: subscription.actor === 'operator' ? 'operator' : 'slack',
    action: 'period-credited',
    details: {
      subscription: subscription.id.toString(),
      period: period.number,
      amount: fromMicros(period.creditMicros).toFixed(2),
    },
  });
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

function kindOfCredit({ kind }: PeriodRow): 'general' | 'calling' | 'ai' {
  return kind === 'calling' || kind === 'ai' ? kind : 'general';
}
