import { repairUsage } from '../../usage/index.ts';
import { defineCommand, openCompanyOption } from '../frame/index.ts';

export const repairUsageCommand = defineCommand({
  name: 'usage repair',
  summary:
    'give unattributed usage to whose it is by now, post what has a rate by now, and read again what could not be read',
  params: { company: openCompanyOption() },
  async run({ db, clock, log, secrets }, { company }) {
    const done = await repairUsage({ db, clock, log, secrets }, company.id);
    return {
      lines: [
        `Attributed ${done.attributed}, still unattributed ${done.stillUnattributed}.`,
        `Posted ${done.posted} of the inbox, still waiting ${done.stillWaiting}.`,
        ...(done.read === 0 ? [] : [`Read ${done.read} that could not be read before.`]),
      ],
      value: { ...done },
    };
  },
});
