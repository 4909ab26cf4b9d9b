/**
 * Who may use what in Slack: one table over `org/access.ts`, which decides. Help lists commands by it, buttons are shown by
 * it, and who lacks a right is refused with its sentence. The services ask `org/access.ts` again under their lock.
 */
import {
  buyableScopes,
  canChangeSettings,
  canManage,
  canSeeMoney,
  canSeeUsage,
  type Person,
} from '../org/index.ts';
import {
  auditCopy,
  bundleCopy,
  cardCopy,
  generalCopy,
  invoiceCopy,
  limitCopy,
  moveCopy,
  peopleCopy,
  settingsCopy,
  sharingCopy,
} from './copy/index.ts';

interface RightRule {
  isHeldBy(person: Person): boolean;
  /** Refused first by the sentence of this right, where it is missing as well. */
  after?: Right;
  /** Whom the refusal names: who may add credits for this person, or the company's admins. */
  names?: 'buyers' | 'company_admins';
  /** What is said to who lacks it; absent: no one is refused for it alone. */
  refusal?(people: readonly string[]): string;
  /** Whether the refusal offers to request credits. */
  mayRequest?: boolean;
}

const canBuy = (person: Person): boolean => buyableScopes(person).length > 0;

const ofCompanyAdmins = {
  people: (person: Person) => canManage(person, 'people'),
  cards: (person: Person) => canManage(person, 'cards'),
  bundles: (person: Person) => canManage(person, 'bundles'),
  invoices: (person: Person) => canManage(person, 'invoices'),
  settings: (person: Person) => canManage(person, 'settings'),
  limits: (person: Person) => canManage(person, 'limits'),
};

export type Right =
  | 'ask_for_help'
  | 'request_credits'
  | 'see_own_usage'
  | 'see_money'
  | 'see_usage'
  | 'buy'
  | 'change_settings'
  | 'change_sharing'
  | 'change_limits'
  | 'set_limits'
  | 'move_credits'
  | 'manage_people'
  | 'see_audit'
  | 'manage_cards'
  | 'manage_bundles'
  | 'see_invoices'
  | 'link_workspace';

export const RIGHTS: Readonly<Record<Right, RightRule>> = {
  ask_for_help: { isHeldBy: () => true },
  /** Those who cannot buy what they would ask for. */
  request_credits: { isHeldBy: (person) => !canBuy(person) },
  /** Those who see no usage of others. */
  see_own_usage: { isHeldBy: (person) => !canSeeUsage(person) },
  see_money: {
    isHeldBy: canSeeMoney,
    names: 'buyers',
    refusal: generalCopy.onlyAdmins,
    mayRequest: true,
  },
  /** Company admins, and office admins and managers that of their offices (R25). */
  see_usage: { isHeldBy: canSeeUsage, names: 'buyers', refusal: generalCopy.noUsage },
  /** Add credits somewhere, and set auto-recharge there. */
  buy: {
    isHeldBy: canBuy,
    after: 'see_money',
    names: 'buyers',
    refusal: generalCopy.poolOnly,
    mayRequest: true,
  },
  /** Set something: company admins all, office admins what is their offices'. */
  change_settings: {
    isHeldBy: canChangeSettings,
    names: 'company_admins',
    refusal: settingsCopy.onlyCompanyAdmins,
  },
  change_sharing: {
    isHeldBy: ofCompanyAdmins.settings,
    after: 'change_settings',
    refusal: () => sharingCopy.onlyCompanyAdmins,
  },
  /** Raise a recharge limit, and resume what is paused. */
  change_limits: {
    isHeldBy: ofCompanyAdmins.limits,
    after: 'buy',
    names: 'company_admins',
    refusal: cardCopy.onlyCompanyAdmins,
  },
  /** Set spending limits: company admins all, office admins those of their offices (R31). */
  set_limits: {
    isHeldBy: canSeeMoney,
    names: 'company_admins',
    refusal: limitCopy.onlyAdmins,
  },
  move_credits: {
    isHeldBy: ofCompanyAdmins.settings,
    after: 'see_money',
    refusal: () => moveCopy.onlyCompanyAdmins,
  },
  manage_people: {
    isHeldBy: ofCompanyAdmins.people,
    names: 'company_admins',
    refusal: peopleCopy.onlyCompanyAdmins,
  },
  /** Who changed what (R28): everything of the company, so its admins alone. */
  see_audit: {
    isHeldBy: ofCompanyAdmins.people,
    names: 'company_admins',
    refusal: auditCopy.onlyCompanyAdmins,
  },
  manage_cards: {
    isHeldBy: ofCompanyAdmins.cards,
    names: 'company_admins',
    refusal: cardCopy.onlyCompanyAdmins,
  },
  manage_bundles: {
    isHeldBy: ofCompanyAdmins.bundles,
    after: 'see_money',
    refusal: () => bundleCopy.onlyCompanyAdmins,
  },
  see_invoices: {
    isHeldBy: ofCompanyAdmins.invoices,
    after: 'see_money',
    refusal: () => invoiceCopy.onlyCompanyAdmins,
  },
  /** Whoever has the code, of a workspace that is linked to no company: no one of a company needs it. */
  link_workspace: { isHeldBy: () => false },
};

/** Whether someone may; null: whoever is no one of a company yet, who may ask for help and link their workspace. */
export function holds(person: Person | null, right: Right): boolean {
  return person === null
    ? right === 'ask_for_help' || right === 'link_workspace'
    : RIGHTS[right].isHeldBy(person);
}
