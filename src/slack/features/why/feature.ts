import { whyCopy } from '../../copy/index.ts';
import type { Feature } from '../../kit/feature.ts';
import { LINK_IDS } from '../../links.ts';
import { IDS } from './ids.ts';
import { chooseWhyPeriod, chooseWhyScope, openWhy, showWhy, suggestWhyScopes, turnWhy } from './open-why.ts';
import { whyText } from './why-views.ts';

export const why = {
  commands: [
    {
      word: 'why',
      help: [{ for: 'see_money', text: whyCopy.help }],
      async run(ctx, { client, who, triggerId }) {
        await openWhy(ctx, client, who, triggerId);
        return null;
      },
    },
  ],
  messageActions: { [LINK_IDS.whyShow]: showWhy },
  viewActions: {
    [IDS.action.whyPeriod]: chooseWhyPeriod,
    [IDS.action.whyScope]: chooseWhyScope,
    [IDS.action.whyDay]: turnWhy,
    [IDS.action.whyBack]: turnWhy,
    [IDS.action.whyNewest]: turnWhy,
    [IDS.action.whyOlder]: turnWhy,
  },
  suggestions: { [IDS.view.why]: { [IDS.action.whyScope]: suggestWhyScopes } },
  readOnly: [LINK_IDS.whyShow, ...Object.values(IDS.action)],
  textModal: whyText,
} satisfies Feature;
