import type { Feature } from '../../kit/feature.ts';
import { LINKS } from '../../links.ts';
import { startSharing, submitSharing, submitSharingReview } from './change-sharing.ts';
import { IDS } from './ids.ts';
import { notices } from './notices.ts';
import { sharingText } from './sharing-form.ts';

export const sharing = {
  viewActions: { [LINKS.sharingOpen]: startSharing },
  submissions: { [IDS.view.sharingForm]: submitSharing, [IDS.view.sharingReview]: submitSharingReview },
  readOnly: [LINKS.sharingOpen, IDS.view.sharingForm],
  textModal: sharingText,
  notices,
} satisfies Feature;
