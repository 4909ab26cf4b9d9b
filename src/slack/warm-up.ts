import type { WebClient } from '@slack/web-api';
import { readPurchaseOffer } from '../billing/index.ts';
import { SECOND_MS } from '../durations.ts';
import { findPerson } from '../org/index.ts';
import type { SlackContext } from './kit/context.ts';

/** A start waits no longer for it: Slack may be away, and then commands are answered all the same. */
const WITHIN_MS = SECOND_MS;

/**
 * Does once what the first command of a process would have to wait for: connections to the database and to Slack, the
 * plans of the reads that every command makes, the code that they run. Slack gives a command three seconds for its modal,
 * and beside all that begins with the process the first one can take longer. Never throws.
 */
export async function warmUp(
  ctx: SlackContext,
  authorize: (teamId: string) => Promise<unknown>,
): Promise<void> {
  const { db, log } = ctx;
  const work = async (): Promise<void> => {
    const admin = await db.roleAssignment.findFirst({
      where: { role: 'company_admin', suspendedAt: null },
      select: { teamId: true, userId: true },
    });
    if (admin === null) return;
    await authorize(admin.teamId);
    const [client, person] = await Promise.all([ctx.clientFor(admin.teamId), findPerson(db, admin)]);
    await Promise.all([greet(client), person === null ? null : readPurchaseOffer(ctx.billing, person)]);
  };
  const late = new Promise<void>((resolve) => setTimeout(resolve, WITHIN_MS).unref());
  await Promise.race([
    work().catch((error: unknown) => log.debug({ err: error }, 'the first command will be a slow one')),
    late,
  ]);
}

/** Opens the connection to Slack, which is kept. */
async function greet(client: WebClient): Promise<void> {
  await client.auth.test();
}
