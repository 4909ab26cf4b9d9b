import type { Role } from '../../../src/org/index.ts';

/** Who sends, as the company under attack sees them; its first office is "here". */
export const SENDERS = [
  'company_admin',
  'office_admin_here',
  'office_admin_elsewhere',
  'manager',
  'member',
  'nobody',
  'deactivated',
  'guest',
  'external',
  'other_company',
  'other_workspace',
  'unknown_workspace',
] as const;
export type Sender = (typeof SENDERS)[number];

export const ACME = 'TACME';
export const GLOBEX = 'TGLOBEX';
const NOWHERE = 'TNOWHERE';

/** What Slack says of an account. */
export type Account = 'full' | 'deactivated' | 'guest' | 'external' | 'unknown';

interface Identity {
  teamId: string;
  userId: string;
  account: Account;
  /** The role that the company gave. Accounts that may not act have the highest, so that only Slack's word stands in their way. */
  role: { role: Role; office: 0 | 1 | null } | null;
}

const acme = (userId: string, role: Identity['role'], account: Account = 'full'): Identity => ({
  teamId: ACME,
  userId,
  account,
  role,
});
const ADMIN = { role: 'company_admin', office: null } as const;

export const IDENTITIES: Readonly<Record<Sender, Identity>> = {
  company_admin: acme('UANA', ADMIN),
  office_admin_here: acme('UNINA', { role: 'office_admin', office: 0 }),
  office_admin_elsewhere: acme('UOTTO', { role: 'office_admin', office: 1 }),
  manager: acme('UMARCO', { role: 'manager', office: 0 }),
  /** Of the directory, and with no role. */
  member: acme('UPRIYA', null),
  nobody: acme('UNOBODY', null),
  deactivated: acme('UDEPARTED', ADMIN, 'deactivated'),
  guest: acme('UGUEST', ADMIN, 'guest'),
  external: acme('UEXTERNAL', ADMIN, 'external'),
  /** A company admin there, under the user id of one here. */
  other_company: { teamId: GLOBEX, userId: 'UANA', account: 'full', role: null },
  /** Nobody there, under the user id of an office admin here. */
  other_workspace: { teamId: GLOBEX, userId: 'UNINA', account: 'full', role: null },
  unknown_workspace: { teamId: NOWHERE, userId: 'UANA', account: 'full', role: null },
};

/** Who is not of the company at all. */
export const isForeign = (sender: Sender): boolean => IDENTITIES[sender].teamId !== ACME;
