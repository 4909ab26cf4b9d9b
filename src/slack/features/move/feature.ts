import { moveCopy } from '../../copy/index.ts';
import type { Feature } from '../../kit/feature.ts';
import { message, type NoticeRenderers } from '../../kit/notice-message.ts';
import { IDS } from './ids.ts';
import { runMove, submitMoveForm, submitMoveReview, suggestMoveOffices } from './move-credits.ts';
import { moveText } from './move-views.ts';

const notices = {
  credits_moved: (facts) => message(moveCopy.notice(facts)),
} satisfies Partial<NoticeRenderers>;

export const move = {
  commands: [{ word: 'move', help: [{ for: 'move_credits', text: moveCopy.help }], run: runMove }],
  submissions: { [IDS.view.moveForm]: submitMoveForm, [IDS.view.moveReview]: submitMoveReview },
  suggestions: {
    [IDS.view.moveForm]: {
      [IDS.field.moveFrom]: suggestMoveOffices,
      [IDS.field.moveTo]: suggestMoveOffices,
    },
  },
  readOnly: [IDS.view.moveForm],
  textModal: moveText,
  notices,
} satisfies Feature;
