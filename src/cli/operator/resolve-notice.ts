import { closeOperatorNotice } from '../../org/index.ts';
import { argument, defineCommand, optional, rowNumber, text } from '../frame/index.ts';

export const resolveOperatorNoticeCommand = defineCommand({
  name: 'operator resolve',
  summary: 'close a notice that was dealt with; it opens again while the cause lasts',
  params: {
    notice: argument('<notice>', 'its number (refill operator list)', rowNumber),
    reason: optional('--reason <reason>', 'what was done', text),
  },
  async run({ db, clock }, { notice, reason }) {
    await closeOperatorNotice(db, { id: notice, reason: reason ?? null, at: clock.now() });
    return { lines: [`Notice ${notice} is resolved.`], value: { noticeId: notice } };
  },
});
