import { paymentMethod } from '../../db/index.ts';
import { amount, defineCommand, flag, oneOf, option, repeated, withDefault } from '../frame/index.ts';
import { createCompany } from './create-company.ts';
import { amountOrZero, billingDay, companyName, country, office, timeZone } from './readers.ts';

export const addCompanyCommand = defineCommand({
  name: 'company add',
  summary: 'create a company and print the code that links its Slack workspace',
  params: {
    name: option('--name <name>', 'how it is called', companyName),
    office: repeated('--office <name[:country]>', 'an office; the first is the primary one', office, {
      isRequired: true,
    }),
    timeZone: withDefault(
      '--time-zone <zone>',
      'a region like America/Los_Angeles',
      timeZone,
      'America/Los_Angeles',
    ),
    country: withDefault('--country <code>', 'two letters', country, 'US'),
    billing: withDefault('--billing <method>', 'card or invoice', oneOf(...paymentMethod.options), 'card'),
    billingDay: withDefault('--billing-day <day>', '1 to 31', billingDay, '1'),
    shared: flag('--shared', 'credits are shared company-wide'),
    min: withDefault('--min <dollars>', 'smallest purchase', amount, '5'),
    max: withDefault('--max <dollars>', 'largest purchase', amount, '1000'),
    perDay: withDefault('--per-day <dollars>', 'purchase limit (24 hours)', amount, '2500'),
    invoiceLimit: withDefault(
      '--invoice-limit <dollars>',
      'most that invoices may owe',
      amountOrZero,
      '1000',
    ),
  },
  async run({ db, clock }, values) {
    const { companyId, code, expiresAt } = await createCompany(db, values, clock);
    return {
      lines: [
        `Company ${companyId} (${values.name}) is created. In its Slack workspace, before ${expiresAt.toISOString()}:`,
        `  /credits link ${code}`,
      ],
      value: { companyId, name: values.name, linkCode: code, expiresAt },
    };
  },
});
