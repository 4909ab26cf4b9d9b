import type { Feature } from '../../kit/feature.ts';
import { LINKS } from '../../links.ts';
import { openQuietHours, submitQuietHours } from './change-quiet-hours.ts';
import { IDS } from './ids.ts';
import { quietText } from './quiet-form.ts';

export const quietHours = {
  viewActions: { [LINKS.quietOpen]: openQuietHours },
  submissions: { [IDS.view.quietForm]: submitQuietHours },
  readOnly: [LINKS.quietOpen],
  textModal: quietText,
} satisfies Feature;
