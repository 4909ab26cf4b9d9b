import type { Locator } from 'playwright-core';
import type { Behaviour } from '../../../src/stand-ins/local-processor/index.ts';
import { MONEY, opens, ordinary, type Screen } from './screen.ts';
import type { Visitor } from './visitor.ts';

/** Pays $20.00 for New York while the bank behaves like this. @returns the modal of its outcome */
const payWhile =
  (behaviour: Behaviour, title: string) =>
  async (visitor: Visitor): Promise<Locator> => {
    const { card } = visitor.tryOut.sandbox;
    card.setBehaviour(behaviour);
    try {
      await visitor.open('/credits add 20 New York', 'Review purchase');
      return await visitor.goOn('Pay $20.00', title);
    } finally {
      card.setBehaviour('approve');
    }
  };

/** Buying, requesting and moving credits, with every outcome. */
export const PURCHASE_SCREENS: readonly Screen[] = [
  ordinary({
    name: 'add',
    go: opens('/credits add', 'Add credits'),
    sees: { 'company-admin': [/\$50/, 'Review'], 'office-admin': [/\$50/, 'Review'] },
    refused: { command: '/credits add 50', sentence: MONEY },
  }),
  ordinary({
    name: 'add-from-home',
    async go(visitor) {
      const home = await visitor.home();
      await visitor.press(home, 'Add credits');
      return await visitor.sees('Add credits');
    },
    sees: { 'company-admin': [/\$50/, 'Review'], 'office-admin': [/\$50/, 'Review'] },
  }),
  ordinary({
    name: 'add-several',
    async go(visitor) {
      await visitor.open('/credits add', 'Add credits');
      return await visitor.goOn('Several offices', 'Add credits');
    },
    sees: { 'company-admin': [/New York/, 'Review'] },
  }),
  ordinary({
    name: 'review',
    go: opens('/credits add 50 New York', 'Review purchase'),
    sees: {
      'company-admin': [/Charged now\s+\$50\.00/, 'Pay $50.00'],
      'office-admin': [/Charged now\s+\$50\.00/, 'Pay $50.00'],
    },
  }),
  ordinary({
    name: 'review-several',
    go: opens('/credits add 50 New York, 30 San Francisco', 'Review purchase'),
    sees: { 'company-admin': [/Charged now\s+\$80\.00/, 'Pay $80.00'] },
  }),
  ordinary({
    name: 'wrong-amount',
    async go(visitor) {
      const form = await visitor.open('/credits add', 'Add credits');
      await form.getByRole('textbox', { name: /another amount/ }).fill('12.345');
      await visitor.press(form, 'Review');
      return form;
    },
    sees: { 'office-admin': [/at most two decimal places/, 'Review'] },
  }),
  ordinary({
    name: 'paid',
    go: payWhile('approve', 'Credits added'),
    sees: {
      'company-admin': [/\$20\.00 added to New York/, null],
      'office-admin': [/\$20\.00 added to New York/, null],
    },
  }),
  ordinary({
    name: 'declined',
    go: payWhile('decline', 'Payment declined'),
    sees: {
      'company-admin': [/You weren’t charged\./, 'Use another card'],
      'office-admin': [/You weren’t charged\./, 'Try again'],
    },
  }),
  ordinary({
    name: 'waiting-for-bank',
    go: payWhile('needs-action', 'Verify payment'),
    sees: { 'company-admin': [/You won’t be charged until you do/, null] },
  }),
  ordinary({
    name: 'still-processing',
    go: payWhile('timeout-before-charge', 'Still processing'),
    sees: { 'company-admin': [/Still processing \$20\.00 for New York\. Please don’t pay again/, null] },
  }),
  ordinary({
    name: 'move',
    go: opens('/credits move', 'Move credits'),
    sees: { 'company-admin': [/Amount \(\$\)/, 'Review'] },
    refused: { command: '/credits move', sentence: /Only (company )?admins can (move|see)/ },
  }),
  ordinary({
    name: 'request',
    go: opens('/credits request', 'Request credits'),
    sees: { manager: [/Amount \(\$\)/, 'Send request'], member: [/Amount \(\$\)/, 'Send request'] },
  }),
  ordinary({
    name: 'request-instead',
    async go(visitor) {
      const refusal = await visitor.answerTo('/credits add 50');
      await visitor.press(refusal, 'Request credits');
      return await visitor.sees('Request credits');
    },
    sees: { manager: [/\b50\.00/, 'Send request'], member: [/\b50\.00/, 'Send request'] },
  }),
];
