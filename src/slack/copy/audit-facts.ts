import { dollars, formatDollars } from '../../money.ts';
import { type AuditNames, userOf } from '../../org/index.ts';
import { formatCard } from './format.ts';
import { escapeText, shorten } from './mrkdwn.ts';
import { settingsCopy } from './settings.ts';

/** An entry of the audit with what its sentence is made of: what is missing in it leaves a gap that reads well. */
export interface SentenceParts {
  /** Who did it, as a sentence begins. */
  who: string;
  details: Readonly<Record<string, unknown>>;
  names: AuditNames;
}

export const text = ({ details }: SentenceParts, key: string): string | null => {
  const value = details[key];
  return value === null || value === undefined || value === '' ? null : String(value);
};
export const named = (parts: SentenceParts, key: string, most = 60): string =>
  escapeText(shorten(text(parts, key) ?? '…', most));
export const counted = (parts: SentenceParts, key: string, one: string, many = `${one}s`): string =>
  `${Number(text(parts, key) ?? 0).toLocaleString('en-US')} ${text(parts, key) === '1' ? one : many}`;

export function money(parts: SentenceParts, key: string): string | null {
  const value = text(parts, key);
  return value !== null && /^-?\d+(\.\d+)?$/.test(value) ? formatDollars(dollars(value)) : null;
}
export const amount = (parts: SentenceParts): string => money(parts, 'amount') ?? 'an amount';

/** ` with Visa •••• 4242`, ` on invoice`. */
export function paidWith(parts: SentenceParts): string {
  if (text(parts, 'method') === 'invoice') return ' on invoice';
  const [, brand, last4] = /^(.*) (\d{4})$/.exec(text(parts, 'card') ?? '') ?? [];
  return brand === undefined || last4 === undefined ? '' : ` with ${formatCard({ brand, last4 })}`;
}

export function card(parts: SentenceParts): string {
  const [brand, last4] = [text(parts, 'brand'), text(parts, 'last4')];
  return brand === null || last4 === null ? 'a card' : formatCard({ brand, last4 });
}

/** `New York`, or `the shared credits`. */
export const wallet = (parts: SentenceParts): string =>
  escapeText(
    parts.names.wallets.get(text(parts, 'wallet') ?? text(parts, 'walletId') ?? '') ?? 'the shared credits',
  );
export const office = (parts: SentenceParts, key: string): string =>
  escapeText(parts.names.offices.get(text(parts, key) ?? '') ?? 'the shared credits');

export function person(parts: SentenceParts, key: string): string {
  const value = text(parts, key);
  const userId = value?.includes('/') ? userOf(value) : value;
  return userId !== null && userId !== undefined && /^[UW][A-Z0-9]+$/.test(userId)
    ? `<@${userId}>`
    : 'someone';
}

const ROLES: Readonly<Record<string, string>> = {
  company_admin: 'company admin',
  office_admin: 'office admin',
  manager: 'manager',
  member: 'member',
};
export function role(parts: SentenceParts): string {
  const name = ROLES[text(parts, 'role') ?? ''] ?? 'a role';
  return text(parts, 'place') === null ? name : `${name} for ${named(parts, 'place')}`;
}

/** What a second admin was asked about. */
export function question(parts: SentenceParts): string {
  const subject: Readonly<Record<string, string>> = {
    bundle: 'a bundle',
    bundle_change: 'another bundle',
    recurring: 'recurring credits',
    recharge: 'an auto-recharge change',
    limit: 'a change of the approval limit',
  };
  const what = subject[text(parts, 'kind') ?? ''];
  if (what !== undefined) return what;
  if (text(parts, 'order') !== null) return `a purchase of ${amount(parts)}`;
  return text(parts, 'threshold') === null ? 'a change' : 'an auto-recharge change';
}
export const asker = (parts: SentenceParts): string =>
  text(parts, 'requestedBy') === null ? '' : `, requested by ${person(parts, 'requestedBy')}`;

/** Each setting that changed, from what to what. */
export function changes(parts: SentenceParts): string {
  const made = Object.entries(parts.details)
    .filter(([key, value]) => typeof value === 'string' && key !== 'approvedBy')
    .map(([key, value]) => {
      const [field = '', walletId] = key.split(' ');
      const of = walletId === undefined ? null : (parts.names.wallets.get(walletId) ?? 'the shared credits');
      return settingsCopy.storedChange(field, String(value), of);
    });
  return made.length === 0 ? 'the settings' : made.join('; ');
}
export const approved = (parts: SentenceParts): string =>
  text(parts, 'approvedBy') === null ? '' : ` (approved by ${person(parts, 'approvedBy')})`;

export function rechargeFigures(parts: SentenceParts): string {
  const [threshold, amountAdded, cap] = [
    money(parts, 'threshold'),
    money(parts, 'amount'),
    money(parts, 'cap'),
  ];
  if (threshold === null || amountAdded === null) return '';
  return `: ${amountAdded} when below ${threshold}${cap === null ? '' : `, at most ${cap} a month`}`;
}

export const limitOf = (parts: SentenceParts): string =>
  `${text(parts, 'period') === 'day' ? 'daily' : 'monthly'} spending limit of ${named(parts, 'name')}`;
export const invoice = (parts: SentenceParts): string => `Invoice ${named(parts, 'invoice')}`;
