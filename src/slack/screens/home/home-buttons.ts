import type { Button } from '@slack/types';
import type { Person } from '../../../org/index.ts';
import {
  auditCopy,
  balanceCopy,
  bundleCopy,
  cardCopy,
  homeCopy,
  limitCopy,
  peopleCopy,
  receiptCopy,
  rechargeCopy,
  requestCopy,
  settingsCopy,
  usageCopy,
  whyCopy,
} from '../../copy/index.ts';
import { button } from '../../kit/blocks.ts';
import { LINKS } from '../../links.ts';
import { holds, type Right } from '../../rights.ts';

interface HomeButton {
  right: Right;
  label: string;
  id: string;
  /** Further than the right: whether there is anything to show. */
  isOffered?(person: Person): boolean;
}

/** Everything that can be opened from Home, what is needed most first. */
const BUTTONS: readonly HomeButton[] = [
  { right: 'buy', label: balanceCopy.addCredits, id: LINKS.addCredits },
  { right: 'request_credits', label: requestCopy.button, id: LINKS.requestOpen },
  { right: 'see_usage', label: usageCopy.button, id: LINKS.usageShow },
  { right: 'see_own_usage', label: usageCopy.ownButton, id: LINKS.usageShow },
  { right: 'see_usage', label: homeCopy.exportUsage, id: LINKS.usageExportOpen },
  { right: 'see_money', label: receiptCopy.header, id: LINKS.receiptsShow },
  { right: 'see_money', label: whyCopy.button, id: LINKS.whyShow },
  { right: 'buy', label: rechargeCopy.button, id: LINKS.rechargeShow },
  { right: 'manage_bundles', label: bundleCopy.title, id: LINKS.bundleShow },
  { right: 'manage_cards', label: cardCopy.title, id: LINKS.cardShow },
  {
    right: 'see_invoices',
    label: homeCopy.invoices,
    id: LINKS.invoicesShow,
    isOffered: ({ company }) => company.billingMethod === 'invoice',
  },
  { right: 'see_usage', label: limitCopy.button, id: LINKS.limitsShow },
  { right: 'change_settings', label: settingsCopy.button, id: LINKS.settingsOpen },
  { right: 'manage_people', label: peopleCopy.button, id: LINKS.peopleShow },
  { right: 'see_audit', label: auditCopy.button, id: LINKS.auditShow },
];

/** What this person may do, by their rights; the first one stands out unless something else on the page does. */
export function homeButtons(person: Person, { isFirstPrimary }: { isFirstPrimary: boolean }): Button[] {
  return BUTTONS.filter(({ right, isOffered }) => holds(person, right) && isOffered?.(person) !== false).map(
    ({ label, id }, index) => button(label, id, { primary: index === 0 && isFirstPrimary }),
  );
}
