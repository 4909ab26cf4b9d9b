import type { NoticeFacts } from '../../notices/index.ts';
import { escapeText } from './mrkdwn.ts';

type UsageWaiting = Extract<NoticeFacts, { kind: 'usage_waiting' }>;

export const usageWaitingCopy = {
  notice: ({ companyName, records }: UsageWaiting): string => {
    const count = records === 1 ? '1 usage record' : `${records.toLocaleString('en-US')} usage records`;
    return `:hourglass_flowing_sand: *${count} of ${escapeText(companyName)} can’t be priced yet* because no rate covers them. They aren’t charged and aren’t in your balance. Your provider has been notified. They will be charged once a rate is set.`;
  },
};
