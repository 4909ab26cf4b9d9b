import { inTransaction } from '../../db/index.ts';
import { postNotice } from '../../notices/index.ts';
import { lockCompany, readActor, recordAudit } from '../../org/index.ts';
import type { BillingDeps } from '../deps.ts';
import { gatewayFor } from '../processor/company-gateway.ts';

/** Why a card that is no longer its company's at the processor needs replacing. */
const DETACHED = 'detached';
/** What its bank may change of a card, each by itself. */
const FACTS = ['brand', 'last4', 'expMonth', 'expYear', 'fingerprint'] as const;

/**
 * Follows a card as the processor has it now: one that its bank has replaced is known by its new digits and expiry; one
 * that was detached there is charged by nothing any more, and that is told. Cards that are not ours are ignored.
 * Applies R16.9.
 */
export async function followCard(deps: BillingDeps, processorId: string): Promise<void> {
  const known = await deps.db.card.findUnique({ where: { processorId } });
  if (known === null || known.removedAt !== null) return;
  const found = await gatewayFor(deps, known.companyId).findCard(processorId);
  const { companyId, id } = known;
  await inTransaction(deps.db, async (tx) => {
    await lockCompany(tx, companyId);
    const at = deps.clock.now();
    const card = await tx.card.findUniqueOrThrow({ where: { processorId } });
    const { brand, last4, expMonth, expYear, fingerprint } = found;
    const isReplaced = FACTS.some((fact) => found[fact] !== card[fact]);
    const isDetached = found.customerId === null && card.needsReplacingFor !== DETACHED;
    if (!isReplaced && !isDetached) return;
    await tx.card.update({
      where: { processorId },
      data: {
        brand,
        last4,
        expMonth,
        expYear,
        fingerprint,
        ...(isDetached ? { needsReplacingAt: at, needsReplacingFor: DETACHED } : {}),
      },
    });
    await recordAudit(tx, {
      companyId,
      at,
      actor: 'processor',
      surface: 'processor',
      action: isDetached ? 'card-detached' : 'card-replaced-by-bank',
      details: { card: id.toString(), brand, last4, before: `${card.brand} ${card.last4}` },
    });
    if (isDetached)
      await postNotice(tx, {
        companyId,
        dedupeKey: `card-detached:${id}`,
        at,
        facts: {
          kind: 'card',
          event: 'detached',
          brand,
          last4,
          byUserId: readActor(card.addedBy).userId,
          token: '',
          failureCode: null,
          waiting: [],
        },
      });
  });
}
