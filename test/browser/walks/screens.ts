import { CHANNEL_SCREENS } from './channel-screens.ts';
import { FORM_SCREENS } from './form-screens.ts';
import { LOOKING_SCREENS } from './looking-screens.ts';
import { EMPTY_SCREENS, TROUBLED_SCREENS } from './other-companies.ts';
import { PURCHASE_SCREENS } from './purchase-screens.ts';
import type { Screen } from './screen.ts';

/** Every screen, and what each role sees there; `test/browser/screens-walk.long.test.ts` plays it. */
export const SCREENS: readonly Screen[] = [
  ...LOOKING_SCREENS,
  ...FORM_SCREENS,
  ...PURCHASE_SCREENS,
  ...CHANNEL_SCREENS,
  ...EMPTY_SCREENS,
  ...TROUBLED_SCREENS,
];
