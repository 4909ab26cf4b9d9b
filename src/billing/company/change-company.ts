import { type CardCheckPolicy, type Db, inTransaction, type PaymentMethod, type Tx } from '../../db/index.ts';
import { RefillError } from '../../errors.ts';
import { formatDollars, fromMicros, type Money, toMicros } from '../../money.ts';
import { type CompanyField, postNotice } from '../../notices/index.ts';
import {
  type CreditEnforcement,
  findCompany,
  lockCompany,
  readEnforcementSetting,
  recordAudit,
  type ScopeWithoutApprover,
  setEnforcement,
} from '../../org/index.ts';
import { requireApprovers } from '../approvals/require-approvers.ts';
import {
  type BillingDetails,
  readBillingDetails,
  writeBillingDetails,
} from '../documents/change-billing-details.ts';

/** What the operator sets of a company; what is left out stays. */
export interface CompanyChanges {
  name?: string | undefined;
  timeZone?: string | undefined;
  /** ISO 3166, two capital letters. */
  country?: string | undefined;
  billingMethod?: PaymentMethod | undefined;
  billingDay?: number | undefined;
  min?: Money | undefined;
  max?: Money | undefined;
  perDay?: Money | undefined;
  /** Zero: nothing can be bought on invoice. */
  invoiceLimit?: Money | undefined;
  /** The operator's own; null: none. */
  approvalLimit?: Money | null | undefined;
  cardCheck?: CardCheckPolicy | undefined;
  /** For how many months phone numbers of usage are kept, 2 to 120; null: for good. */
  retentionMonths?: number | null | undefined;
  /** What receipts and invoices are made out to; null: the name. */
  legalName?: string | null | undefined;
  /** Enforced: its phone system stops what has no credits, while it is heard of. */
  enforcement?: CreditEnforcement | undefined;
  /** On receipts and invoices, in lines; null: none. */
  billingAddress?: string | null | undefined;
  poNumber?: string | null | undefined;
  /** Hundredths of a per cent, included in what is charged; null: none is charged. Needs a tax ID. */
  taxRateBp?: number | null | undefined;
  taxName?: string | undefined;
  taxId?: string | null | undefined;
}

/** What was changed, as text. */
export interface CompanyChange {
  field: CompanyField;
  from: string | null;
  to: string | null;
}

type Row = NonNullable<Awaited<ReturnType<Tx['company']['findUnique']>>>;

/**
 * Changes a company as its operator decides, all or nothing; recorded, and posted in the company's channel (R27, R28). A
 * changed zone or billing day leaves a running period alone (R3); what is being paid is paid as it was confirmed. Returns
 * what differs, and the credits about which too few people could answer above a new approval limit. Throws RefillError
 * `company-unknown`, `limits-inconsistent`, which names everything that is wrong, `tax-id-missing` for a tax rate without one,
 * and `no-second-admin` where there are such credits and it is not forced.
 */
export async function changeCompany(
  db: Db,
  companyId: bigint,
  changes: CompanyChanges,
  { at, isForced = false }: { at: Date; isForced?: boolean },
): Promise<{ changes: CompanyChange[]; lacking: ScopeWithoutApprover[] }> {
  return await inTransaction(db, async (tx) => {
    await lockCompany(tx, companyId);
    const before = await tx.company.findUnique({ where: { id: companyId } });
    if (before === null) throw new RefillError('company-unknown', `There is no company ${companyId}.`);
    const after = { ...before, ...columnsOf(changes) };
    assertConsistent({
      min: fromMicros(after.purchaseMinMicros),
      max: fromMicros(after.purchaseMaxMicros),
      perDay: fromMicros(after.purchaseDailyMaxMicros),
    });
    const [detailsBefore, detailsAfter] = await readDetails(tx, companyId, changes);
    const enforcement = await readEnforcementSetting(tx, companyId);
    const made = [
      ...compare(before, after),
      ...differences(
        { credit_enforcement: enforcement },
        { credit_enforcement: changes.enforcement ?? enforcement },
      ),
      ...compareDetails(detailsBefore, detailsAfter),
    ];
    if (made.length === 0) return { changes: [], lacking: [] };
    const isNewLimit = made.some(({ field, to }) => field === 'operator_approval_limit' && to !== null);
    const lacking = isNewLimit ? await judgeNewLimit(tx, companyId, changes, isForced) : [];
    await tx.company.update({ where: { id: companyId }, data: columnsOf(changes) });
    if (changes.enforcement !== undefined) await setEnforcement(tx, companyId, changes.enforcement);
    if (compareDetails(detailsBefore, detailsAfter).length > 0)
      await writeBillingDetails(tx, companyId, detailsAfter, at);
    await recordAudit(tx, {
      companyId,
      at,
      actor: 'operator',
      surface: 'operator',
      action: 'company-changed',
      details: {
        ...Object.fromEntries(
          made.map(({ field, from, to }) => [field, `${from ?? 'none'} → ${to ?? 'none'}`]),
        ),
        ...(lacking.length > 0 ? { isForced } : {}),
      },
    });
    await postNotice(tx, {
      companyId,
      dedupeKey: `company-changed:${at.toISOString()}`,
      at,
      facts: {
        kind: 'settings',
        byUserId: null,
        changes: made.map((change) => ({ ...change, scopeLabel: null })),
      },
    });
    return { changes: made, lacking };
  });
}

async function judgeNewLimit(
  tx: Tx,
  companyId: bigint,
  { approvalLimit = null }: CompanyChanges,
  isForced: boolean,
): Promise<ScopeWithoutApprover[]> {
  const company = await findCompany(tx, companyId);
  if (company === null) throw new RefillError('company-unknown', `There is no company ${companyId}.`);
  return await requireApprovers(tx, company, { limit: approvalLimit, isForced });
}

/** Refuses purchase limits that contradict one another. Throws RefillError `limits-inconsistent`. */
export function assertConsistent({ min, max, perDay }: { min: Money; max: Money; perDay: Money }): void {
  const faults = [
    ...(min.greaterThan(max)
      ? [`the smallest purchase, ${formatDollars(min)}, is above the largest, ${formatDollars(max)}`]
      : []),
    ...(max.greaterThan(perDay)
      ? [
          `the largest purchase, ${formatDollars(max)}, is above the purchase limit in 24 hours, ${formatDollars(perDay)}`,
        ]
      : []),
  ];
  if (faults.length > 0)
    throw new RefillError('limits-inconsistent', `These limits contradict each other: ${faults.join('; ')}.`);
}

function columnsOf(changes: CompanyChanges) {
  const micros = (amount: Money | undefined) => (amount === undefined ? undefined : toMicros(amount));
  const { approvalLimit } = changes;
  const columns = {
    name: changes.name,
    timeZone: changes.timeZone,
    country: changes.country,
    billingMethod: changes.billingMethod,
    billingDay: changes.billingDay,
    purchaseMinMicros: micros(changes.min),
    purchaseMaxMicros: micros(changes.max),
    purchaseDailyMaxMicros: micros(changes.perDay),
    exposureLimitMicros: micros(changes.invoiceLimit),
    operatorApprovalLimitMicros: approvalLimit == null ? approvalLimit : toMicros(approvalLimit),
    cardCheck: changes.cardCheck,
    retentionMonths: changes.retentionMonths,
  };
  return withoutUndefined(columns);
}

/** The same without what is undefined. */
function withoutUndefined<T extends object>(all: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}

function compare(before: Row, after: Row): CompanyChange[] {
  const dollarsOf = (micros: bigint | null): string | null =>
    micros === null ? null : fromMicros(micros).toFixed(2);
  const texts = (row: Row): Partial<Record<CompanyField, string | null>> => ({
    company_name: row.name,
    time_zone: row.timeZone,
    country: row.country,
    billing_method: row.billingMethod,
    billing_day: row.billingDay.toString(),
    purchase_min: dollarsOf(row.purchaseMinMicros),
    purchase_max: dollarsOf(row.purchaseMaxMicros),
    purchase_per_day: dollarsOf(row.purchaseDailyMaxMicros),
    invoice_limit: dollarsOf(row.exposureLimitMicros),
    operator_approval_limit: dollarsOf(row.operatorApprovalLimitMicros),
    card_check: row.cardCheck,
    retention: row.retentionMonths === null ? null : `${row.retentionMonths} months`,
  });
  return differences(texts(before), texts(after));
}

/** What documents print of the company, before and after. Throws RefillError `tax-id-missing`. */
async function readDetails(
  tx: Tx,
  companyId: bigint,
  changes: CompanyChanges,
): Promise<[BillingDetails, BillingDetails]> {
  const before = await readBillingDetails(tx, companyId);
  const { legalName, billingAddress: address, poNumber, taxRateBp, taxName, taxId } = changes;
  const after = {
    ...before,
    ...withoutUndefined({ legalName, address, poNumber, taxRateBp, taxName, taxId }),
  };
  if (after.taxRateBp !== null && after.taxId === null)
    throw new RefillError('tax-id-missing', 'A tax rate needs a tax ID: add --tax-id.');
  return [before, after];
}

function compareDetails(before: BillingDetails, after: BillingDetails): CompanyChange[] {
  const texts = ({ legalName, address, poNumber, taxRateBp, taxName, taxId }: BillingDetails) => ({
    legal_name: legalName,
    billing_address: address?.replaceAll('\n', ', ') ?? null,
    po_number: poNumber,
    tax_rate: taxRateBp === null ? null : `${taxRateBp / 100}%`,
    tax_name: taxName,
    tax_id: taxId,
  });
  return differences(texts(before), texts(after));
}

type Texts = Partial<Record<CompanyField, string | null>>;

function differences(before: Texts, after: Texts): CompanyChange[] {
  return (Object.keys(after) as CompanyField[]).flatMap((field) => {
    const [from = null, to = null] = [before[field], after[field]];
    return from === to ? [] : [{ field, from, to }];
  });
}
