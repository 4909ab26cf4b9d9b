import { WebAPIPlatformError, WebAPIRateLimitedError } from '@slack/web-api';
import { inTransaction, memberKind } from '../../../db/index.ts';
import { DAY_MS, HOUR_MS } from '../../../durations.ts';
import { listMailboxUsers, raiseOperatorNotice, recordAudit } from '../../../org/index.ts';
import type { SlackContext } from '../../kit/context.ts';

/** In one go; woken twice a minute that stays below what Slack lets an app ask for. */
const AT_ONCE = 20;

type Deps = Pick<SlackContext, 'db' | 'clock' | 'log' | 'clientFor'>;

/** Slack has no one of that address who could be meant. */
const NOBODY = 'users_not_found';

/**
 * Looks for a company's people in its Slack workspace by their e-mail address, those first who were not looked for yet.
 * Who is found is shown by name and found by a mention from then on; a match grants no role. Who is not is looked for
 * again after a day. Stops where Slack asks for patience: the rest is due still.
 */
export async function matchPeople(deps: Deps, { companyId }: { companyId: bigint }): Promise<void> {
  const { db, clock, log } = deps;
  const workspace = await db.workspace.findUnique({ where: { companyId } });
  if (workspace === null) return;
  const isDue = {
    companyId,
    kind: memberKind.enum.person,
    active: true,
    email: { not: null },
    slackUserId: null,
    OR: [{ slackLookAt: null }, { slackLookAt: { lte: clock.now() } }],
  };
  const due = await db.member.findMany({
    where: isDue,
    orderBy: [{ slackLookAt: { sort: 'asc', nulls: 'first' } }, { id: 'asc' }],
    take: AT_ONCE,
  });
  const later = (ms: number): Date => new Date(clock.now().getTime() + ms);
  for (const { id, email } of due) {
    const answer = await lookUp(deps, workspace.teamId, email ?? '');
    if ('stop' in answer) {
      log.warn({ err: answer.stop, team: workspace.teamId }, 'people are looked for in Slack another time');
      return;
    }
    if ('refused' in answer) {
      log.error({ team: workspace.teamId, error: answer.refused }, 'Slack does not let people be looked for');
      const data = { slackAnswer: answer.refused, slackLookAt: later(HOUR_MS) };
      await db.member.updateMany({ where: isDue, data });
      return;
    }
    // Another address by now is looked for in its own right.
    const where = { companyId, id, email, slackUserId: null };
    if (answer.userId === null)
      await db.member.updateMany({ where, data: { slackAnswer: NOBODY, slackLookAt: later(DAY_MS) } });
    else await takeMatch(deps, { companyId, where, email: email ?? '', userId: answer.userId });
  }
}

/**
 * Keeps whom Slack has by an address: they are a member from then on, with the records of their own calls. Flagged where
 * others of the directory have the same mailbox: then these may be another's.
 */
async function takeMatch(
  { db, clock }: Deps,
  found: { companyId: bigint; where: object; email: string; userId: string },
): Promise<void> {
  const { companyId, where, email, userId } = found;
  const at = clock.now();
  await inTransaction(db, async (tx) => {
    const data = { slackUserId: userId, slackAnswer: null, slackLookAt: null };
    const { count } = await tx.member.updateMany({ where, data });
    const people = await listMailboxUsers(tx, companyId, email);
    if (count === 0 || people.length < 2) return;
    const names = people.map(({ name }) => name).join(', ');
    await recordAudit(tx, {
      companyId,
      at,
      actor: 'slack',
      surface: 'slack',
      action: 'person-matched',
      details: {
        userId,
        sameEmail: true,
        people: people.map(({ memberId }) => memberId.toString()).join(', '),
      },
    });
    await raiseOperatorNotice(tx, { kind: 'same-email', companyId, subject: userId, details: { names }, at });
  });
}

/** Who has this address; null for no one. `refused`: asking is of no use until someone changes something. */
async function lookUp(
  deps: Deps,
  teamId: string,
  email: string,
): Promise<{ userId: string | null } | { refused: string } | { stop: unknown }> {
  try {
    const client = await deps.clientFor(teamId);
    const { user } = await client.users.lookupByEmail({ email });
    const isNobody = user?.id === undefined || user.deleted === true || user.is_bot === true;
    return { userId: isNobody ? null : (user.id ?? null) };
  } catch (error) {
    if (error instanceof WebAPIRateLimitedError) return { stop: error };
    if (!(error instanceof WebAPIPlatformError)) return { stop: error };
    const code = error.data.error;
    if (code === NOBODY) return { userId: null };
    return REFUSALS.has(code) ? { refused: code } : { stop: error };
  }
}

const REFUSALS = new Set([
  'missing_scope',
  'not_allowed_token_type',
  'invalid_auth',
  'not_authed',
  'account_inactive',
  'token_revoked',
  'access_denied',
]);
