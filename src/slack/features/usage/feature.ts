import { usageCopy } from '../../copy/index.ts';
import type { Feature } from '../../kit/feature.ts';
import { replyPrivately } from '../../kit/reply.ts';
import { LINKS } from '../../links.ts';
import { answerUsage, showPeriod } from './answer-usage.ts';
import { IDS } from './ids.ts';
import { notices } from './notices.ts';
import { showRecords, turnRecords } from './show-records.ts';

export const usage = {
  commands: [
    {
      word: 'usage',
      help: [
        { for: 'see_own_usage', text: usageCopy.helpOwn },
        { for: 'see_usage', text: usageCopy.help },
      ],
      async run(ctx, { client, who, rest, replyUrl }) {
        const asker = { user: { id: who.userId }, response_url: replyUrl };
        await answerUsage(ctx, who, rest, (message) => replyPrivately(client, asker, message));
        return null;
      },
    },
  ],
  messageActions: {
    [LINKS.usageShow]: showPeriod,
    [IDS.action.usageRecords]: showRecords,
    [IDS.action.usageNewest]: turnRecords,
    [IDS.action.usageNewer]: turnRecords,
    [IDS.action.usageOlder]: turnRecords,
  },
  readOnly: [
    LINKS.usageShow,
    IDS.action.usageRecords,
    IDS.action.usageNewest,
    IDS.action.usageNewer,
    IDS.action.usageOlder,
  ],
  notices,
} satisfies Feature;
