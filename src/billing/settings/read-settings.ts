import { z } from 'zod';
import type { Queryable } from '../../db/index.ts';
import { readBalance, type WalletBalance } from '../../ledger/index.ts';
import type { Money } from '../../money.ts';
import { channelKind, isInUse, SETTING_FIELDS, type SettingField } from '../../notices/index.ts';
import {
  buyableScopes,
  isCompanyAdmin,
  isSameScope,
  labelScope,
  moneyOffices,
  type Person,
} from '../../org/index.ts';
import { findBillingDetails } from '../documents/billing-details.ts';
import { scopeOf } from '../orders/order.ts';

/** One thing that can be set, as text: amounts as decimals, channels and zones as their ids; null: not set. */
export interface Setting {
  field: SettingField;
  /** The credits that an alert is about; null: the company. */
  walletId: string | null;
  /** The office of those credits, where each has its own. */
  scopeLabel: string | null;
  value: string | null;
}

const settings = z.array(
  z.object({
    field: z.enum(SETTING_FIELDS),
    walletId: z.string().nullable(),
    scopeLabel: z.string().nullable(),
    value: z.string().nullable(),
  }),
);

/** The settings that a window showed, as they were kept. */
export function parseSettings(json: unknown): Setting[] {
  return settings.parse(json);
}

/** Names a setting among those of its company. */
export function keyOfSetting({ field, walletId }: Pick<Setting, 'field' | 'walletId'>): string {
  return walletId === null ? field : `${field}:${walletId}`;
}

/** What this person may set, as it is now: company admins everything, office admins the alerts of their own credits. */
export async function readSettings(db: Queryable, person: Person, at: Date): Promise<Setting[]> {
  const alerts = await readAlerts(db, person, at);
  if (!isCompanyAdmin(person)) return alerts;
  const { company } = person;
  const channels = await db.noticeChannel.findMany({ where: { companyId: company.id } });
  const schedule = await db.digestSchedule.findUnique({ where: { companyId: company.id } });
  const details = await findBillingDetails(db, company.id);
  const ofCompany = (field: SettingField, value: string | null): Setting => ({
    field,
    walletId: null,
    scopeLabel: null,
    value,
  });
  return [
    ...channelKind.options.map((topic) =>
      ofCompany(`channel_${topic}`, channels.find(({ kind }) => kind === topic)?.channelId ?? null),
    ),
    ...alerts,
    ofCompany('approval_limit', textOf(company.approvalLimits.own)),
    ofCompany('time_zone', company.timeZone),
    ofCompany('billing_day', company.billingDay.toString()),
    ofCompany('digest', schedule?.every ?? null),
    ofCompany('legal_name', details?.legalName ?? null),
    ofCompany('billing_address', details?.address ?? null),
    ofCompany('po_number', details?.poNumber ?? null),
  ];
}

/** The levels that people are told below: one for each credits they may buy, one for AI where AI is used (R5, R27). */
async function readAlerts(db: Queryable, person: Person, at: Date): Promise<Setting[]> {
  const scopes = buyableScopes(person);
  if (scopes.length === 0) return [];
  const { wallets } = await readBalance(db, person.company.id, at);
  const own = wallets.filter((wallet) => scopes.some((scope) => isSameScope(scope, scopeOf(wallet))));
  const primary = moneyOffices(person).find(({ isPrimary }) => isPrimary);
  const ai = wallets.filter(({ officeId }) => officeId !== null && officeId === primary?.id);
  const isOfOffices = !person.company.pooled && person.offices.length > 1;
  const alert =
    (field: 'alert_calls' | 'alert_ai') =>
    (wallet: WalletBalance): Setting => ({
      field,
      walletId: wallet.walletId.toString(),
      scopeLabel: isOfOffices ? labelScope(person, scopeOf(wallet)) : null,
      value: textOf(field === 'alert_ai' ? wallet.watch.ai : wallet.watch.calls),
    });
  return [
    ...own.map(alert('alert_calls')),
    ...ai.filter((wallet) => isInUse(wallet, 'ai')).map(alert('alert_ai')),
  ];
}

function textOf(amount: Money | null): string | null {
  return amount?.toFixed(2) ?? null;
}
