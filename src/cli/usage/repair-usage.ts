import { repairUsage } from '../../usage/index.ts';
import { companyOption, defineCommand } from '../frame/index.ts';

export const repairUsageCommand = defineCommand({
  name: 'usage repair',
  summary: 'give unattributed usage to whose it is by now, and book what has a rate by now',
  params: { company: companyOption() },
  async run({ db, clock, log, secrets }, { company }) {
    const done = await repairUsage({ db, clock, log, secrets }, company.id);
    return {
      lines: [
        `Attributed ${done.attributed}, still unattributed ${done.stillUnattributed}.`,
        `Posted ${done.posted} of the inbox, still waiting ${done.stillWaiting}.`,
      ],
      value: { ...done },
    };
  },
});
