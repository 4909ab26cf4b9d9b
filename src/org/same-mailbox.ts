import type { Queryable } from '../db/index.ts';
import { userOf } from './actor.ts';

/** `ana+admin@Acme.com` is the mailbox `ana@acme.com`. */
export function toMailbox(email: string): string {
  return email
    .trim()
    .toLowerCase()
    .replace(/\+[^@]*(?=@)/, '');
}

/** Somebody of a directory, by their mailbox. */
export interface MailboxUser {
  memberId: bigint;
  name: string;
  /** Null: not matched in Slack. */
  slackUserId: string | null;
}

/** The active people of a directory who have this mailbox. */
export async function listMailboxUsers(
  db: Queryable,
  companyId: bigint,
  email: string,
): Promise<MailboxUser[]> {
  const mailbox = toMailbox(email);
  const domain = mailbox.slice(mailbox.lastIndexOf('@') + 1);
  const members = await db.member.findMany({
    where: {
      companyId,
      kind: 'person',
      active: true,
      email: { endsWith: `@${domain}`, mode: 'insensitive', startsWith: mailbox.slice(0, 1) },
    },
    select: { id: true, name: true, email: true, slackUserId: true },
    orderBy: { id: 'asc' },
  });
  return members.flatMap(({ id, name, email: own, slackUserId }) =>
    own !== null && toMailbox(own) === mailbox ? [{ memberId: id, name, slackUserId }] : [],
  );
}

/**
 * The other Slack accounts that the directory has with the mailbox of this one: perhaps one person with two accounts, who
 * could then answer their own requests (R9). Cannot be known, so it is only flagged where an address gives something.
 * Applies R30.7.
 */
export async function listAccountsOfMailbox(
  db: Queryable,
  companyId: bigint,
  userId: string,
): Promise<string[]> {
  const members = await db.member.findMany({
    where: { companyId, slackUserId: userId, email: { not: null } },
    select: { email: true },
  });
  const users: MailboxUser[] = [];
  for (const { email } of members) users.push(...(await listMailboxUsers(db, companyId, email ?? '')));
  const others = users.flatMap(({ slackUserId }) =>
    slackUserId === null || slackUserId === userId ? [] : [slackUserId],
  );
  return [...new Set(others)];
}

/** Whether two actors are Slack accounts of one mailbox of the directory; nobody and the operator share none. */
export async function haveSameMailbox(
  db: Queryable,
  companyId: bigint,
  a: string | null,
  b: string | null,
): Promise<boolean> {
  const [one, other] = [userOf(a), userOf(b)];
  if (one === null || other === null) return false;
  return (await listAccountsOfMailbox(db, companyId, one)).includes(other);
}
