import type { Queryable } from '../../db/index.ts';

export interface Unmatched {
  name: string;
  email: string | null;
  /** When Slack is asked next; null: not asked yet, or impossible because there is no address. */
  nextLookAt: Date | null;
  /** Slack's answer of the last time; null: it was not asked yet. */
  answer: string | null;
}

/** The company's people, by name, who are not matched in Slack. Lines without a person are excluded. */
export async function listUnmatched(db: Queryable, companyId: bigint): Promise<Unmatched[]> {
  const rows = await db.member.findMany({
    where: { companyId, active: true, kind: 'person', slackUserId: null },
    select: { name: true, email: true, slackLookAt: true, slackAnswer: true },
    orderBy: [{ name: 'asc' }, { id: 'asc' }],
  });
  return rows.map(({ name, email, slackLookAt, slackAnswer }) => ({
    name,
    email,
    nextLookAt: slackLookAt,
    answer: slackAnswer,
  }));
}
