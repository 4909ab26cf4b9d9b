import type { World } from './world.ts';

/**
 * Each confirmation that is new says rightly whether somebody is there: nobody is for a recharge, recurring funds or a
 * renewal, unless they clicked *Verify payment*; somebody is for whatever is bought.
 */
export async function checkSessions({ db, company, processor, seen, breaks }: World): Promise<void> {
  const fresh = processor.confirmations.slice(seen.confirmations);
  seen.confirmations = processor.confirmations.length;
  for (const { intentId, offSession } of fresh) {
    const [charge] = await db.$queryRaw<{ isSelfMade: boolean; isVerified: boolean }[]>`
      SELECT o.kind IN ('recharge', 'recurring') OR coalesce(p.number, 0) > 0 AS "isSelfMade",
        NOT a.off_session AND EXISTS (SELECT FROM audit WHERE audit.company_id = o.company_id
          AND audit.action = 'payment-verification-started' AND audit.details->>'order' = o.id::text) AS "isVerified"
      FROM payment_attempt AS a JOIN purchase_order AS o ON o.company_id = a.company_id AND o.id = a.order_id
      LEFT JOIN subscription_period AS p ON p.company_id = o.company_id AND p.order_id = o.id
      WHERE a.company_id = ${company.companyId} AND a.intent_id = ${intentId}`;
    if (charge === undefined) breaks.push('a charge was confirmed whose intent was not stored before');
    else if (offSession !== (charge.isSelfMade && !charge.isVerified))
      breaks.push(
        `a charge that ${charge.isSelfMade ? 'makes itself' : 'a person made'} was sent ${offSession ? 'off' : 'on'} session`,
      );
  }
}

/** Once everything has settled, no intent of a try that failed can be paid any more. */
export function checkNothingLeftToPay({ processor, breaks }: World): void {
  for (const [order, count] of processor.unpaid())
    breaks.push(`${count} intents of ${order} are neither paid nor cancelled`);
}
