import { inTransaction } from '../../db/index.ts';
import { MINUTE_MS } from '../../durations.ts';
import { lockCompany, recordAudit } from '../../org/index.ts';
import type { BillingDeps } from '../deps.ts';
import { GatewayCustomerGoneError } from '../gateway.ts';
import { gatewayFor } from './company-gateway.ts';

const KEY_LIFE_MS = 15 * MINUTE_MS;

type Deps = Pick<BillingDeps, 'db' | 'clock' | 'gateway'>;

/** The company's customer at the processor, made at its first need. */
export async function ensureCustomer(deps: Deps, companyId: bigint): Promise<string> {
  const known = await deps.db.processorCustomer.findUnique({ where: { companyId } });
  if (known !== null) return known.customerId;
  const company = await deps.db.company.findUniqueOrThrow({ where: { id: companyId } });
  const { customerId } = await gatewayFor(deps, companyId).createCustomer({
    name: company.name,
    reference: companyId.toString(),
    key: keyNow(deps, `customer-${companyId}-${company.createdAt.getTime()}`),
  });
  await deps.db.$executeRaw`INSERT INTO processor_customer (company_id, customer_id)
    VALUES (${companyId}, ${customerId}) ON CONFLICT DO NOTHING`;
  const kept = await deps.db.processorCustomer.findUniqueOrThrow({ where: { companyId } });
  return kept.customerId;
}

/** The processor repeats a failure under its key for a day, so each quarter of an hour has another. No money moves by it. */
function keyNow({ clock }: Deps, key: string): string {
  return `${key}-${Math.floor(clock.now().getTime() / KEY_LIFE_MS)}`;
}

/**
 * Runs a request that names the company's customer. One that was deleted at the processor is replaced by a new one first,
 * so that cards can be added again; what needs no card of the old one is then asked for once more.
 */
export async function withCustomer<T>(
  deps: Deps,
  companyId: bigint,
  request: (customerId: string) => Promise<T>,
  { needsCard }: { needsCard: boolean },
): Promise<T> {
  const customerId = await ensureCustomer(deps, companyId);
  try {
    return await request(customerId);
  } catch (error) {
    if (!(error instanceof GatewayCustomerGoneError)) throw error;
    await replaceCustomer(deps, companyId, customerId);
    if (needsCard) throw error;
    return await request(await ensureCustomer(deps, companyId));
  }
}

/** The cards of a deleted customer are gone with it: each has to be added again (R14). */
async function replaceCustomer(deps: Deps, companyId: bigint, goneId: string): Promise<void> {
  const { name } = await deps.db.company.findUniqueOrThrow({ where: { id: companyId } });
  const { customerId } = await gatewayFor(deps, companyId).createCustomer({
    name,
    reference: companyId.toString(),
    key: keyNow(deps, `customer-${companyId}-after-${goneId}`),
  });
  await inTransaction(deps.db, async (tx) => {
    await lockCompany(tx, companyId);
    const { count } = await tx.processorCustomer.updateMany({
      where: { companyId, customerId: goneId },
      data: { customerId },
    });
    if (count === 0) return;
    const at = deps.clock.now();
    await tx.card.updateMany({
      where: { companyId, removedAt: null, needsReplacingAt: null },
      data: { needsReplacingAt: at, needsReplacingFor: 'customer_gone' },
    });
    await recordAudit(tx, {
      companyId,
      at,
      actor: 'processor',
      surface: 'processor',
      action: 'customer-replaced',
      details: { gone: goneId, customer: customerId },
    });
  });
}
