import { listInbox } from '../../usage/index.ts';
import { companyOption, defineCommand, oneOf, optional } from '../frame/index.ts';
import { describeUsageTime } from './describe-usage-time.ts';

export const listInboxCommand = defineCommand({
  name: 'usage inbox',
  summary: 'what waits: without a rate, not of its time, or not posted',
  params: {
    company: companyOption(),
    reason: optional(
      '--reason <reason>',
      'unrated, waiting or unbooked; all where left out',
      oneOf('unrated', 'waiting', 'unbooked'),
    ),
  },
  async run({ db }, { company, reason }) {
    const records = await listInbox(db, company.id, reason);
    return {
      lines: [
        ...records.map(
          ({ id, reason: why, source, externalId, usageAt, message }) =>
            `${id}  ${why}  ${describeUsageTime(usageAt)}  ${source} ${externalId}  ${message}`,
        ),
        records.length === 0
          ? 'Nothing waits.'
          : `${records.length} ${records.length === 1 ? 'record waits' : 'records wait'}. Those that wait for you: refill usage accept, or usage drop.`,
      ],
      value: { records },
    };
  },
});
