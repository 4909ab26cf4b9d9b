import { setInvoiceEmail } from '../../billing/index.ts';
import { argument, companyOption, defineCommand, text } from '../frame/index.ts';

export const setInvoiceEmailCommand = defineCommand({
  name: 'invoice set-email',
  summary: 'where the processor sends a company’s receipts, and its invoices where they are mirrored to it',
  params: {
    company: companyOption(),
    email: argument('<address>', 'like billing@example.com', text),
  },
  async run({ db, clock }, { company, email }) {
    await setInvoiceEmail(db, { companyId: company.id, email, at: clock.now() });
    return { lines: [`Receipts and invoices are sent to ${email}.`], value: { email } };
  },
});
