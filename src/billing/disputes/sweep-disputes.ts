import { Prisma } from '../../db/index.ts';
import type { BillingDeps } from '../deps.ts';
import { gatewayFor } from '../processor/company-gateway.ts';
import { sweepProcessor } from '../reversals/sweep-processor.ts';
import { followDispute } from './follow-dispute.ts';

/** Finds disputes that no webhook told of, and follows the open ones (R16). */
export async function sweepDisputes(deps: BillingDeps): Promise<void> {
  await sweepProcessor(deps, {
    name: 'disputes',
    table: Prisma.raw('dispute'),
    list: (since) => gatewayFor(deps, null).listDisputes({ since }),
    follow: (id) => followDispute(deps, id),
  });
}
