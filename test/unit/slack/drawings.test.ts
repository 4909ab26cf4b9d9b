import type { ModalView } from '@slack/types';
import { describe, expect, it } from 'vitest';
import type {
  AddedCard,
  ApprovalFacts,
  OrderFacts,
  PurchaseOffer,
  PurchaseReview,
} from '../../../src/billing/index.ts';
import type { Bundle, CompanyBalance, WalletBalance } from '../../../src/ledger/index.ts';
import { dollars, type Money } from '../../../src/money.ts';
import type { Person } from '../../../src/org/index.ts';
import { addedCardView, otherCardsView } from '../../../src/slack/screens/added-card-view.ts';
import { balanceBlocks } from '../../../src/slack/screens/balance-blocks.ts';
import { formView } from '../../../src/slack/screens/purchase-form.ts';
import {
  loadingView,
  purchaseText,
  refusedView,
  resultView,
  reviewView,
} from '../../../src/slack/screens/purchase-modal.ts';
import {
  faultsOfMessage,
  faultsOfView,
  viewTooLarge,
} from '../../../src/stand-ins/local-workspace/blocks/index.ts';
import { visibleText } from '../../../src/stand-ins/local-workspace/index.ts';

const NOW = new Date('2026-11-23T22:14:00Z');
const READER = { timeZone: 'America/Los_Angeles', now: NOW };
const HOSTILE = '<!channel> & *Co* `x` '.repeat(12);
const zero = dollars('0');

function offices(count: number, name = 'Office'): Person['offices'] {
  return Array.from({ length: count }, (_, index) => ({
    id: BigInt(index + 1),
    name: `${name} ${index + 1}`,
    isPrimary: index === 0,
    country: 'US',
  }));
}

function person(
  options: { count?: number; pooled?: boolean; companyAdmin?: boolean; name?: string } = {},
): Person {
  const { count = 1, pooled = false, companyAdmin = true, name = 'Acme Corp' } = options;
  return {
    company: {
      id: 1n,
      name,
      timeZone: 'America/Los_Angeles',
      country: 'US',
      billingMethod: 'card',
      billingDay: 1,
      pooled,
      purchaseLimits: { min: dollars('5'), max: dollars('1000'), perDay: dollars('2500') },
      approvalLimits: { own: null, operator: null },
    },
    offices: offices(count, name === HOSTILE ? HOSTILE : undefined),
    teamId: 'T1',
    userId: 'U1',
    roles: companyAdmin
      ? [{ role: 'company_admin', officeId: null, departmentId: null }]
      : [{ role: 'office_admin', officeId: 1n, departmentId: null }],
  };
}

function wallet(
  officeId: bigint | null,
  facts: Partial<Record<'general' | 'calling' | 'debt' | 'calls', Money>> = {},
  bundles: Bundle[] = [],
): WalletBalance {
  const { general = zero, calling = zero, debt = zero, calls = general.plus(calling).minus(debt) } = facts;
  return {
    walletId: officeId ?? 0n,
    officeId,
    general,
    calling,
    ai: zero,
    debt: { calls: debt, ai: zero },
    held: { calls: zero, ai: zero },
    available: { calls, ai: zero },
    freeGeneral: general.minus(debt),
    level: { calls: 'ok', ai: 'ok', general: 'ok' },
    watch: { calls: null, ai: null, general: null },
    bundles,
  };
}

const calling: Bundle = {
  kind: 'calling',
  amount: dollars('150'),
  remaining: dollars('112.40'),
  period: 'monthly',
  expiresAt: new Date('2026-12-01T08:00:00Z'),
};
const ai: Bundle = {
  kind: 'ai',
  amount: dollars('100'),
  remaining: dollars('38'),
  period: 'annual',
  expiresAt: new Date('2027-03-31T20:00:00Z'),
};

const balance = (wallets: WalletBalance[], pooled = false): CompanyBalance => ({ at: NOW, pooled, wallets });

/** What the balance says, after Slack's rules were applied to it as a message and on the Home tab. */
function sayBalance(facts: CompanyBalance, reader: Person): string {
  const blocks = balanceBlocks(facts, reader);
  expect(faultsOfMessage(blocks)).toEqual([]);
  expect(faultsOfView({ type: 'home', blocks }, 'home')).toEqual([]);
  return visibleText(blocks);
}

describe('the balance', () => {
  it('shows bundles with what is left of them, general credits, and as of when', () => {
    const office = wallet(1n, { general: dollars('70'), calling: dollars('112.40') }, [calling, ai]);
    expect(sayBalance(balance([office]), person())).toBe(
      [
        'Acme Corp credits',
        '*$182.40* for calls and messages',
        '*Calling bundle*\n▰▰▰▰▰▰▰▰▰▱▱▱  $112.40 of $150.00 · ends Mon, Nov 30',
        '*AI bundle*\n▰▰▰▰▰▱▱▱▱▱▱▱  $38.00 of $100.00 · ends Mar 31, 2027',
        '*General credits*\n$70.00 · never expire',
        'Next to expire: $112.40 of the calling bundle, at the end of Mon, Nov 30. Nothing follows it.',
        'Add credits',
        'Auto-recharge',
        'Why this balance?',
        'as of 2:14 PM PST',
      ].join('\n'),
    );
  });

  it('says of a bundle that comes again that it resets, and how long all of it lasts', () => {
    const office = wallet(1n, { general: dollars('70'), calling: dollars('112.40') }, [calling, ai]);
    const said = visibleText(
      balanceBlocks(balance([office]), person(), {
        recharges: [],
        renewals: [
          {
            officeId: 1n,
            kind: 'calling',
            credit: dollars('150'),
            period: 'monthly',
            at: calling.expiresAt,
          },
        ],
        runways: [
          {
            officeId: 1n,
            paceDays: 14,
            runway: { kind: 'lasts', class: 'calls', days: 9.2, until: new Date('2026-12-03T03:00:00Z') },
          },
        ],
      }),
    );
    expect(said).toMatch(/\$112\.40 of \$150\.00 · resets Tue, Dec 1/);
    expect(said).toMatch(/\$38\.00 of \$100\.00 · ends Mar 31, 2027/);
    expect(said).toMatch(/At the last 14 days’ pace this lasts \*about 9 days\* \(until about Wed, Dec 2\)/);
    expect(said).toMatch(/at the end of Mon, Nov 30\. It starts over with \$150\.00 then\./);
  });

  it('says one figure once where general credits are all there is', () => {
    const said = sayBalance(balance([wallet(1n, { general: dollars('70') })]), person());
    expect(said).toMatch(/\*\$70\.00\* for calls and messages · general credits, which never expire/);
    expect(said.match(/\$70\.00/g)).toHaveLength(1);
  });

  it('says so where there is nothing yet', () => {
    expect(sayBalance(balance([wallet(1n)]), person())).toMatch(/^Acme Corp credits\n\*No credits yet\.\*/);
  });

  it('explains what is below zero', () => {
    const said = sayBalance(balance([wallet(1n, { debt: dollars('3.20') })]), person());
    expect(said).toMatch(
      /\*−\$3\.20\*: usage that came in after credits ran out\. The next credits cover it first\./,
    );
  });

  it('where each office has its own credits, takes nothing from one for what another owes, and says who is stopped', () => {
    const rich = wallet(1n, { general: dollars('153.68') });
    const owing = wallet(2n, { debt: dollars('142.56') });
    const said = sayBalance(balance([rich, owing]), person({ count: 2 }));
    expect(said).toMatch(/^Acme Corp credits\n\*\$153\.68\* for calls and messages/);
    expect(said).toMatch(
      /\*−\$142\.56\* · Office 2: usage .* The next credits for Office 2 cover it first\./,
    );
    expect(said).toMatch(
      /\*Office 1\* \(primary\) {2}\$153\.68\n\*Office 2\* {2}−\$142\.56 · stopped until credits are added/,
    );
  });

  it('counts shared credits once, with what each office has beside them', () => {
    const pool = wallet(null, { general: dollars('100') });
    const first = wallet(1n, { calling: dollars('10'), calls: dollars('110') });
    const second = wallet(2n, { calls: dollars('100') });
    const reader = person({ count: 2, pooled: true });
    const said = sayBalance(balance([pool, first, second], true), reader);
    expect(said).toMatch(/\*\$110\.00\* for calls and messages/);
    expect(said).toMatch(
      /Shared by all offices\* {2}\$100\.00\n\*Office 1\* \(primary\) {2}\$10\.00 in its calling bundle/,
    );
  });

  it('tells an office admin what their office can spend, not what the company shares', () => {
    const pool = wallet(null, { general: dollars('100') });
    const own = wallet(1n, { calling: dollars('10'), calls: dollars('110') });
    const other = wallet(2n, { calling: dollars('7'), calls: dollars('107') });
    const reader = person({ count: 2, pooled: true, companyAdmin: false });
    const said = sayBalance(balance([pool, own, other], true), reader);
    expect(said).toMatch(/\*\$110\.00\* for calls and messages/);
    expect(said).not.toMatch(/Shared|General|Office 2|\$7\.00|Add credits/);
  });

  it('fits into one message for hundreds of offices, each with bundles and a hostile name', () => {
    const many = person({ count: 400, name: HOSTILE });
    const wallets = many.offices.map(({ id }) => wallet(id, { general: dollars('1') }, [calling, ai]));
    const said = sayBalance(balance(wallets), many);
    expect(said).toMatch(/… and 250 more offices/);
    expect(said).toMatch(/… and 788 more bundles/);
    expect(said.slice(said.indexOf('\n'))).not.toMatch(/<!channel>/);
  });
});

const payBy = { method: 'card', card: { brand: 'visa', last4: '4242', needsReplacing: false } } as const;

const card = ({ id }: { id: bigint }) => ({ cardId: id, brand: HOSTILE, last4: '4242' });

function offer(count: number, extra: Partial<PurchaseOffer> = {}): PurchaseOffer {
  return {
    choices: ['20', '50', '100', '250', '500'].map((text) => dollars(text)),
    limits: { min: dollars('5'), max: dollars('1000'), perDay: dollars('2500') },
    payBy,
    isPaused: false,
    cards: [],
    defaultCardId: extra.payBy === undefined ? 1n : null,
    cardToConfirm: null,
    scopes: offices(count, HOSTILE).map(({ id, name }) => ({
      scope: { kind: 'office', officeId: id },
      label: name,
      balance: dollars('-3.20'),
    })),
    ...extra,
  };
}

function order(state: OrderFacts['state'], extra: Partial<OrderFacts> = {}): OrderFacts {
  return {
    token: 'token',
    state,
    amount: dollars('100'),
    lines: [
      {
        scope: { kind: 'company' },
        scopeLabel: HOSTILE,
        amount: dollars('100'),
        balance: dollars('282.40'),
      },
    ],
    payBy,
    receipt: state === 'settled' ? 'R-000123' : null,
    receiptChannelId: 'C1',
    chosenCardId: null,
    retryWith: null,
    asksApproval: false,
    mark: 'mark',
    canRetry: true,
    approval: null,
    reference: 'P-000042',
    failure: state === 'declined' ? { code: 'insufficient_funds' } : null,
    actionUrl: state === 'needs_action' ? 'https://bank.example/approve' : null,
    requestedBy: { teamId: 'T1', userId: 'U1' },
    viewId: null,
    replyUrl: null,
    ...extra,
  };
}

const ADDED = { cardId: 7n, brand: HOSTILE, last4: '4444' };
const CHECK = { token: 'check', actionUrl: null, statementHint: 'REFILL* CHECK····', takesCode: true };
const ADDED_STAGES: Exclude<AddedCard, { stage: 'over' }>[] = [
  { viewId: 'V', stage: 'page', url: 'https://pay.example/x' },
  { viewId: 'V', stage: 'unclaimed', card: ADDED },
  { viewId: 'V', stage: 'checking', card: ADDED, check: null },
  { viewId: 'V', stage: 'checking', card: ADDED, check: { ...CHECK, state: 'waiting' } },
  {
    viewId: 'V',
    stage: 'checking',
    card: ADDED,
    check: { ...CHECK, state: 'needs_action', actionUrl: 'https://bank.example/x' },
  },
  { viewId: 'V', stage: 'failed', card: ADDED, failureCode: 'insufficient_funds' },
  { viewId: 'V', stage: 'locked', card: ADDED },
];

const ASKED: ApprovalFacts = {
  state: 'open',
  limit: dollars('50'),
  expiresAt: READER.now,
  decidedBy: null,
  decidedAt: null,
  channelId: 'C1',
};

const reviewed = (scopeLabel: string): PurchaseReview['lines'][number] => ({
  scope: { kind: 'company' },
  scopeLabel,
  amount: dollars('100'),
  balanceBefore: dollars('182.40'),
  balanceAfter: dollars('282.40'),
});

const review: PurchaseReview = {
  token: 'token',
  mark: 'mark',
  isChanged: false,
  amount: dollars('100'),
  lines: [reviewed(HOSTILE)],
  payBy,
  chargedNow: dollars('100'),
  approvalAbove: null,
  approverIds: [],
  meanwhile: [],
};

describe('every window of a purchase', () => {
  const noCard = { method: 'card', card: null } as const;
  const invoice = { method: 'invoice', nextInvoiceOn: new Date('2026-12-01T12:00:00Z') } as const;
  it.each<[string, ModalView]>([
    ['loading', loadingView()],
    ['words', purchaseText('Something.')],
    ['a form for one office', formView('token', offer(1), READER)],
    ['a form for two', formView('token', offer(2), READER, { amount: dollars('50') })],
    ['a form for a hundred', formView('token', offer(100), READER)],
    ['a form for 950', formView('token', offer(950), READER, { scope: { kind: 'office', officeId: 940n } })],
    ['a form with an amount of its own', formView('token', offer(1), READER, { amount: dollars('12.50') })],
    ['a form where only typed amounts fit', formView('token', offer(1, { choices: [] }), READER)],
    ['a form without a card', formView('token', offer(1, { payBy: noCard }), READER)],
    [
      'a form with a card that needs replacing',
      formView(
        'token',
        offer(1, { payBy: { ...payBy, card: { ...payBy.card, needsReplacing: true } } }),
        READER,
      ),
    ],
    ['a form while purchases are paused', formView('token', offer(2, { isPaused: true }), READER)],
    [
      'a form with cards to choose from',
      formView('token', offer(1, { cards: offices(120, HOSTILE).map(card), defaultCardId: 3n }), READER),
    ],
    ['a form on invoice', formView('token', offer(1, { payBy: invoice }), READER)],
    ['a review', reviewView(review, READER)],
    [
      'a review of twelve offices',
      reviewView({ ...review, lines: Array.from({ length: 12 }, () => reviewed(HOSTILE)) }, READER),
    ],
    ['a review above the limit', reviewView({ ...review, approvalAbove: dollars('50') }, READER)],
    ['a purchase that waits for an admin', resultView(order('awaiting_approval', { approval: ASKED }))],
    [
      'one that an admin declined',
      resultView(order('abandoned', { approval: { ...ASKED, state: 'declined' } })),
    ],
    [
      'a review after others bought',
      reviewView({ ...review, meanwhile: [{ userId: 'U2', amount: dollars('50'), at: NOW }] }, READER),
    ],
    ['a refusal', refusedView('token', 'The largest purchase is $1,000.00.')],
    ['the cards on file', otherCardsView(order('declined'), Array(4).fill({ ...ADDED, mark: 'mark' }))],
    ...ADDED_STAGES.flatMap((added) =>
      (['draft', 'declined'] as const).map(
        (state) =>
          [`a card ${added.stage} of a ${state}`, addedCardView(order(state), added)] satisfies [
            string,
            ModalView,
          ],
      ),
    ),
    ...(
      ['confirmed', 'charging', 'needs_action', 'unknown', 'declined', 'settled', 'abandoned'] as const
    ).map((state) => [`a purchase that is ${state}`, resultView(order(state))] satisfies [string, ModalView]),
  ])('is one that Slack takes: %s', (_, view) => {
    expect([...faultsOfView(view, 'modal'), viewTooLarge(view)]).toEqual([false]);
  });

  it('shows what an order of several lines adds to whose credits, before and after', () => {
    const lines = ['New York', 'Boston'].map(reviewed);
    const said = visibleText(reviewView({ ...review, lines, amount: dollars('200') }, READER).blocks);
    expect(said).toContain('*For*\nNew York ($100.00), Boston ($100.00)');
    expect(said).toContain(
      '*Balance of New York*\n$182.40 → $282.40\n*Balance of Boston*\n$182.40 → $282.40',
    );
    const credited = lines.map(({ scope, scopeLabel, amount }) => ({
      scope,
      scopeLabel,
      amount,
      balance: dollars('282.40'),
    }));
    const settled = order('settled', { amount: dollars('200'), lines: credited });
    expect(visibleText(resultView(settled).blocks)).toBe(
      ':white_check_mark: *$200.00 added.*\n• New York: $100.00 added, balance $282.40\n• Boston: $100.00 added, balance $282.40\nReceipt R-000123 is in <#C1>.',
    );
  });

  it('shows the cost and both balances before anything is charged', () => {
    const said = visibleText(reviewView({ ...review, lines: [reviewed('New York')] }, READER).blocks);
    expect(said).toBe(
      [
        '*Credits*\n$100.00',
        '*For*\nNew York',
        '*Paid with*\nVisa •••• 4242',
        '*Charged now*\n$100.00',
        '*Balance of New York*\n$182.40 → $282.40',
        'Back',
      ].join('\n'),
    );
  });

  it.each([
    ['settled', /\*\$100\.00 added to .*\.\* Balance: \$282\.40\.\nReceipt R-000123 is in <#C1>\./],
    [
      'declined',
      /\*\$100\.00 for .* wasn’t added\.\* Visa •••• 4242 was declined \(insufficient funds\)\. You weren’t charged\.\nTry again\nUse another card/,
    ],
    ['needs_action', /\*You won’t be charged until you do\.\*\nOpen your bank’s page/],
    ['unknown', /Still processing.*Please don’t pay again.*Reference \*P-000042\*/],
    [
      'stuck',
      /\*We couldn’t confirm this payment\.\* Please don’t pay again: .*every day for 30 days.*P-000042/,
    ],
    ['charging', /Adding \$100\.00 of credits…/],
    ['abandoned', /(Nothing was|weren’t) charged/],
  ] as const)('of a purchase that is %s says what happened', (state, words) => {
    expect(visibleText(resultView(order(state)).blocks)).toMatch(words);
  });

  it('names the amount and the card that another try charges, once it is another one', () => {
    const card = { brand: 'mastercard', last4: '4444', needsReplacing: false };
    const declined = order('declined', { retryWith: { method: 'card', card } });
    expect(visibleText(resultView(declined).blocks)).toMatch(/\nPay \$100\.00 with Mastercard •••• 4444\n/);
    const invoiced = order('declined', { retryWith: { method: 'invoice', nextInvoiceOn: READER.now } });
    expect(visibleText(resultView(invoiced).blocks)).toMatch(/\nAdd \$100\.00 to invoice\n/);
  });

  it('carries no figure and no id but the token, and the mark of what it shows', () => {
    for (const view of [formView('token', offer(2), READER), resultView(order('declined'))])
      expect(view.private_metadata).toBe('token');
    expect(reviewView(review, READER).private_metadata).toBe('token.mark');
  });

  it('shows names from outside as text', () => {
    expect(JSON.stringify(reviewView(review, READER))).not.toMatch(/<!channel>/);
  });
});
