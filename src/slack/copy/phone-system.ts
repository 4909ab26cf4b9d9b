import type { NoticeFacts } from '../../notices/index.ts';
import { escapeText } from './mrkdwn.ts';

type PhoneSystem = Extract<NoticeFacts, { kind: 'phone_system' }>;

export const phoneSystemCopy = {
  notice: ({ companyName }: PhoneSystem): string =>
    `:warning: *${escapeText(companyName)}’s phone system no longer gets balance updates from Refill.* It hasn’t accepted any for three days, so we stopped sending them. Your provider has been notified.`,
};
