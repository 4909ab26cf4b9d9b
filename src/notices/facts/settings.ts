import { z } from 'zod';

/** What admins set themselves, in the order in which people read it. */
export const SETTING_FIELDS = [
  'channel_any',
  'channel_low_balance',
  'channel_purchases',
  'channel_bundles',
  'channel_billing',
  'alert_calls',
  'alert_ai',
  'approval_limit',
  'time_zone',
  'billing_day',
  'digest',
  'legal_name',
  'billing_address',
  'po_number',
] as const;
/** Settings of a company that the operator sets; those above are also the company's own. */
const COMPANY_FIELDS = [
  'company_name',
  'time_zone',
  'country',
  'billing_method',
  'billing_day',
  'purchase_min',
  'purchase_max',
  'purchase_per_day',
  'invoice_limit',
  'operator_approval_limit',
  'card_check',
  'retention',
  'legal_name',
  'credit_enforcement',
  'billing_address',
  'po_number',
  'tax_rate',
  'tax_name',
  'tax_id',
] as const;
export type CompanyField = (typeof COMPANY_FIELDS)[number];
export type SettingField = (typeof SETTING_FIELDS)[number];

export const settings = z.object({
  kind: z.literal('settings'),
  /** Null: the operator. */
  byUserId: z.string().nullable(),
  /** Null: nothing was set, or is any more. Amounts as decimals, channels and zones as their ids. */
  changes: z.array(
    z.object({
      field: z.enum([...SETTING_FIELDS, ...COMPANY_FIELDS, 'quiet_hours']),
      /** The office that it is about; null: the company. */
      scopeLabel: z.string().nullable(),
      from: z.string().nullable(),
      to: z.string().nullable(),
    }),
  ),
});
