import { resumeCompany, suspendCompany } from '../../billing/index.ts';
import { companyOption, defineCommand, option, text } from '../frame/index.ts';

export const suspendCompanyCommand = defineCommand({
  name: 'company suspend',
  summary: 'stop purchases, recharges and renewals of a company until it is resumed; usage is still posted',
  params: {
    company: companyOption(),
    reason: option('--reason <reason>', 'why, for the audit; people in Slack are not told it', text),
  },
  async run({ db, clock }, { company, reason }) {
    const { underWay } = await suspendCompany({ db, clock }, company.id, reason);
    return {
      lines: [
        'Suspended: nothing is bought or charged, and its people can only look. Usage is still posted.',
        ...(underWay === 0
          ? []
          : [
              `${underWay === 1 ? 'One payment is' : `${underWay} payments are`} under way and will be completed: refill order list --company ${company.id} --open`,
            ]),
        `To end it: refill company resume --company ${company.id} --reason REASON`,
      ],
      value: { paymentsUnderWay: underWay },
    };
  },
});

export const resumeCompanyCommand = defineCommand({
  name: 'company resume',
  summary: 'end a suspension; what is due is charged from then on',
  params: {
    company: companyOption(),
    reason: option('--reason <reason>', 'why, for the audit', text),
  },
  async run({ db, clock }, { company, reason }) {
    const { missedPeriods } = await resumeCompany({ db, clock }, company.id, reason);
    return {
      lines: [
        'Resumed: purchases, auto-recharge and renewals are on again.',
        ...(missedPeriods === 0
          ? []
          : [
              `Periods of bundles and recurring credits that were over meanwhile, neither charged nor credited: ${missedPeriods}.`,
            ]),
      ],
      value: { missedPeriods },
    };
  },
});
