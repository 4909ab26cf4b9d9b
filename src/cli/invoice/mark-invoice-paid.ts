import { resolveInvoice } from '../../billing/index.ts';
import { argument, defineCommand, text } from '../frame/index.ts';

export const markInvoicePaidCommand = defineCommand({
  name: 'invoice mark-paid',
  summary: 'record that an invoice was paid',
  params: { number: argument('<number>', 'like INV-2026-0042', text) },
  async run({ db, clock }, { number }) {
    await resolveInvoice(db, { number, state: 'paid', at: clock.now() });
    return { lines: [`Invoice ${number} is paid.`], value: { number, state: 'paid' } };
  },
});
