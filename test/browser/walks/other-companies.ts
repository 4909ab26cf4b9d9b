import { answers, opens, type Screen } from './screen.ts';
import type { Sight } from './visitor.ts';

const empty = (name: string, go: Screen['go'], sight: Sight): Screen => ({
  name: `empty-${name}`,
  company: 'empty',
  go,
  sees: { 'company-admin': sight },
});

/** A company that has just been linked. */
export const EMPTY_SCREENS: readonly Screen[] = [
  empty('home', (visitor) => visitor.home(), [/Get started · 0 of 4 done/, 'Add a card']),
  empty('balance', answers('/credits'), [/No credits yet/, 'Add credits']),
  empty('usage', answers('/credits usage'), [/No usage/, null]),
  empty('balance-history', opens('/credits why', 'Balance history'), [/No transactions/, null]),
  empty('receipts', answers('/credits receipts'), [/No receipts yet/, null]),
  empty('limits', opens('/credits limits', 'Spending limits'), [/no spending limits yet/, 'Add limit']),
  empty('cards', answers('/credits card'), [/card/, 'Add a card']),
  empty('bundles', answers('/credits bundles'), [/bundle/, null]),
  empty('people', opens('/credits people', 'People'), [/@Ana Reyes · Company admin/, 'Add a role']),
  empty('settings', opens('/credits settings', 'Settings'), [/Default channel/, 'Save']),
  empty('add', opens('/credits add 50', 'Add credits'), [/card/, null]),
  empty('auto-recharge', opens('/credits auto-recharge', 'Auto-recharge'), [
    /There’s no card to charge\./,
    'Save',
  ]),
  empty('audit', answers('/credits audit'), [/audit|changes/i, null]),
];

const both = (name: string, go: Screen['go'], sight: Sight): Screen => ({
  name: `troubled-${name}`,
  company: 'troubled',
  go,
  sees: { 'company-admin': sight, 'office-admin': sight },
});

/** A company that is overdrawn, with a card that is declined. */
export const TROUBLED_SCREENS: readonly Screen[] = [
  both('home', (visitor) => visitor.home(), [/New York is overdrawn by \$\d/, 'to resume']),
  both('balance', answers('/credits'), [/New York is overdrawn by \$\d/, 'to resume']),
  {
    name: 'troubled-home-of-others',
    company: 'troubled',
    go: (visitor) => visitor.home(),
    sees: {
      manager: [/Used this month/, 'Usage'],
      member: [/Your latest calls|no calls/, 'Request credits'],
    },
  },
  both('recharge-failed', (visitor) => visitor.message(/Auto-recharge failed for New York/), [
    /You weren’t charged/,
    'Add credits',
  ]),
  both('out-of-credits', (visitor) => visitor.message(/New York is out of credits/), [
    /Texts and paid calls are paused/,
    'to resume',
  ]),
];
