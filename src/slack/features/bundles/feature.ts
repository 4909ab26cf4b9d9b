import { bundleCopy } from '../../copy/index.ts';
import type { Feature } from '../../kit/feature.ts';
import { LINK_IDS } from '../../links.ts';
import { bundleText } from './bundle-views.ts';
import { refreshList, submitBundleForm, submitBundleReview } from './buy-bundle.ts';
import { IDS } from './ids.ts';
import {
  cancelBundle,
  keepBundle,
  openBundleForm,
  openChangeForm,
  renderBundles,
  resumeBundle,
  showBundles,
  suggestBundleScopes,
  suggestBundles,
} from './manage-bundles.ts';
import { notices } from './notices.ts';

export const bundles = {
  commands: [
    {
      word: 'bundles',
      also: ['bundle'],
      help: [{ for: 'manage_bundles', text: bundleCopy.help }],
      run: (ctx, { who }) => renderBundles(ctx, who),
    },
  ],
  messageActions: {
    [LINK_IDS.bundleShow]: showBundles,
    [IDS.action.bundleBuy]: openBundleForm,
    [IDS.action.bundleChange]: openChangeForm,
    [IDS.action.bundleCancel]: cancelBundle,
    [IDS.action.bundleKeep]: keepBundle,
    [IDS.action.bundleResume]: resumeBundle,
  },
  submissions: { [IDS.view.bundleForm]: submitBundleForm, [IDS.view.bundleReview]: submitBundleReview },
  afterSubmissions: { [IDS.view.bundleReview]: refreshList },
  suggestions: {
    [IDS.view.bundleForm]: { [IDS.field.scope]: suggestBundleScopes, [IDS.field.bundle]: suggestBundles },
  },
  readOnly: [LINK_IDS.bundleShow, IDS.action.bundleBuy, IDS.action.bundleChange, IDS.view.bundleForm],
  textModal: bundleText,
  notices,
} satisfies Feature;
