import { type InvoiceSummary, listInvoices } from '../../billing/index.ts';
import { formatDollars } from '../../money.ts';
import { defineCommand, optionalCompany } from '../frame/index.ts';

export const listInvoicesCommand = defineCommand({
  name: 'invoice list',
  summary: 'the newest invoices',
  params: { company: optionalCompany() },
  async run({ db }, { company }) {
    const of = company === undefined ? {} : { companyId: company.id };
    const invoices = await listInvoices(db, of);
    return {
      lines: invoices.length === 0 ? ['No invoices yet.'] : invoices.map(describe),
      value: { invoices },
    };
  },
});

function describe(row: InvoiceSummary): string {
  const due = `${row.dueAt.toISOString().slice(0, 16)}Z`;
  return `${row.number}  company ${row.companyId}  ${formatDollars(row.total)}  ${describeState(row)}  due before ${due}${describeMirror(row.mirror)}`;
}

function describeMirror(mirror: InvoiceSummary['mirror']): string {
  if (mirror === null) return '';
  return `  at the processor: ${mirror.state}${mirror.error === null ? '' : ` (${mirror.error})`}`;
}

function describeState({ state, owedAgain }: InvoiceSummary): string {
  return owedAgain === null
    ? state
    : `${state}: ${formatDollars(owedAgain)} owed again, a payment was given back`;
}
