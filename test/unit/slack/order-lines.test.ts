import { expect, it } from 'vitest';
import { approvalCopy, purchaseCopy } from '../../../src/slack/copy/index.ts';
import { listBalances, nameLines } from '../../../src/slack/copy/order-lines.ts';

const AT = '2026-11-29T20:00:00.000Z';
const line = (scopeLabel: string, amount: string, balance: string) => ({ scopeLabel, amount, balance });

it('a receipt says what each line added and what its credits came to, and of one line in one sentence', () => {
  const receipt = {
    kind: 'receipt',
    amount: '100.00',
    lines: [line('New York', '40.00', '90'), line('Boston <&>', '60.00', '60')],
    receipt: 'R-000123',
    byUserId: 'UANA',
    payBy: { method: 'card', brand: 'visa', last4: '4242' },
    at: AT,
    timeZone: 'UTC',
  } as const;
  expect(purchaseCopy.receiptNotice({ ...receipt, lines: [...receipt.lines] })).toBe(
    ':white_check_mark: <@UANA> added *$100.00*. Visa •••• 4242 · R-000123\n' +
      '• New York: $40.00 added, balance $90.00\n• Boston &lt;&amp;&gt;: $60.00 added, balance $60.00',
  );
  expect(purchaseCopy.receiptNotice({ ...receipt, lines: [line('New York', '100.00', '190')] })).toBe(
    ':white_check_mark: <@UANA> added *$100.00* to New York. Balance: $190.00. Visa •••• 4242 · R-000123',
  );
});

it('who is asked to approve an order of several lines reads what it adds to whose credits', () => {
  const question = {
    kind: 'approval',
    state: 'open',
    closedFor: null,
    token: 'token',
    byUserId: 'UANA',
    scopeLabel: 'New York and Boston',
    lines: [line('New York', '30.00', '0'), line('Boston', '45.00', '0')],
    amount: '75.00',
    limit: '50.00',
    change: null,
    payBy: { method: 'invoice' },
    askedAt: AT,
    expiresAt: AT,
    answererIds: [],
    moreAnswerers: 0,
    decidedBy: null,
    decidedAt: null,
    approverSince: null,
    reason: null,
    timeZone: 'UTC',
  } as const;
  const said = approvalCopy.notice({ ...question, lines: [...question.lines], answererIds: [] });
  expect(said).toContain('requests approval to add *$75.00* to New York ($30.00), Boston ($45.00)');
});

it('ten lines are written out and the others counted', () => {
  const many = Array.from({ length: 12 }, (_, at) => line(`Office ${at + 1}`, '5.00', '5'));
  expect(nameLines(many)).toMatch(/^Office 1 \(\$5\.00\), .*, Office 10 \(\$5\.00\) and 2 more$/);
  expect(listBalances(many).split('\n')).toHaveLength(11);
  expect(listBalances(many)).toMatch(/• and 2 more$/);
});
