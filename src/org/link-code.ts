import { createHash } from 'node:crypto';
import type { Clock } from '../clock.ts';
import { type Db, inTransaction, Prisma } from '../db/index.ts';
import { DAY_MS, HOUR_MS } from '../durations.ts';
import { RefillError } from '../errors.ts';
import type { Cleanup } from '../queue/index.ts';
import { newReadableCode } from '../reference.ts';
import { actorOf } from './actor.ts';
import { recordAudit } from './audit.ts';
import { type Company, findCompany } from './people.ts';

const CODE_LIFE_MS = DAY_MS;
const ATTEMPTS_WINDOW_MS = HOUR_MS;
/** A person who mistypes a code that often needs help, and no workspace needs more people trying at once. */
const MAX_TRIES = { person: 5, workspace: 25 };

const hashCode = (code: string): string =>
  createHash('sha256')
    .update(code.toUpperCase().replace(/[^A-Z0-9]/g, ''))
    .digest('hex');

/** A new one-time code for binding a workspace to the company, e.g. `K7QM-2WXT-9FHB`; only its hash is stored. Lives 24 h. */
export async function issueLinkCode(
  deps: { db: Db; clock: Clock },
  companyId: bigint,
): Promise<{ code: string; expiresAt: Date }> {
  const code = newReadableCode(12);
  const createdAt = deps.clock.now();
  const expiresAt = new Date(createdAt.getTime() + CODE_LIFE_MS);
  await deps.db.linkCode.create({ data: { codeHash: hashCode(code), companyId, createdAt, expiresAt } });
  return { code, expiresAt };
}

/**
 * Binds the workspace to the code's company and makes the redeemer its first company admin.
 * Throws RefillError `link-too-many-tries`, `link-code-unknown`, `link-code-used`, `link-code-expired` or
 * `workspace-already-bound`. A wrong code is counted even though nothing else is changed.
 */
export async function redeemLinkCode(
  deps: { db: Db; clock: Clock },
  who: { teamId: string; userId: string },
  code: string,
): Promise<Company> {
  const at = deps.clock.now();
  await countTry(deps.db, who, at);
  return await inTransaction(deps.db, async (tx) => {
    // One workspace redeems one code at a time: two codes are two rows, and each would find it unbound.
    await tx.$queryRaw`SELECT 1 FROM workspace WHERE team_id = ${who.teamId} FOR UPDATE`;
    const [row] = await tx.$queryRaw<{ company_id: bigint; expires_at: Date; redeemed_at: Date | null }[]>`
      SELECT company_id, expires_at, redeemed_at FROM link_code WHERE code_hash = ${hashCode(code)} FOR UPDATE`;
    if (row === undefined) throw new RefillError('link-code-unknown', 'That code is not known.');
    if (row.redeemed_at !== null) throw new RefillError('link-code-used', 'That code was used already.');
    if (row.expires_at <= at) throw new RefillError('link-code-expired', 'That code has expired.');
    const taken = await tx.workspace.findFirst({
      where: { OR: [{ teamId: who.teamId, companyId: { not: null } }, { companyId: row.company_id }] },
    });
    if (taken !== null) {
      throw new RefillError('workspace-already-bound', 'This workspace, or that company, is linked already.');
    }
    await tx.linkCode.update({
      where: { codeHash: hashCode(code) },
      data: { redeemedAt: at, redeemedBy: actorOf(who) },
    });
    await tx.workspace.update({
      where: { teamId: who.teamId },
      data: { companyId: row.company_id, boundAt: at },
    });
    await tx.roleAssignment.create({
      data: {
        companyId: row.company_id,
        teamId: who.teamId,
        userId: who.userId,
        role: 'company_admin',
        grantedBy: 'link code',
        grantedAt: at,
        checkedAt: at,
      },
    });
    await recordAudit(tx, {
      companyId: row.company_id,
      at,
      actor: actorOf(who),
      surface: 'slack',
      action: 'workspace-linked',
      details: { teamId: who.teamId },
    });
    const company = await findCompany(tx, row.company_id);
    if (company === null) throw new RefillError('link-code-unknown', 'That code is not known.');
    return company;
  });
}

/**
 * Counts a try, of the person and of the workspace. One that is refused for their number is not counted itself: trying
 * on neither prolongs the wait nor fills the table, and one person cannot lock the others out.
 */
async function countTry(db: Db, who: { teamId: string; userId: string }, at: Date): Promise<void> {
  const since = new Date(at.getTime() - ATTEMPTS_WINDOW_MS);
  const isAllowed = await inTransaction(db, async (tx) => {
    await tx.$queryRaw`SELECT 1 FROM workspace WHERE team_id = ${who.teamId} FOR UPDATE`;
    await tx.linkAttempt.deleteMany({ where: { teamId: who.teamId, attemptedAt: { lte: since } } });
    const tries = await tx.linkAttempt.findMany({ where: { teamId: who.teamId }, select: { userId: true } });
    const own = tries.filter(({ userId }) => userId === who.userId).length;
    if (own >= MAX_TRIES.person || tries.length >= MAX_TRIES.workspace) return false;
    await tx.linkAttempt.create({ data: { ...who, attemptedAt: at } });
    return true;
  });
  if (!isAllowed)
    throw new RefillError('link-too-many-tries', 'Too many codes were tried. Wait an hour and try again.');
}

/** Tries to redeem a code that no limit counts any more. */
export const oldLinkAttempts: Cleanup = {
  table: 'link_attempt',
  keptDays: 7,
  isOver: (before) => Prisma.sql`t.attempted_at < ${before}`,
};
