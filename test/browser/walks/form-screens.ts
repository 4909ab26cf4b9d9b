import { behind, MONEY, opens, ordinary, type Screen } from './screen.ts';

/** What people fill in, besides purchases. */
export const FORM_SCREENS: readonly Screen[] = [
  ordinary({
    name: 'limit-form',
    go: behind('/credits limits', 'Spending limits', 'Add limit', 'Add spending limit'),
    sees: { 'company-admin': [/Spending limit \(\$\)/, 'Review'], 'office-admin': [/Alert at/, 'Review'] },
  }),
  ordinary({
    name: 'auto-recharge',
    go: opens('/credits auto-recharge', 'Auto-recharge'),
    sees: {
      'company-admin': [/general credits|Recharge amount/, 'Save'],
      'office-admin': [/general credits \$\d/, 'Save'],
    },
    refused: { command: '/credits auto-recharge', sentence: MONEY },
  }),
  ordinary({
    name: 'people',
    go: opens('/credits people', 'People'),
    sees: { 'company-admin': [/@Ana Reyes · Company admin/, 'Add a role'] },
    refused: { command: '/credits people', sentence: /Only company admins .*Ask @/ },
  }),
  ordinary({
    name: 'role-form',
    go: behind('/credits people', 'People', 'Add a role', 'Add a role'),
    sees: { 'company-admin': [/Company admin/, 'Save'] },
  }),
  ordinary({
    name: 'role-removal',
    go: behind('/credits people', 'People', 'Remove', 'Remove roles'),
    sees: { 'company-admin': [/your own roles/, 'Remove'] },
  }),
  ordinary({
    name: 'settings',
    go: opens('/credits settings', 'Settings'),
    sees: {
      'company-admin': [/#phone-credits/, 'Save'],
      'office-admin': [/New York: alert below \(\$\)/, 'Save'],
    },
    refused: { command: '/credits settings', sentence: /Only (company )?admins .*Ask @/ },
  }),
  ordinary({
    name: 'quiet-hours',
    go: behind('/credits settings', 'Settings', 'Change quiet hours', 'Quiet hours'),
    sees: { 'company-admin': [/channels get only what can’t wait/, 'Save'] },
  }),
  ordinary({
    name: 'sharing',
    go: behind('/credits settings', 'Settings', 'Share company-wide…', 'Credit sharing'),
    sees: { 'company-admin': [/office/i, 'Review'] },
  }),
  ordinary({
    name: 'export',
    go: opens('/credits export', 'Export usage'),
    sees: {
      'company-admin': [/Period/, 'Export'],
      'office-admin': [/Period/, 'Export'],
      manager: [/Period/, 'Export'],
    },
    refused: { command: '/credits export', sentence: /Only admins and managers can export usage\./ },
  }),
  ordinary({
    name: 'scheduled-exports',
    go: behind('/credits export', 'Export usage', 'Scheduled exports', 'Scheduled exports'),
    sees: { 'company-admin': [/export/i, 'Schedule export'], manager: [/export/i, 'Schedule export'] },
  }),
  ordinary({
    name: 'schedule-form',
    go: async (visitor) => {
      await behind('/credits export', 'Export usage', 'Scheduled exports', 'Scheduled exports')(visitor);
      return await visitor.goOn('Schedule export', 'Schedule export');
    },
    sees: { 'company-admin': [/Sent at 9:00 AM/, 'Schedule'], manager: [/Sent at 9:00 AM/, 'Schedule'] },
  }),
];
