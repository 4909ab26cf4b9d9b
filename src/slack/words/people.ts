import type { NoticeFacts } from '../../notices/index.ts';
import type { Role } from '../../org/index.ts';
import { escapeText, shorten } from '../blocks/build.ts';
import { mentionAll } from './format.ts';

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

export const peopleCopy = {
  roleName: (role: Role): string => ROLE_NAMES[role],
  nameRoles,

  /** To the company admins of the workspace that their company moved to. */
  moved: ({ companyName, keptUserIds, dropped }: Extract<NoticeFacts, { kind: 'company_moved' }>): string => {
    const more = dropped.length > 10 ? ` and ${dropped.length - 10} more` : '';
    const lost =
      dropped.length === 0
        ? ''
        : `\nNot found here, so their roles were removed: ${dropped.slice(0, 10).map(escapeText).join(', ')}${more}.`;
    return `:truck: *${escapeText(companyName)} moved to this workspace.* Roles: ${mentionAll(keptUserIds.slice(0, 10), Math.max(0, keptUserIds.length - 10))}.${lost}\nOpen requests and approvals were closed, and no channel is set. Choose one in Settings.`;
  },

  /** To company admins, and to the person whose roles they are. */
  notice: ({ event, userId, byUserId, roles, companyName, isOwn }: RoleChange): string => {
    const by = byUserId === null ? 'Your provider' : `<@${byUserId}>`;
    const names = nameRoles(roles);
    const company = escapeText(companyName);
    if (isOwn)
      return event === 'granted'
        ? `:key: You’re now ${names} in Refill for ${company}, added by ${by}. See what you can do with \`/credits help\`.`
        : `:key: ${by} removed your role in Refill for ${company}: ${names}.`;
    return event === 'granted'
      ? `:key: ${by} made <@${userId}> ${names} for ${company}’s credits.`
      : `:key: ${by} removed <@${userId}> as ${names} for ${company}’s credits.`;
  },
};
