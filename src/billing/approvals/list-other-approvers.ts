import type { Queryable } from '../../db/index.ts';
import { DAY_MS } from '../../durations.ts';
import {
  type AnswerRight,
  type Approver,
  actorOf,
  type Company,
  listApprovers,
  type Person,
  userOf,
} from '../../org/index.ts';

/** An approver whose role is younger is pointed out: somebody may have been given it for just this answer. */
const NEW_APPROVER_MS = DAY_MS;

/** Who may answer besides the requester, as things are now; company admins first. */
export async function listOtherApprovers(
  db: Queryable,
  company: Pick<Company, 'id' | 'pooled'>,
  right: AnswerRight,
  askedBy: string,
): Promise<Approver[]> {
  const approvers = await listApprovers(db, company, right);
  return approvers.filter(({ userId }) => userId !== userOf(askedBy));
}

/** Those whom this person could ask about a change or purchase, as a review shows them. */
export async function listApproverIds(db: Queryable, person: Person, right: AnswerRight): Promise<string[]> {
  const others = await listOtherApprovers(db, person.company, right, actorOf(person));
  return others.map(({ userId }) => userId);
}

/** Since when this approver may answer, where that is less than a day; null for everybody else. */
export async function findNewApprover(
  db: Queryable,
  company: Pick<Company, 'id' | 'pooled'>,
  right: AnswerRight,
  { userId, at }: { userId: string; at: Date },
): Promise<Date | null> {
  const approvers = await listApprovers(db, company, right);
  const since = approvers.find((each) => each.userId === userId)?.since ?? null;
  return since !== null && at.getTime() - since.getTime() < NEW_APPROVER_MS ? since : null;
}
