import { IDS as audit } from '../../src/slack/features/audit/ids.ts';
import { IDS as bundles } from '../../src/slack/features/bundles/ids.ts';
import { IDS as cards } from '../../src/slack/features/cards/ids.ts';
import { IDS as usageExport } from '../../src/slack/features/export/ids.ts';
import { IDS as invoices } from '../../src/slack/features/invoices/ids.ts';
import { IDS as limits } from '../../src/slack/features/limits/ids.ts';
import { IDS as move } from '../../src/slack/features/move/ids.ts';
import { IDS as people } from '../../src/slack/features/people/ids.ts';
import { IDS as quietHours } from '../../src/slack/features/quiet-hours/ids.ts';
import { IDS as receipts } from '../../src/slack/features/receipts/ids.ts';
import { IDS as recharge } from '../../src/slack/features/recharge/ids.ts';
import { IDS as requests } from '../../src/slack/features/requests/ids.ts';
import { IDS as settings } from '../../src/slack/features/settings/ids.ts';
import { IDS as sharing } from '../../src/slack/features/sharing/ids.ts';
import { IDS as usage } from '../../src/slack/features/usage/ids.ts';
import { SURPRISE_IDS as surprises } from '../../src/slack/features/usage/surprise-ids.ts';
import { IDS as why } from '../../src/slack/features/why/ids.ts';
import { LINK_IDS } from '../../src/slack/links.ts';
import { IDS as screens } from '../../src/slack/screens/ids.ts';

/** Every id of every feature, by its kind. */
export const IDS = {
  action: {
    ...LINK_IDS,
    ...screens.action,
    ...audit.action,
    ...bundles.action,
    ...cards.action,
    ...usageExport.action,
    ...invoices.action,
    ...limits.action,
    ...people.action,
    ...receipts.action,
    ...recharge.action,
    ...usage.action,
    ...surprises.action,
    ...why.action,
  },
  view: {
    ...screens.view,
    ...bundles.view,
    ...cards.view,
    ...usageExport.view,
    ...invoices.view,
    ...limits.view,
    ...move.view,
    ...people.view,
    ...quietHours.view,
    ...recharge.view,
    ...requests.view,
    ...settings.view,
    ...sharing.view,
    ...why.view,
  },
  field: {
    ...screens.field,
    ...bundles.field,
    ...usageExport.field,
    ...limits.field,
    ...move.field,
    ...people.field,
    ...quietHours.field,
    ...recharge.field,
    ...requests.field,
    ...settings.field,
    ...sharing.field,
  },
} as const;
