import { limitCopy } from '../../copy/index.ts';
import type { Feature } from '../../kit/feature.ts';
import { LINK_IDS } from '../../links.ts';
import { IDS } from './ids.ts';
import { limitText } from './limit-views.ts';
import { notices } from './notices.ts';
import {
  askToEnd,
  openAddForm,
  openChangeForm,
  openLimitForm,
  openLimits,
  showLimits,
  stackLimits,
  suggestSubjects,
  turnLimits,
  updateLimits,
} from './open-limits.ts';
import { submitLimitEnd, submitLimitForm, submitLimitReview } from './set-limit.ts';

const { action, field, view } = IDS;

export const limits = {
  commands: [
    {
      word: 'limits',
      also: ['limit'],
      help: [
        { for: 'see_own_usage', text: limitCopy.helpOwn },
        { for: 'see_usage', text: limitCopy.help },
      ],
      async run(ctx, { client, who, triggerId }) {
        await openLimits(ctx, client, who, triggerId);
        return null;
      },
    },
  ],
  messageActions: { [LINK_IDS.limitsShow]: showLimits, [LINK_IDS.limitSet]: openLimitForm },
  viewActions: {
    [LINK_IDS.limitsOpen]: stackLimits,
    [action.limitsAdd]: openAddForm,
    [action.limitsChange]: openChangeForm,
    [action.limitsRemove]: askToEnd,
    [action.limitsPrevious]: turnLimits,
    [action.limitsNext]: turnLimits,
  },
  submissions: {
    [view.limitForm]: submitLimitForm,
    [view.limitReview]: submitLimitReview,
    [view.limitEnd]: submitLimitEnd,
  },
  afterSubmissions: { [view.limitReview]: updateLimits, [view.limitEnd]: updateLimits },
  suggestions: { [view.limitForm]: { [field.limitOf]: suggestSubjects } },
  readOnly: [
    LINK_IDS.limitsShow,
    LINK_IDS.limitSet,
    LINK_IDS.limitsOpen,
    action.limitsAdd,
    action.limitsChange,
    action.limitsRemove,
    action.limitsPrevious,
    action.limitsNext,
    view.limitForm,
  ],
  textModal: limitText,
  notices,
} satisfies Feature;
