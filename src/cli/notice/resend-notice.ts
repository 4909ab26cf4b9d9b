import { resendNotice } from '../../notices/index.ts';
import { argument, companyOption, defineCommand, rowNumber } from '../frame/index.ts';

export const resendNoticeCommand = defineCommand({
  name: 'notice resend',
  summary: 'send a notice that failed, in the channel that its kind has now',
  params: {
    company: companyOption(),
    notice: argument('<notice>', 'its number (refill notice list --state failed)', rowNumber),
  },
  async run({ db, clock }, { company, notice }) {
    const { channelId } = await resendNotice(db, { companyId: company.id, id: notice, at: clock.now() });
    return {
      lines: [`Notice ${notice} is sent to ${channelId} as soon as a worker is free.`],
      value: { noticeId: notice, channelId },
    };
  },
});
