import { requirePerson } from '../../access/require-person.ts';
import { usageCopy } from '../../copy/index.ts';
import type { Feature } from '../../kit/feature.ts';
import { holds } from '../../rights.ts';
import { IDS } from './ids.ts';
import { notices } from './notices.ts';
import { showOwnUsage } from './show-own-usage.ts';
import { showRecords, turnRecords } from './show-records.ts';
import { showUsage } from './show-usage.ts';

export const usage = {
  commands: [
    {
      word: 'usage',
      help: [
        { for: 'see_own_usage', text: usageCopy.helpOwn },
        { for: 'see_usage', text: usageCopy.help },
      ],
      /** Usage with its cost for those who may see it; a member's own records without. */
      async run(ctx, { who, rest, replyUrl }) {
        const person = await requirePerson(ctx, who);
        if (holds(person, 'see_usage')) await showUsage(ctx, who, { typed: rest, replyUrl });
        else await showOwnUsage(ctx, person, { typed: rest.plain, replyUrl });
        return null;
      },
    },
  ],
  messageActions: {
    [IDS.action.usageRecords]: showRecords,
    [IDS.action.usageNewest]: turnRecords,
    [IDS.action.usageNewer]: turnRecords,
    [IDS.action.usageOlder]: turnRecords,
  },
  readOnly: [IDS.action.usageRecords, IDS.action.usageNewest, IDS.action.usageNewer, IDS.action.usageOlder],
  notices,
} satisfies Feature;
