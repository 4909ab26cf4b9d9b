import type { NoticeFacts } from '../../notices/index.ts';
import type { PersonWithRoles, Role, RolePlace } from '../../org/index.ts';
import { capitalized, formatDay, mentionAll, mentionAny } from './format.ts';
import { escapeText, shorten } from './mrkdwn.ts';

type RoleChange = Extract<NoticeFacts, { kind: 'role_change' }>;

const ROLE_NAMES: Record<Role, string> = {
  company_admin: 'company admin',
  office_admin: 'office admin',
  manager: 'manager',
  member: 'member',
};

/** `company admin`, `office admin for New York and Boston`: roles of one kind with all their places. */
function nameRoles(roles: readonly { role: Role; place: string | null }[]): string {
  const kinds = [...new Set(roles.map(({ role }) => role))];
  const join = new Intl.ListFormat('en-US', { type: 'conjunction' });
  return join.format(
    kinds.map((kind) => {
      const places = roles.flatMap(({ role, place }) => (role === kind && place !== null ? [place] : []));
      const named = places.slice(0, 5).map((place) => escapeText(shorten(place, 60)));
      if (places.length > named.length) named.push(`${places.length - named.length} more`);
      return named.length === 0 ? ROLE_NAMES[kind] : `${ROLE_NAMES[kind]} for ${join.format(named)}`;
    }),
  );
}

/** What a revocation leaves undone above the approval limit. */
function warnOfApprovers(places: readonly string[]): string {
  if (places.length === 0) return '';
  const named = places.slice(0, 5).map((place) => escapeText(shorten(place, 60)));
  if (places.length > named.length) named.push(`${places.length - named.length} more`);
  const join = new Intl.ListFormat('en-US', { type: 'conjunction' });
  return `\n:warning: Fewer than two people can approve for ${join.format(named)} now. Add a role, or ask your provider to answer there.`;
}

export const peopleCopy = {
  help: '`/credits people`  who can do what: add and remove roles',
  button: 'People',
  title: 'People',
  loading: 'One moment…',
  close: 'Close',
  cancel: 'Cancel',
  intro: (company: string, memberCount: number): string =>
    `*Who can do what with ${company}’s credits*\n${
      memberCount === 0
        ? 'No one else in your phone system was found in Slack yet.'
        : `Everyone in your phone system who was found in Slack (${memberCount}) can request credits and see their own usage. The roles below add to that.`
    }`,
  /** One person of the list. */
  person: (
    { userId, roles, suspendedAt }: PersonWithRoles,
    { timeZone, now }: { timeZone: string; now: Date },
  ): string => {
    const since = new Date(Math.min(...roles.map(({ grantedAt }) => grantedAt.getTime())));
    const day = (at: Date): string => formatDay(at, timeZone, now);
    return `<@${userId}> · ${capitalized(nameRoles(roles))}\nSince ${day(since)}${
      suspendedAt === null ? '' : ` · _Suspended since ${day(suspendedAt)}: not an active member in Slack_`
    }`;
  },
  add: 'Add a role',
  remove: 'Remove',
  previous: 'Previous',
  next: 'Next',
  page: (page: number, pages: number): string => `Page ${page} of ${pages}`,

  addTitle: 'Add a role',
  personLabel: 'Person',
  choosePerson: 'Choose a person',
  roleLabel: 'Role',
  roleOption: { company_admin: 'Company admin', office_admin: 'Office admin', manager: 'Manager' },
  roleDescription: {
    company_admin: 'Everything: credits, cards, bundles, settings, people',
    office_admin: 'Balance and purchases of the offices below',
    manager: 'Usage and its cost, of the offices and departments below',
  },
  officesLabel: 'Offices',
  officesHint: 'For office admins and managers. Company admins have every office.',
  chooseOffices: 'Choose offices',
  departmentsLabel: 'Departments',
  departmentsHint: 'For managers of a department only.',
  chooseDepartments: 'Choose departments',
  save: 'Save',
  choosePersonFault: 'Choose a person.',
  standing: {
    guest: 'Guests can’t have a role. Choose a full member of this workspace.',
    external: 'People from other workspaces can’t have a role. Choose a full member of this workspace.',
    bot: 'Apps and bots can’t have a role. Choose a person.',
    deactivated: 'This account is deactivated. Choose an active member.',
    unknown: 'We couldn’t confirm this Slack account. Nothing was changed. Try again in a minute.',
  },
  placeNeeded: {
    office_admin: 'Choose at least one office for an office admin.',
    manager: 'Choose at least one office or department for a manager.',
  },
  placeUnknown: 'One of these is no longer in your company. Choose again.',
  officesUnexpected: 'Company admins have every office. Leave this empty.',
  departmentsUnexpected: 'Only managers can have departments. Leave this empty.',
  roleIncluded: 'They’re a company admin, who can do this already. To change that, remove the role first.',
  heldAlready: (userId: string): string => `<@${userId}> has this role already. Nothing was changed.`,
  granted: (userId: string, roles: readonly RolePlace[]): string =>
    `:white_check_mark: <@${userId}> is now ${nameRoles(roles)}. We’ve let them and the other company admins know.`,

  removeTitle: 'Remove roles',
  removeIntro: (userId: string, isSelf: boolean): string =>
    isSelf
      ? ':warning: These are *your own* roles. Without them you can’t undo this yourself.'
      : `Roles of <@${userId}>`,
  rolesLabel: 'Roles to remove',
  chooseRoles: 'Choose roles',
  roleOfPlace: ({ role, place }: RolePlace): string =>
    capitalized(place === null ? ROLE_NAMES[role] : `${ROLE_NAMES[role]} · ${place}`),
  removeNote: 'Open approval requests of theirs are closed. Cards and settings they added stay.',
  chooseRolesFault: 'Choose at least one role.',
  lastAdmin: 'This is the only active company admin. Add another one first.',
  roleGone: 'These roles were removed already.',
  removed: (
    userId: string,
    {
      removed,
      closedApprovals,
      withoutApprover,
    }: { removed: readonly RolePlace[]; closedApprovals: number; withoutApprover: readonly string[] },
  ): string =>
    `:white_check_mark: <@${userId}> is no longer ${nameRoles(removed)}.${
      closedApprovals === 0
        ? ''
        : ` ${closedApprovals === 1 ? 'One approval request' : `${closedApprovals} approval requests`} of theirs ${closedApprovals === 1 ? 'was' : 'were'} closed.`
    }${warnOfApprovers(withoutApprover)}`,
  notAnyMore: 'You’re no longer a company admin. Nothing was changed.',
  onlyCompanyAdmins: (admins: readonly string[]): string =>
    `Only company admins can manage people${admins.length === 0 ? '. Your company has none: ask your provider' : `. Ask ${mentionAny(admins)}`}.`,

  /** To the company admins of the workspace that their company moved to. */
  moved: ({ companyName, keptUserIds, dropped }: Extract<NoticeFacts, { kind: 'company_moved' }>): string => {
    const more = dropped.length > 10 ? ` and ${dropped.length - 10} more` : '';
    const lost =
      dropped.length === 0
        ? ''
        : `\nNot found here, so their roles were removed: ${dropped.slice(0, 10).map(escapeText).join(', ')}${more}.`;
    return `:gear: *${escapeText(companyName)} moved to this workspace.* Roles: ${mentionAll(keptUserIds.slice(0, 10), Math.max(0, keptUserIds.length - 10))}.${lost}\nOpen requests and approvals were closed, and no channel is set. Choose one in Settings.`;
  },

  /** To company admins, and to the person whose roles they are. */
  notice: ({ event, userId, byUserId, roles, companyName, isOwn, withoutApprover }: RoleChange): string => {
    const by = byUserId === null ? 'Your provider' : `<@${byUserId}>`;
    const names = nameRoles(roles);
    const company = escapeText(companyName);
    if (isOwn)
      return event === 'granted'
        ? `:key: You’re now ${names} in Refill for ${company}, added by ${by}. See what you can do with \`/credits help\`.`
        : `:key: ${by} removed your role in Refill for ${company}: ${names}.`;
    return event === 'granted'
      ? `:key: ${by} made <@${userId}> ${names} for ${company}’s credits.`
      : `:key: ${by} removed <@${userId}> as ${names} for ${company}’s credits.${warnOfApprovers(withoutApprover)}`;
  },
};
