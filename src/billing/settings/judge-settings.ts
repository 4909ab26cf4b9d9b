import { isTimeZone } from '../../calendar.ts';
import { digestPeriod, type Queryable } from '../../db/index.ts';
import { dollars, type Money } from '../../money.ts';
import { actorOf, listWalletsWithoutApprover, type Person } from '../../org/index.ts';
import { listOtherApprovers } from '../approvals/list-other-approvers.ts';
import { tidyAddress, tidyLine } from '../documents/printed-text.ts';
import { isLooser } from './change-limit.ts';
import { keyOfSetting, type Setting } from './read-settings.ts';

/** A setting that somebody wants to be another. */
export interface SettingChange extends Setting {
  to: string | null;
}

/** What is wrong with a change, and the figure to say it with. */
export interface SettingFault {
  key: string;
  code:
    | 'channel-unknown'
    | 'channel-needed'
    | 'zone-unknown'
    | 'day-unknown'
    | 'digest-unknown'
    | 'amount-unknown'
    | 'line-too-long'
    | 'address-too-long'
    | 'above-operator'
    | 'no-second-admin'
    | 'no-company-admin';
  limit?: Money;
  /** The offices whose credits too few people could approve for. */
  offices?: string[];
}

/** What differs between two readings of the same settings; one that is gone or new counts as not set. */
export function compareSettings(before: readonly Setting[], after: readonly Setting[]): SettingChange[] {
  const keys = [...new Set([...before, ...after].map(keyOfSetting))];
  return keys.flatMap((key) => {
    const [old, now] = [before, after].map((all) => all.find((each) => keyOfSetting(each) === key));
    const either = now ?? old;
    const [from, to] = [old?.value ?? null, now?.value ?? null];
    return either === undefined || from === to ? [] : [{ ...either, value: from, to }];
  });
}

/** The changes that a window asks for; what it did not show cannot be changed by it. */
export function wantedChanges(
  shown: readonly Setting[],
  wanted: ReadonlyMap<string, string | null>,
): SettingChange[] {
  return shown.flatMap((setting) => {
    const to = wanted.get(keyOfSetting(setting));
    return to === undefined || to === setting.value ? [] : [{ ...setting, to }];
  });
}

/** Everything that is wrong with these changes. */
export async function judgeChanges(
  db: Queryable,
  person: Person,
  changes: readonly SettingChange[],
): Promise<SettingFault[]> {
  const faults: SettingFault[] = [];
  for (const change of changes) {
    const fault = await judge(db, person, change);
    if (fault !== null) faults.push({ key: keyOfSetting(change), ...fault });
  }
  return faults;
}

async function judge(
  db: Queryable,
  person: Person,
  { field, to }: SettingChange,
): Promise<Omit<SettingFault, 'key'> | null> {
  const isUnset = to === null;
  switch (field) {
    case 'channel_any':
      if (isUnset) return { code: 'channel-needed' };
      return isChannel(to) ? null : { code: 'channel-unknown' };
    case 'channel_low_balance':
    case 'channel_purchases':
    case 'channel_bundles':
    case 'channel_billing':
      return isUnset || isChannel(to) ? null : { code: 'channel-unknown' };
    case 'time_zone':
      return !isUnset && isTimeZone(to) ? null : { code: 'zone-unknown' };
    case 'billing_day':
      return !isUnset && /^([1-9]|[12]\d|3[01])$/.test(to) ? null : { code: 'day-unknown' };
    case 'digest':
      return isUnset || digestPeriod.safeParse(to).success ? null : { code: 'digest-unknown' };
    case 'alert_calls':
    case 'alert_ai':
      return isUnset || isAmount(to) ? null : { code: 'amount-unknown' };
    case 'legal_name':
    case 'po_number':
      return isUnset || tidyLine(to) === to ? null : { code: 'line-too-long' };
    case 'billing_address':
      return isUnset || tidyAddress(to.split('\n')) === to ? null : { code: 'address-too-long' };
    case 'approval_limit':
      return await judgeLimit(db, person, to);
  }
}

async function judgeLimit(
  db: Queryable,
  person: Person,
  to: string | null,
): Promise<Omit<SettingFault, 'key'> | null> {
  const { own, operator } = person.company.approvalLimits;
  if (to !== null && !isAmount(to)) return { code: 'amount-unknown' };
  const limit = to === null ? null : dollars(to);
  if (limit !== null && operator !== null && limit.greaterThan(operator))
    return { code: 'above-operator', limit: operator };
  if (limit !== null) {
    const lacking = await listWalletsWithoutApprover(db, person.company);
    if (lacking.length > 0) return { code: 'no-second-admin', offices: lacking.map(({ label }) => label) };
  }
  if (!isLooser(own, limit)) return null;
  const others = await listOtherApprovers(db, person.company, 'company_admins', actorOf(person));
  return others.length === 0 ? { code: 'no-company-admin' } : null;
}

function isChannel(id: string): boolean {
  return /^[CG][A-Z0-9]{6,20}$/.test(id);
}

function isAmount(text: string): boolean {
  return /^\d{1,9}\.\d{2}$/.test(text) && !dollars(text).isZero();
}
