import { gatewayFor } from '../../processor/company-gateway.ts';
import { followSubject } from '../../processor/handle-webhook.ts';
import type { Mirrored } from './complete-mirror.ts';

/**
 * Stores which payments paid a mirrored invoice, so that a refund or dispute of one is known as the invoice's; refunds that
 * came before are followed now. Nothing where it was paid elsewhere.
 */
export async function storePayments({ deps, gateway, row }: Mirrored, processorId: string): Promise<void> {
  const { companyId, invoiceId } = row;
  for (const intentId of await gateway.listPayments(processorId)) {
    await deps.db.invoicePayment.createMany({
      data: { intentId, companyId, invoiceId },
      skipDuplicates: true,
    });
    for (const { id } of await gatewayFor(deps, companyId).listRefundsOf(intentId))
      await followSubject(deps, 'refund', id);
  }
}
