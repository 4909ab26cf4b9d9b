import type { Db } from '../../db/index.ts';
import { RefillError } from '../../errors.ts';
import { listMailboxUsers, recordStanding } from '../../org/index.ts';
import { type AccountFinder, createAccountFinder } from '../../slack/index.ts';
import type { CommandContext } from '../frame/index.ts';

/** Somebody of a company's workspace, as the operator named them. */
export interface UserRef {
  teamId: string;
  userId: string;
}

const USER_ID = /^[UW][A-Z0-9]{4,}$/;

/** Slack as the app reaches it; in the try-out its stand-in listens two above the page's port. */
export function openAccounts({ db, secrets, log, config }: CommandContext): AccountFinder {
  const apiUrl =
    config.live === undefined ? `http://127.0.0.1:${config.port + 2}/api/` : config.live.slack.apiUrl;
  return createAccountFinder({ db, secrets, log }, apiUrl);
}

/** The workspace of a company. Throws RefillError `no-workspace`. */
export async function requireTeam(db: Db, companyId: bigint): Promise<string> {
  const workspace = await db.workspace.findUnique({ where: { companyId } });
  if (workspace !== null) return workspace.teamId;
  throw new RefillError(
    'no-workspace',
    'This company has no Slack workspace yet. Link it first: refill company link-code',
  );
}

/**
 * Finds a person by their Slack id, or by an e-mail address: in the directory first, where they may be matched already,
 * then in Slack. Throws RefillError `bad-argument` (also where two accounts have that address), `user-unknown` and
 * `slack-unreachable`.
 */
export async function findUser(
  db: Db,
  accounts: AccountFinder,
  { companyId, teamId, typed }: { companyId: bigint; teamId: string; typed: string },
): Promise<UserRef> {
  if (USER_ID.test(typed)) return { teamId, userId: typed };
  if (!typed.includes('@'))
    throw new RefillError(
      'bad-argument',
      `--user takes a Slack id like U0123ABCD or an e-mail address, not "${typed}".`,
    );
  const matched = (await listMailboxUsers(db, companyId, typed)).flatMap(
    ({ slackUserId }) => slackUserId ?? [],
  );
  const [known, ...others] = new Set(matched);
  if (others.length > 0)
    throw new RefillError(
      'bad-argument',
      `Several Slack accounts of the directory have the address ${typed}: ${matched.join(', ')}. Name one by its id.`,
    );
  const userId = known ?? (await accounts.findByEmail(teamId, typed));
  if (userId !== null) return { teamId, userId };
  throw new RefillError('user-unknown', `Nobody in this Slack workspace has the address ${typed}.`);
}

/** Brings what is recorded of a company's admins up to date, so that only active ones count as left behind. */
export async function checkAdmins(
  db: Db,
  accounts: AccountFinder,
  { companyId, teamId, at }: { companyId: bigint; teamId: string; at: Date },
): Promise<void> {
  const admins = await db.roleAssignment.findMany({
    where: { companyId, teamId, role: 'company_admin' },
    select: { userId: true },
  });
  for (const { userId } of admins) {
    const standing = await accounts.standingOf({ teamId, userId });
    await recordStanding(db, { teamId, userId, isFull: standing === 'full', at });
  }
}
