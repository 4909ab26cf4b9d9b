import type { Tx } from '../../../db/index.ts';
import { RefillError } from '../../../errors.ts';
import { type Company, findCompany, isCompanyAdmin } from '../../../org/index.ts';
import { NOT_VERIFIED, PROCESSOR_REFUSED } from '../../orders/declines.ts';
import { findCardName, type OrderRow } from '../../orders/order.ts';
import type { OrderKind } from '../../orders/order-kind.ts';
import { grantPeriod, notifyCredited } from './credit-period.ts';
import { failPeriod, type PeriodFailure } from './fail-period.ts';
import { notifyPeriod } from './notify-period.ts';
import { findSubscription, type PeriodRow, type SubscriptionRow } from './subscription.ts';

/** Bundles and recurring funds: an order pays one period. */
export const subscriptionKind: OrderKind = {
  names: ['bundle', 'recurring'],
  hasBuyer: false,
  isAutomatic: paysItself,
  usesBackupCard: paysItself,
  describe: async (tx, order) => (await findPaid(tx, order)).period.name,
  async creditLine(tx, order, _line, at) {
    const { company, subscription, period } = await findPaid(tx, order);
    return await grantPeriod(tx, company, subscription, period, at);
  },
  /** Its period is credited, missed or over, or its bundle or fund has ended. */
  async isReplaced(tx, order, at) {
    const { subscription, period } = await findPaid(tx, order);
    return (
      period.state === 'credited' ||
      period.state === 'missed' ||
      period.endsAt <= at ||
      subscription.state === 'ended'
    );
  },
  async onSettled(tx, order, paid) {
    const { company, subscription, period } = await findPaid(tx, order);
    await notifyCredited(tx, company, subscription, period, paid);
  },
  onDeclined: async (tx, order, { failure, at }) => await failOrder(tx, order, { code: failure.code, at }),
  onRefused: async (tx, order, { retryAt, at }) =>
    await failOrder(tx, order, { code: PROCESSOR_REFUSED, at, waitsUntil: retryAt }),
  async onNeedsAction(tx, order, bank) {
    const { company, subscription, period } = await findPaid(tx, order);
    // A first period is bought in a modal, where its buyer sees the way to the bank.
    if (period.number > 0)
      await notifyPeriod(tx, company, subscription, period, { event: 'at_bank', ...bank });
  },
  onClosedUnpaid: async (tx, order, { failure, at }) =>
    await failOrder(tx, order, { code: failure.code, at, isFinal: true }),
  verification: {
    isAllowed: (person) => isCompanyAdmin(person),
    isWanted: async () => true,
    fitsLimits: async () => true,
    async onAsked(tx, order, { failureCode, at }) {
      const { company, subscription, period } = await findPaid(tx, order);
      await notifyPeriod(tx, company, subscription, period, {
        event: 'to_verify',
        failure: failureCode,
        at,
        card: await findCardName(tx, order),
        verify: { token: order.token, until: order.verifyUntil ?? at },
      });
    },
    onExpired: async (tx, order, at) => await failOrder(tx, order, { code: NOT_VERIFIED, at, isFinal: true }),
  },
};

/**
 * Whether an order pays a period off session: recurring funds, or a bundle's renewal. Who buys a bundle chooses the
 * card of its first period.
 */
async function paysItself(tx: Tx, order: OrderKey): Promise<boolean> {
  const { period } = await findPaid(tx, order);
  return period.number > 0 || period.kind === 'general';
}

async function failOrder(
  tx: Tx,
  order: OrderKey & Pick<OrderRow, 'cardId'>,
  failure: PeriodFailure,
): Promise<void> {
  const { company, subscription, period } = await findPaid(tx, order);
  const card = await findCardName(tx, order);
  await failPeriod(tx, company, subscription, period, { ...failure, card });
}

type OrderKey = Pick<OrderRow, 'companyId' | 'id'>;

/** The period that an order pays. Throws RefillError `subscription-unknown` where there is none. */
async function findPaid(
  tx: Tx,
  { companyId, id: orderId }: OrderKey,
): Promise<{ company: Company; subscription: SubscriptionRow; period: PeriodRow }> {
  const where = { companyId_orderId: { companyId, orderId } };
  const period = await tx.subscriptionPeriod.findUnique({ where });
  const company = await findCompany(tx, companyId);
  const subscription =
    period === null ? null : await findSubscription(tx, { companyId, id: period.subscriptionId });
  if (period === null || company === null || subscription === null)
    throw new RefillError('subscription-unknown', 'What was paid is not known.', { order: orderId });
  return { company, subscription, period };
}
