import type { Feature } from '../../kit/feature.ts';
import { LINK_IDS } from '../../links.ts';
import { startSharing, submitSharing, submitSharingReview } from './change-sharing.ts';
import { IDS } from './ids.ts';
import { notices } from './notices.ts';
import { sharingText } from './sharing-form.ts';

export const sharing = {
  viewActions: { [LINK_IDS.sharingOpen]: startSharing },
  submissions: { [IDS.view.sharingForm]: submitSharing, [IDS.view.sharingReview]: submitSharingReview },
  readOnly: [LINK_IDS.sharingOpen, IDS.view.sharingForm],
  textModal: sharingText,
  notices,
} satisfies Feature;
