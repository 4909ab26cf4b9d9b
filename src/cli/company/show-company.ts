import { type CompanyStanding, findBillingDetails, readStandings } from '../../billing/index.ts';
import { noBook } from '../../ledger/index.ts';
import { formatDollars } from '../../money.ts';
import { listCompanyAdmins, listOffices } from '../../org/index.ts';
import { companyOption, defineCommand } from '../frame/index.ts';
import { dollarsOf } from './describe-company.ts';

export const showCompanyCommand = defineCommand({
  name: 'company show',
  summary: 'one company: its settings, limits, credits and what is paused',
  params: { company: companyOption() },
  async run({ db, clock }, { company }) {
    const at = clock.now();
    const [row, offices, [standing], admins, details] = await Promise.all([
      db.company.findUniqueOrThrow({ where: { id: company.id }, include: { workspace: true } }),
      listOffices(db, company.id),
      readStandings(db, at, company.id),
      listCompanyAdmins(db, company.id),
      findBillingDetails(db, company.id),
    ]);
    if (standing === undefined) throw noBook(company.id);
    const { id: _, name: __, enforcement, ...figures } = standing;
    const printed = {
      legalName: details?.legalName ?? null,
      address: details?.address?.split('\n') ?? [],
      poNumber: details?.poNumber ?? null,
      tax: details?.taxRateBp == null ? null : `${details.taxRateBp / 100}% ${details.taxName}`,
      taxId: details?.taxId ?? null,
    };
    const [primary, ...others] = offices.map(({ name, country }) => `${name} (${country})`);
    const limits = {
      min: dollarsOf(row.purchaseMinMicros),
      max: dollarsOf(row.purchaseMaxMicros),
      perDay: dollarsOf(row.purchaseDailyMaxMicros),
      invoice: dollarsOf(row.exposureLimitMicros),
      approval: dollarsOf(row.operatorApprovalLimitMicros),
      ownApproval: dollarsOf(row.approvalLimitMicros),
    };
    const sharing = standing.creditSharing === 'company' ? 'shared company-wide' : 'per office';
    return {
      lines: [
        ...describeState(standing),
        `workspace: ${row.workspace?.name ?? 'none linked'}`,
        `company admins: ${admins.length}`,
        `offices: ${primary ?? 'none'} is primary${others.length === 0 ? '' : `; ${others.join(', ')}`}`,
        `country ${row.country}, time zone ${row.timeZone}`,
        `pays by ${row.billingMethod}, billing day ${row.billingDay}`,
        `purchases: ${limits.min} to ${limits.max}, ${limits.perDay} within 24 hours; invoice limit ${limits.invoice}`,
        `approval limit: ${limits.approval} (yours), ${limits.ownApproval} (the company’s)`,
        `card check: ${row.cardCheck}`,
        `phone numbers of usage are kept ${row.retentionMonths === null ? 'for good' : `for ${row.retentionMonths} months`}`,
        `receipts: ${printed.legalName === null ? '' : `${printed.legalName}; `}${printed.address.length === 0 ? 'no address' : printed.address.join(', ')}; PO number ${printed.poNumber ?? 'none'}; ${printed.tax === null ? 'no tax' : `${printed.tax} included`}, tax ID ${printed.taxId ?? 'none'}`,
        `usage without credits: ${enforcement.now}${enforcement.setting === enforcement.now ? '' : ' (set to enforced; its phone system was not heard of within 24 hours)'}`,
        `credits ${sharing}: available ${formatDollars(standing.available)}, bundles ${formatDollars(standing.bundles)}, overdrawn ${formatDollars(standing.overdrawn)}`,
        `auto-recharge: ${standing.autoRecharge}`,
        `payments being processed: ${standing.openOrders}; open disputes: ${standing.openDisputes}`,
        `last usage: ${standing.lastUsageAt?.toISOString() ?? 'none yet'}`,
        ...(standing.paused === null ? [] : [`purchases and auto-recharge are paused by ${standing.paused}`]),
      ],
      value: {
        companyAdmins: admins.length,
        offices,
        country: row.country,
        timeZone: row.timeZone,
        billingDay: row.billingDay,
        limits,
        cardCheck: row.cardCheck,
        retentionMonths: row.retentionMonths,
        enforcement,
        receipts: printed,
        ...figures,
      },
    };
  },
});

function describeState({ state, suspendedAt, suspendedReason, closedAt }: CompanyStanding): string[] {
  if (closedAt !== null) return [`closed on ${closedAt.toISOString()}`];
  if (state === 'closed') return [`its closing is not complete: run refill company close again`];
  return suspendedAt === null ? [] : [`suspended since ${suspendedAt.toISOString()}: ${suspendedReason}`];
}
