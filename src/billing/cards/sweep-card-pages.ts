import { MINUTE_MS, SECOND_MS } from '../../durations.ts';
import type { BillingDeps } from '../deps.ts';
import { collectCard } from './card-link.ts';

/** Where nobody can come back to us, asking is the only way to learn of a card; elsewhere it makes up for lost news. */
const EVERY_MS = { unreachable: 10 * SECOND_MS, reachable: 2 * MINUTE_MS };
/** As long as the processor's page stays open, after our link for it has ended. */
const GRACE_MS = 20 * MINUTE_MS;
const MAX_PAGES = 50;

/** Asks the processor about the card pages that people have open: nothing else says so when news of one is lost. */
export function createCardPageSweep(deps: BillingDeps): () => Promise<void> {
  const everyMs = deps.publicUrl === null ? EVERY_MS.unreachable : EVERY_MS.reachable;
  let lastAt = Number.NEGATIVE_INFINITY;
  return async () => {
    if (performance.now() - lastAt < everyMs) return;
    lastAt = performance.now();
    const open = await deps.db.cardLink.findMany({
      where: { completedAt: null, expiresAt: { gt: new Date(deps.clock.now().getTime() - GRACE_MS) } },
      select: { sessionId: true },
      orderBy: { createdAt: 'asc' },
      take: MAX_PAGES,
    });
    for (const { sessionId } of open) {
      try {
        await collectCard(deps, { sessionId });
      } catch (error) {
        deps.log.warn({ err: error }, 'the card processor did not say whether a card was given');
      }
    }
  };
}
