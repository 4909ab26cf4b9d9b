import type { Queryable } from '../../db/index.ts';
import { RefillError } from '../../errors.ts';
import { readPhoneNumber } from '../../phone-number.ts';
import type { PersonalFacts } from './fact-patterns.ts';

/** Somebody of a company: of its directory, of its workspace, or of both. */
export interface DataSubject {
  companyId: bigint;
  /** Their rows of the directory. */
  memberIds: bigint[];
  /** Their Slack account; null where none is known. */
  slackId: string | null;
  facts: PersonalFacts;
  /** Whether the phone system's directory lists them: the next synchronisation brings them back. */
  isInPhoneSystem: boolean;
}

const SLACK_ID = /^[UW][A-Z0-9]{4,}$/;

/**
 * Finds a person by their Slack id, e-mail address, number of the directory, or full name, with everything that the directory has
 * of them. Throws RefillError `user-unknown`, and `bad-argument` where several people have that name.
 */
export async function findPersonalFacts(
  db: Queryable,
  companyId: bigint,
  typed: string,
): Promise<DataSubject> {
  const insensitive = (equals: string) => ({ equals, mode: 'insensitive' as const });
  const read = readPhoneNumber(typed);
  const number = 'number' in read ? read.number : null;
  const named = await db.member.findMany({
    where: {
      companyId,
      OR: [
        { slackUserId: typed },
        { email: insensitive(typed) },
        { name: insensitive(typed) },
        ...(number === null ? [] : [{ phoneNumbers: { some: { number } } }]),
      ],
    },
    include: { phoneNumbers: true },
    orderBy: { id: 'asc' },
  });
  const slackId = SLACK_ID.test(typed)
    ? typed
    : (named.find((each) => each.slackUserId !== null)?.slackUserId ?? null);
  const sameAccount = slackId === null ? [] : await membersOf(db, companyId, slackId);
  const members = [...new Map([...named, ...sameAccount].map((each) => [each.id, each])).values()];
  if (members.length === 0 && slackId === null)
    throw new RefillError(
      'user-unknown',
      `Nobody of this company is "${typed}": name them by Slack id, e-mail address, number or full name.`,
    );
  const accounts = new Set(members.map((each) => each.slackUserId ?? each.id.toString()));
  if (accounts.size > 1 && !members.every((each) => each.email === null || each.slackUserId === null))
    throw new RefillError(
      'bad-argument',
      `Several people of this company are "${typed}". Name one by Slack id or e-mail address.`,
    );
  return {
    companyId,
    memberIds: members.map(({ id }) => id),
    slackId,
    facts: {
      names: [...new Set(members.map(({ name }) => name))],
      emails: [...new Set(members.flatMap(({ email }) => email ?? []))],
      slackIds: slackId === null ? [] : [slackId],
      numbers: members.flatMap(({ phoneNumbers }) => phoneNumbers.map((each) => each.number)),
    },
    isInPhoneSystem: members.some(({ externalRef }) => externalRef !== null),
  };
}

async function membersOf(db: Queryable, companyId: bigint, slackUserId: string) {
  return await db.member.findMany({ where: { companyId, slackUserId }, include: { phoneNumbers: true } });
}
