import type { Queryable } from '../../db/index.ts';
import { userOf } from '../../org/index.ts';

/**
 * Whether an operator, by the name that is recorded for them, is who asked: what the operator asked is the company's to
 * answer, and an admin who also runs the command line goes by their Slack id, e-mail address or name.
 */
export async function isRequester(
  db: Queryable,
  { companyId, askedBy }: { companyId: bigint; askedBy: string },
  name: string | null,
): Promise<boolean> {
  const userId = userOf(askedBy);
  if (userId === null) return true;
  const members = await db.member.findMany({ where: { companyId, slackUserId: userId } });
  const names = members.flatMap((member) => [member.name, member.email, member.email?.split('@')[0]]);
  const own = name?.trim().toLowerCase();
  return [userId, ...names].some((each) => each !== null && each !== undefined && each.toLowerCase() === own);
}
