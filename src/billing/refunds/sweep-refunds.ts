import { Prisma } from '../../db/index.ts';
import type { BillingDeps } from '../deps.ts';
import { gatewayFor } from '../processor/company-gateway.ts';
import { sweepProcessor } from '../reversals/sweep-processor.ts';
import { followRefund } from './follow-refund.ts';

/** Finds refunds that no webhook told of, and follows the open ones (R16). */
export async function sweepRefunds(deps: BillingDeps): Promise<void> {
  await sweepProcessor(deps, {
    name: 'refunds',
    table: Prisma.raw('refund'),
    list: (since) => gatewayFor(deps, null).listRefunds({ since }),
    follow: (id) => followRefund(deps, id),
  });
}
