import type { Tx } from '../db/index.ts';
import { type NoticeFacts, noticeFacts, postNotice, recordEvent } from '../notices/index.ts';
import { type Company, listBuyers, readEnforcement } from '../org/index.ts';
import type { LimitState } from './list-limits.ts';

type LimitFacts = Extract<NoticeFacts, { kind: 'spending_limit' }>;

const FULL = 100;
/** How many people are mentioned, or get a direct message where the company has no channel. */
const MAX_PEOPLE = 5;

/** All messages of a limit in a period. */
const storyOf = ({ limitId, day }: Pick<LimitState, 'limitId' | 'day'>): string => `limit:${limitId}:${day}:`;

/**
 * Tells the channel, and the person whose limit it is, that a level was reached (R31). The levels before the limit share
 * one message, which is brought up to date; that it is reached is a message of its own, which mentions the admins, and goes
 * to each of them where the company has no channel. The person's copy has no amounts: members see no costs.
 * Applies R31.9.
 */
export async function notifyLimit(tx: Tx, company: Company, limit: LimitState, at: Date): Promise<void> {
  const isReached = limit.level === FULL;
  const dedupeKey = `${storyOf(limit)}${limit.revision}:${isReached ? 'reached' : 'warning'}`;
  if (isReached) await recordReached(tx, company.id, limit, at);
  const admins = isReached ? await listAdmins(tx, company.id, limit.named.office.id) : [];
  const isEnforced = (await readEnforcement(tx, company.id, at)) === 'enforced';
  const facts = { ...describe(company, limit, at), isEnforced };
  const message = { companyId: company.id, at };
  const channel = await postNotice(tx, { ...message, dedupeKey, facts: { ...facts, admins } });
  const workspace = await tx.workspace.findFirst({ where: { companyId: company.id } });
  if (workspace === null) return;
  const { teamId } = workspace;
  const { slackUserId } = limit.named;
  if (slackUserId !== null)
    await postNotice(tx, {
      ...message,
      dedupeKey: `${dedupeKey}:own`,
      facts: { ...facts, isOwn: true, amount: null, spent: null, label: '' },
      to: { teamId, channelId: slackUserId },
    });
  if (channel !== null) return;
  for (const userId of admins)
    await postNotice(tx, {
      ...message,
      dedupeKey: `${dedupeKey}:to:${userId}`,
      facts,
      to: { teamId, channelId: userId },
    });
}

/** Brings the messages of a limit's period up to date once the limit was changed or ended. */
export async function notifyLimitChanged(
  tx: Tx,
  company: Company,
  limit: LimitState,
  changed: NonNullable<LimitFacts['changed']>,
  at: Date,
): Promise<void> {
  const sent = await tx.notice.findMany({
    where: { companyId: company.id, dedupeKey: { startsWith: storyOf(limit) } },
    orderBy: { id: 'asc' },
  });
  for (const { dedupeKey, teamId, channelId, facts } of sent) {
    const before = noticeFacts.parse(facts);
    if (before.kind !== 'spending_limit' || before.changed !== null) continue;
    await postNotice(tx, {
      companyId: company.id,
      dedupeKey,
      at,
      facts: { ...before, admins: [], changed: before.isOwn ? { ...changed, amount: null } : changed },
      to: { teamId, channelId },
    });
  }
}

/** The company's phone system is told that a limit is reached, too (R31). */
async function recordReached(tx: Tx, companyId: bigint, limit: LimitState, at: Date): Promise<void> {
  const { office, externalRef } = limit.named;
  await recordEvent(tx, {
    companyId,
    at,
    event: {
      type: 'limit.reached',
      data: {
        office: office.externalRef,
        office_name: office.name,
        is_shared: false,
        scope: limit.subject.kind,
        id: externalRef,
        percent: limit.percent,
        spent: limit.spent.toFixed(),
        limit: limit.amount.toFixed(),
      },
    },
  });
}

/** Company admins first, then the office's own. */
async function listAdmins(tx: Tx, companyId: bigint, officeId: bigint): Promise<string[]> {
  const admins = (await listBuyers(tx, companyId)).filter(
    (admin) => admin.role === 'company_admin' || admin.officeId === officeId,
  );
  return [...new Set(admins.map(({ userId }) => userId))].slice(0, MAX_PEOPLE);
}

function describe(company: Company, limit: LimitState, at: Date): LimitFacts {
  return {
    kind: 'spending_limit',
    label: limit.named.name,
    period: limit.period,
    level: limit.level,
    percent: limit.percent,
    amount: limit.amount.toFixed(2),
    spent: limit.spent.toFixed(6),
    isOwn: false,
    admins: [],
    token: limit.limitId.toString(),
    changed: null,
    at: at.toISOString(),
    from: limit.from.toISOString(),
    to: limit.to.toISOString(),
    timeZone: company.timeZone,
  };
}
