import { inTransaction } from '../../db/index.ts';
import { MINUTE_MS } from '../../durations.ts';
import { RefillError } from '../../errors.ts';
import {
  actorOf,
  isCompanyAdmin,
  lockCompany,
  lockForPerson,
  type Person,
  recordAudit,
} from '../../org/index.ts';
import { newToken } from '../../token.ts';
import type { BillingDeps } from '../deps.ts';
import { gatewayFor } from '../processor/company-gateway.ts';
import { withCustomer } from '../processor/customer.ts';
import { returnAddress } from '../processor/return-address.ts';
import { enqueueQuestion } from './check/check-jobs.ts';

/** Processors keep a hosted page open for half an hour at least; ours is honoured for a quarter (R13). */
const PROCESSOR_PAGE_LIFE_MS = 31 * MINUTE_MS;
const LINK_LIFE_MS = 15 * MINUTE_MS;

/**
 * Opens the processor's hosted page on which this person types a card: single use, 15 minutes (R13).
 * Card numbers never pass through Refill. Cards are the company admin's. `from`: the purchase that waits for the card, and the
 * modal that follows it. Throws RefillError `not-allowed`. Applies R13.1.
 */
export async function startCardLink(
  deps: BillingDeps,
  person: Person,
  from: { orderToken?: string; viewId?: string },
): Promise<{ url: string; expiresAt: Date }> {
  assertMayAdd(person);
  const token = newToken();
  const createdAt = deps.clock.now();
  const companyId = person.company.id;
  const openPage = (customerId: string) =>
    gatewayFor(deps, companyId).createCardPage({
      customerId,
      returnUrl: returnAddress(deps, `/billing/card/${token}/done`),
      cancelUrl: returnAddress(deps, `/billing/card/${token}/cancelled`),
      // The processor judges by the wall clock, not by the business's.
      expiresAt: new Date(Date.now() + PROCESSOR_PAGE_LIFE_MS),
      key: `card-page-${token}-${customerId}`,
    });
  const page = await withCustomer(deps, companyId, openPage, { needsCard: false });
  const expiresAt = new Date(createdAt.getTime() + LINK_LIFE_MS);
  await inTransaction(deps.db, async (tx) => {
    assertMayAdd(await lockForPerson(tx, person));
    await tx.cardLink.create({
      data: {
        companyId,
        token,
        sessionId: page.sessionId,
        url: page.url,
        orderToken: from.orderToken ?? null,
        viewId: from.viewId ?? null,
        teamId: person.teamId,
        userId: person.userId,
        createdAt,
        expiresAt,
      },
    });
  });
  return { url: addressOfLink(deps, { token, url: page.url }), expiresAt };
}

/** Where a link is opened. Without an address of ours that is the page itself; its session is single use like our link. */
export function addressOfLink(deps: BillingDeps, link: { token: string; url: string }): string {
  return deps.publicUrl === null ? link.url : returnAddress(deps, `/billing/card/${link.token}`);
}

function assertMayAdd(person: Person): void {
  if (!isCompanyAdmin(person)) throw new RefillError('not-allowed', 'Only company admins add cards.');
}

/**
 * The hosted page behind a link, for the one visit it is good for. Throws RefillError `card-link-unknown`,
 * `card-link-used` or `card-link-expired`.
 */
export async function followCardLink(deps: BillingDeps, token: string): Promise<{ url: string }> {
  const link = await deps.db.cardLink.findUnique({ where: { token } });
  if (link === null) throw new RefillError('card-link-unknown', 'This link is not known.');
  if (link.completedAt !== null) throw new RefillError('card-link-used', 'This link was used already.');
  if (link.expiresAt <= deps.clock.now())
    throw new RefillError('card-link-expired', 'This link has expired.');
  return { url: link.url };
}

/** An event of the processor is about a card page: the card that it led to is stored. */
export async function followCardPage(deps: BillingDeps, sessionId: string): Promise<void> {
  await collectCard(deps, { sessionId });
}

/**
 * Stores the card that a visit to the hosted page led to. What the processor says counts, never that somebody came
 * back; and whoever opened the page has to say in Slack that the card is theirs before it is used (R13). Safe to call any number of times; null while no card was given.
 */
export async function collectCard(
  deps: BillingDeps,
  visit: { sessionId: string } | { token: string },
): Promise<{ brand: string; last4: string } | null> {
  const link = await deps.db.cardLink.findUnique({ where: visit });
  if (link === null) return null;
  const { sessionId } = link;
  const gateway = gatewayFor(deps, link.companyId);
  const page = await gateway.findCardPage(sessionId);
  if (page.cardId === null) return null;
  const card = await gateway.findCard(page.cardId);
  await inTransaction(deps.db, async (tx) => {
    await lockCompany(tx, link.companyId);
    const at = deps.clock.now();
    const { count } = await tx.cardLink.updateMany({
      where: { sessionId, completedAt: null },
      data: { completedAt: at },
    });
    if (count === 0) return;
    const added = await tx.card.create({
      data: {
        companyId: link.companyId,
        processorId: card.id,
        brand: card.brand,
        last4: card.last4,
        expMonth: card.expMonth,
        expYear: card.expYear,
        fingerprint: card.fingerprint,
        isDefault: false,
        addedBy: actorOf(link),
        addedAt: at,
      },
    });
    await tx.cardLink.update({ where: { sessionId }, data: { cardId: added.id } });
    await recordAudit(tx, {
      companyId: link.companyId,
      at,
      actor: actorOf(link),
      surface: 'processor',
      action: 'card-added',
      details: { brand: card.brand, last4: card.last4 },
    });
    await enqueueQuestion(tx, added);
  });
  return { brand: card.brand, last4: card.last4 };
}
