import { usageCopy } from '../../copy/index.ts';
import type { Feature } from '../../kit/feature.ts';
import { MESSAGE_LIST_KEY } from '../../kit/long-lists.ts';
import { replyPrivately } from '../../kit/reply.ts';
import { LINK_IDS } from '../../links.ts';
import { expectIt, pauseForIt, showSurpriseCalls } from './answer-surprise.ts';
import { answerUsage, showPeriod } from './answer-usage.ts';
import { chooseFilter } from './choose-filter.ts';
import { suggestUsageOffices, suggestUsagePeople } from './filter-bar.ts';
import { IDS } from './ids.ts';
import { notices } from './notices.ts';
import { showRecords } from './show-records.ts';
import { showSums } from './show-usage.ts';
import { SURPRISE_IDS } from './surprise-ids.ts';

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
    [LINK_IDS.usageShow]: showPeriod,
    [IDS.action.usageRecords]: showRecords,
    [IDS.action.usageSums]: showSums,
    [IDS.action.usageNewest]: showRecords,
    [IDS.action.usageNewer]: showRecords,
    [IDS.action.usageOlder]: showRecords,
    [IDS.action.usagePeriod]: chooseFilter,
    [IDS.action.usagePerson]: chooseFilter,
    [IDS.action.usageKind]: chooseFilter,
    [IDS.action.usageOffice]: chooseFilter,
    [SURPRISE_IDS.action.surpriseCalls]: showSurpriseCalls,
    [SURPRISE_IDS.action.surprisePause]: pauseForIt,
    [SURPRISE_IDS.action.surpriseExpected]: expectIt,
  },
  suggestions: {
    [MESSAGE_LIST_KEY]: {
      [IDS.action.usagePerson]: suggestUsagePeople,
      [IDS.action.usageOffice]: suggestUsageOffices,
    },
  },
  readOnly: [LINK_IDS.usageShow, ...Object.values(IDS.action), SURPRISE_IDS.action.surpriseCalls],
  notices,
} satisfies Feature;
