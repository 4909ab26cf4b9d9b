import type { Feature } from '../../kit/feature.ts';
import { LINK_IDS } from '../../links.ts';
import { openQuietHours, submitQuietHours } from './change-quiet-hours.ts';
import { IDS } from './ids.ts';
import { quietText } from './quiet-form.ts';

export const quietHours = {
  viewActions: { [LINK_IDS.quietOpen]: openQuietHours },
  submissions: { [IDS.view.quietForm]: submitQuietHours },
  readOnly: [LINK_IDS.quietOpen],
  textModal: quietText,
} satisfies Feature;
