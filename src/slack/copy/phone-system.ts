import type { NoticeFacts } from '../../notices/index.ts';
import { escapeText } from './mrkdwn.ts';

type PhoneSystem = Extract<NoticeFacts, { kind: 'phone_system' }>;

export const phoneSystemCopy = {
  notice: ({ event, companyName }: PhoneSystem): string => {
    const name = escapeText(companyName);
    switch (event) {
      case 'endpoint_off':
        return `:warning: *${name}’s phone system no longer gets balance updates from Refill.* It hasn’t accepted any for three days, so we stopped sending them. Your provider has been notified.`;
      case 'enforcement_lost':
        return `:warning: *${name}’s phone system may not pause calls without credits.* It hasn’t answered Refill for 24 hours. Until it does, usage without credits continues and is overdrawn. Your provider has been notified.`;
      case 'enforcement_back':
        return `:white_check_mark: *${name}’s phone system answers Refill again.* Texts and paid calls are paused where credits run out.`;
    }
  },
};
