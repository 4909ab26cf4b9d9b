import type { Tx } from '../../../db/index.ts';
import { fromMicros, type Money } from '../../../money.ts';
import { type BundleFacts, postNotice } from '../../../notices/index.ts';
import { type Company, encodeScope, labelScope, listOffices } from '../../../org/index.ts';
import { scopeOf } from '../../orders/order.ts';
import { type PeriodRow, referenceOf, type SubscriptionRow } from './subscription.ts';

interface Said {
  event: BundleFacts['event'];
  at: Date;
  receipt?: string | null;
  /** Of the period before, or of this one where it is about its use. */
  rest?: Money | null;
  percent?: number;
  failure?: string;
  triesLeft?: number;
  actionUrl?: string | null;
  card?: { brand: string; last4: string } | null;
  /** Where it is verified, and until when. */
  verify?: { token: string; until: Date };
}

/** The notice of a period: one message, updated with each event of the period; its use is reported in a separate message. */
export async function notifyPeriod(
  tx: Tx,
  company: Company,
  subscription: SubscriptionRow,
  period: PeriodRow,
  said: Said,
): Promise<void> {
  const { event, at } = said;
  const story = event === 'used' ? `used:${said.percent ?? 0}` : event === 'lapsing' ? 'lapsing' : 'paid';
  await postNotice(tx, {
    companyId: company.id,
    dedupeKey: `period:${referenceOf(period)}:${story}`,
    at,
    facts: {
      kind: 'bundle',
      event,
      creditKind: period.kind === 'calling' || period.kind === 'ai' ? period.kind : 'general',
      name: period.name,
      scopeLabel: labelScope({ company, offices: await listOffices(tx, company.id) }, scopeOf(subscription)),
      scope: encodeScope(scopeOf(subscription)),
      credit: fromMicros(period.creditMicros).toFixed(2),
      price: fromMicros(period.priceMicros).toFixed(2),
      isFirst: period.number === 0,
      isEnding: subscription.isEnding,
      endsAt: period.endsAt.toISOString(),
      receipt: said.receipt ?? null,
      rest: said.rest?.toFixed() ?? null,
      percent: said.percent ?? null,
      failure: said.failure ?? null,
      retryAt: period.retryAt?.toISOString() ?? null,
      triesLeft: said.triesLeft ?? null,
      actionUrl: said.actionUrl ?? null,
      card: said.card ?? null,
      token: said.verify?.token ?? '',
      verifyUntil: said.verify?.until.toISOString() ?? null,
      at: at.toISOString(),
      timeZone: company.timeZone,
    },
  });
}

/** Notifies that a cancelled bundle has ended. */
export async function notifyEnded(
  tx: Tx,
  company: Company,
  subscription: SubscriptionRow,
  at: Date,
): Promise<void> {
  const last = await tx.subscriptionPeriod.findFirst({
    where: { companyId: company.id, subscriptionId: subscription.id },
    orderBy: { number: 'desc' },
  });
  if (last === null) return;
  await notifyPeriod(tx, company, subscription, { ...last, number: last.number + 1 }, { event: 'ended', at });
}
