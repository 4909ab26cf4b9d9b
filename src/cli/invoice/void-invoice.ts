import { resolveInvoice } from '../../billing/index.ts';
import { argument, defineCommand, text } from '../frame/index.ts';

export const voidInvoiceCommand = defineCommand({
  name: 'invoice void',
  summary: 'take an invoice back: nothing is owed for it',
  params: { number: argument('<number>', 'like INV-2026-0042', text) },
  async run({ db, clock }, { number }) {
    await resolveInvoice(db, { number, state: 'void', at: clock.now() });
    return { lines: [`Invoice ${number} is void.`], value: { number, state: 'void' } };
  },
});
