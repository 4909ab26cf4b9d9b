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
import { LINK_IDS } from '../../links.ts';
import { holds, type Right } from '../../rights.ts';

interface HomeButton {
  right: Right;
  label: string;
  id: string;
  /** Further than the right: whether there is anything to show. */
  isOffered?(person: Person): boolean;
}

/** While the operator suspended or closed the company nothing can be bought or asked for. */
const isServed = ({ company }: Person): boolean => company.state === 'active';

/** Everything that can be opened from Home, what is needed most first. */
const BUTTONS: readonly HomeButton[] = [
  { right: 'buy', label: balanceCopy.addCredits, id: LINK_IDS.addCredits, isOffered: isServed },
  { right: 'request_credits', label: requestCopy.button, id: LINK_IDS.requestOpen, isOffered: isServed },
  { right: 'see_usage', label: usageCopy.button, id: LINK_IDS.usageShow },
  { right: 'see_own_usage', label: usageCopy.ownButton, id: LINK_IDS.usageShow },
  { right: 'see_usage', label: homeCopy.exportUsage, id: LINK_IDS.usageExportOpen },
  { right: 'see_money', label: receiptCopy.header, id: LINK_IDS.receiptsShow },
  { right: 'see_money', label: whyCopy.button, id: LINK_IDS.whyShow },
  { right: 'buy', label: rechargeCopy.button, id: LINK_IDS.rechargeShow, isOffered: isServed },
  { right: 'manage_bundles', label: bundleCopy.title, id: LINK_IDS.bundleShow },
  { right: 'manage_cards', label: cardCopy.title, id: LINK_IDS.cardShow },
  {
    right: 'see_invoices',
    label: homeCopy.invoices,
    id: LINK_IDS.invoicesShow,
    isOffered: ({ company }) => company.billingMethod === 'invoice',
  },
  { right: 'see_usage', label: limitCopy.button, id: LINK_IDS.limitsShow },
  { right: 'change_settings', label: settingsCopy.button, id: LINK_IDS.settingsOpen },
  { right: 'manage_people', label: peopleCopy.button, id: LINK_IDS.peopleShow },
  { right: 'see_audit', label: auditCopy.button, id: LINK_IDS.auditShow },
];

/** What this person may do, by their rights; the first one stands out unless something else on the page does. */
export function homeButtons(person: Person, { isFirstPrimary }: { isFirstPrimary: boolean }): Button[] {
  return BUTTONS.filter(({ right, isOffered }) => holds(person, right) && isOffered?.(person) !== false).map(
    ({ label, id }, index) => button(label, id, { primary: index === 0 && isFirstPrimary }),
  );
}
