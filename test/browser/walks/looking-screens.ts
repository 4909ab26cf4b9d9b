import { answers, behind, MONEY, NO_ACCESS, opens, ordinary, type Screen } from './screen.ts';

/** What people look at: balance, usage, receipts, lists. */
export const LOOKING_SCREENS: readonly Screen[] = [
  ordinary({
    name: 'home',
    go: (visitor) => visitor.home(),
    sees: {
      'company-admin': [/Available balance: \$\d/, 'Add credits'],
      'office-admin': [/Available balance: \$\d/, 'Add credits'],
      manager: [/Used this month: \$\d/, 'Usage'],
      member: [/Your latest calls and messages|You have no calls/, 'Request credits'],
      nobody: [NO_ACCESS, null],
    },
  }),
  ordinary({
    name: 'help',
    go: answers('/credits help'),
    sees: {
      'company-admin': [/\/credits audit/, null],
      'office-admin': [/\/credits settings/, null],
      manager: [/\/credits export/, null],
      member: [/\/credits request/, null],
      nobody: [/\/credits help/, null],
    },
  }),
  ordinary({
    name: 'balance',
    go: answers('/credits'),
    sees: {
      'company-admin': [/Available balance: \$\d/, 'Add credits'],
      'office-admin': [/Available balance: \$\d/, 'Add credits'],
    },
    refused: { command: '/credits', sentence: MONEY },
  }),
  ordinary({
    name: 'balance-history',
    go: opens('/credits why', 'Balance history'),
    sees: {
      'company-admin': [/Closing balance/, 'View transactions'],
      'office-admin': [/Closing balance/, 'View transactions'],
    },
    refused: { command: '/credits why', sentence: MONEY },
  }),
  ordinary({
    name: 'balance-history-day',
    go: behind('/credits why', 'Balance history', 'View transactions', 'Balance history'),
    sees: { 'company-admin': [/[+−]\$\d/, 'Back'] },
  }),
  ordinary({
    name: 'usage',
    go: answers('/credits usage last month'),
    sees: {
      'company-admin': [/Top users/, 'View records'],
      'office-admin': [/Top users/, 'View records'],
      manager: [/Top users/, 'View records'],
      member: [/Your .*records? of/, null],
    },
    refused: { command: '/credits usage last month', sentence: NO_ACCESS },
  }),
  ordinary({
    name: 'usage-of-a-type',
    go: (visitor) => visitor.narrow('International calls'),
    sees: {
      'company-admin': [/Only International calls/, 'View records'],
      manager: [/Only International calls/, 'View records'],
    },
  }),
  ordinary({
    name: 'records',
    go: async (visitor) => {
      const usage = await visitor.narrow('International calls');
      await visitor.press(usage, 'View records');
      return usage;
    },
    sees: {
      'company-admin': [/newest first: 1–15 of/, 'Older'],
      'office-admin': [/newest first: 1–\d+ of/, 'Export CSV'],
      manager: [/newest first: 1–15 of/, 'Older'],
    },
  }),
  ordinary({
    name: 'receipts',
    go: answers('/credits receipts'),
    sees: { 'company-admin': [/R-00000\d · .*\$\d/, 'PDF'], 'office-admin': [/R-00000\d · .*\$\d/, 'PDF'] },
    refused: { command: '/credits receipts', sentence: MONEY },
  }),
  ordinary({
    name: 'receipts-found',
    go: answers('/credits receipts new york'),
    sees: { 'company-admin': [/R-00000\d · .*\$\d/, 'PDF'] },
  }),
  ordinary({
    name: 'limits',
    go: opens('/credits limits', 'Spending limits'),
    sees: {
      'company-admin': [/\$\d+\.\d\d of \$\d+\.\d\d a month/, 'Add limit'],
      'office-admin': [/\$\d+\.\d\d of \$\d+\.\d\d a month/, 'Change'],
      manager: [/\$\d+\.\d\d of \$\d+\.\d\d a month/, null],
      member: [/You have no spending limit/, null],
    },
    refused: { command: '/credits limits', sentence: NO_ACCESS },
  }),
  ordinary({
    name: 'audit',
    go: answers('/credits audit'),
    sees: { 'company-admin': [/1–\d+ of \d+/, 'Download CSV'] },
    refused: { command: '/credits audit', sentence: /Only company admins can see the audit\. Ask @/ },
  }),
  ordinary({
    name: 'invoices',
    go: answers('/credits invoices'),
    sees: { 'company-admin': [/invoice/i, null] },
    refused: { command: '/credits invoices', sentence: /Only (company )?admins/ },
  }),
  ordinary({
    name: 'cards',
    go: answers('/credits card'),
    sees: { 'company-admin': [/Visa •••• 4242/, 'Add a card'] },
    refused: { command: '/credits card', sentence: /Only company admins can manage cards\./ },
  }),
  ordinary({
    name: 'bundles',
    go: answers('/credits bundles'),
    sees: { 'company-admin': [/\$\d+\.\d\d/, 'Buy a bundle'] },
    refused: { command: '/credits bundles', sentence: /Only (company )?admins/ },
  }),
];
