import { raiseOperatorNotice, resolveOperatorNotice } from '../../org/index.ts';
import type { BillingDeps } from '../deps.ts';
import { GatewayRefusedError, type PaymentGateway } from '../gateway.ts';

const KIND = 'processor-refuses-requests';

/**
 * The processor for one company's requests. What it refuses for a reason that is not a bank's, a key, an account, a
 * parameter, is nothing that the company's people can mend: the operator is told, one notice a kind of request, until
 * a request of that kind works again. A refusal of the key concerns every company. Null: whose request it is is not known.
 */
export function gatewayFor(
  deps: Pick<BillingDeps, 'db' | 'clock' | 'gateway'>,
  companyId: bigint | null,
): Omit<PaymentGateway, 'readWebhook'> {
  const { gateway } = deps;
  const watch =
    <Request, Answer>(operation: string, call: (request: Request) => Promise<Answer>) =>
    async (request: Request): Promise<Answer> => {
      try {
        const answer = await call(request);
        await resolve(deps, companyId, operation);
        return answer;
      } catch (error) {
        if (error instanceof GatewayRefusedError) await reportRefusal(deps, companyId, operation, error);
        throw error;
      }
    };
  return {
    createCustomer: watch('createCustomer', (request) => gateway.createCustomer(request)),
    createIntent: watch('createIntent', (request) => gateway.createIntent(request)),
    createCheckIntent: watch('createCheckIntent', (request) => gateway.createCheckIntent(request)),
    findStatementDescriptor: watch('findStatementDescriptor', (intentId) =>
      gateway.findStatementDescriptor(intentId),
    ),
    confirmIntent: watch('confirmIntent', (request) => gateway.confirmIntent(request)),
    findIntent: watch('findIntent', (intentId) => gateway.findIntent(intentId)),
    listIntents: watch('listIntents', (request) => gateway.listIntents(request)),
    cancelIntent: watch('cancelIntent', (request) => gateway.cancelIntent(request)),
    refundIntent: watch('refundIntent', (request) => gateway.refundIntent(request)),
    createRefund: watch('createRefund', (request) => gateway.createRefund(request)),
    createCardPage: watch('createCardPage', (request) => gateway.createCardPage(request)),
    findCardPage: watch('findCardPage', (sessionId) => gateway.findCardPage(sessionId)),
    findCard: watch('findCard', (cardId) => gateway.findCard(cardId)),
    attachCard: watch('attachCard', (request) => gateway.attachCard(request)),
    findDispute: watch('findDispute', (disputeId) => gateway.findDispute(disputeId)),
    listDisputes: watch('listDisputes', (request) => gateway.listDisputes(request)),
    findRefund: watch('findRefund', (refundId) => gateway.findRefund(refundId)),
    listRefunds: watch('listRefunds', (request) => gateway.listRefunds(request)),
    listRefundsOf: watch('listRefundsOf', (intentId) => gateway.listRefundsOf(intentId)),
    findFraudWarning: watch('findFraudWarning', (warningId) => gateway.findFraudWarning(warningId)),
  };
}

type Deps = Pick<BillingDeps, 'db' | 'clock'>;

/** Has the operator notified that the processor refuses a company's requests of this kind. */
export async function reportRefusal(
  { db, clock }: Deps,
  companyId: bigint | null,
  operation: string,
  error: GatewayRefusedError,
): Promise<void> {
  await raiseOperatorNotice(db, {
    kind: KIND,
    companyId: error.isAboutKey ? null : companyId,
    subject: operation,
    details: { code: error.code, message: error.message },
    at: clock.now(),
  });
}

async function resolve({ db, clock }: Deps, companyId: bigint | null, operation: string): Promise<void> {
  const open = await db.operatorNotice.findMany({
    where: {
      kind: KIND,
      subject: operation,
      resolvedAt: null,
      OR: [{ companyId: null }, { companyId }],
    },
    select: { companyId: true },
  });
  for (const notice of open)
    await resolveOperatorNotice(db, {
      kind: KIND,
      companyId: notice.companyId,
      subject: operation,
      at: clock.now(),
    });
}
