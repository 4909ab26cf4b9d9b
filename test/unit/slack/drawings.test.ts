import type { ModalView } from '@slack/types';
import { describe, expect, it } from 'vitest';
import type {
  AddedCard,
  ApprovalFacts,
  OrderFacts,
  PurchaseOffer,
  PurchaseReview,
  RechargeFacts,
  Renewal,
  RunwayFacts,
} from '../../../src/billing/index.ts';
import type { Bundle, CompanyBalance, WalletBalance } from '../../../src/ledger/index.ts';
import { dollars, type Money } from '../../../src/money.ts';
import type { Person } from '../../../src/org/index.ts';
import { moveCopy, rechargeCopy } from '../../../src/slack/copy/index.ts';
import { rechargeForm, walletOptions } from '../../../src/slack/features/recharge/recharge-views.ts';
import { addedCardView, otherCardsView } from '../../../src/slack/screens/added-card-view.ts';
import { balanceBlocks } from '../../../src/slack/screens/balance-blocks.ts';
import { formView, linesView } from '../../../src/slack/screens/purchase-form.ts';
import {
  loadingView,
  purchaseText,
  refusedView,
  resultView,
  reviewView,
} from '../../../src/slack/screens/purchase-modal.ts';
import type { BalanceFacts } from '../../../src/slack/screens/read-balance-facts.ts';
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
      state: 'active',
      retentionMonths: null,
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

const NOTHING: Omit<BalanceFacts, 'balance'> = {
  recharges: [],
  renewals: [],
  runways: [],
  resumes: new Map(),
  hadCredits: true,
  enforcement: 'reported',
};

/** What the balance says, after Slack's rules were applied to it as a message and on the Home tab. */
function sayBalance(facts: CompanyBalance, viewer: Person, beside: Partial<BalanceFacts> = {}): string {
  const blocks = balanceBlocks({ ...NOTHING, balance: facts, ...beside }, viewer);
  expect(faultsOfMessage(blocks)).toEqual([]);
  expect(faultsOfView({ type: 'home', blocks }, 'home')).toEqual([]);
  return visibleText(blocks);
}

const lasts = (officeId: bigint | null, days: number, range: RunwayFacts['range']): RunwayFacts => ({
  officeId,
  class: 'calls',
  usageDays: 14,
  runway: { kind: 'lasts', days, until: new Date(NOW.getTime() + days * 86_400_000) },
  range,
});

describe('the balance', () => {
  it('shows what can be spent, bundles with what is left of them, and general credits, each figure once', () => {
    const office = wallet(1n, { general: dollars('70'), calling: dollars('112.40') }, [calling, ai]);
    const renewal: Renewal = {
      officeId: 1n,
      kind: 'calling',
      credit: dollars('150'),
      period: 'monthly',
      at: calling.expiresAt,
    };
    const said = sayBalance(balance([office]), person(), {
      renewals: [renewal],
      runways: [lasts(1n, 9.2, { low: 7.4, high: 11.6 })],
    });
    expect(said).toBe(
      [
        'Acme Corp',
        '*Available balance: $182.40*\nAbout 9 days left (7–12, based on 14 days of usage)',
        '*Calling bundle*: $112.40 of $150.00 left · renews Tue, Dec 1\n▰▰▰▰▰▰▰▰▰▱▱▱',
        '*AI bundle*: $38.00 of $100.00 left · expires Mar 31, 2027, won’t renew\n▰▰▰▰▰▱▱▱▱▱▱▱',
        '*General credits*: $70.00 · no expiration',
        'Add credits',
        'Auto-recharge',
        'Usage',
        'Balance history',
        'as of 2:14 PM PST',
      ].join('\n'),
    );
    for (const figure of said.match(/\$[\d,.]+\d/g) ?? []) expect(said.split(figure)).toHaveLength(2);
  });

  it.each<[string, RunwayFacts['runway'], RunwayFacts['range'], RegExp]>([
    [
      'a range',
      lasts(1n, 9.2, null).runway,
      { low: 7.4, high: 11.6 },
      /^About 9 days left \(7–12, based on 14 days of usage\)$/m,
    ],
    [
      'without an end',
      lasts(1n, 60, null).runway,
      { low: 40, high: null },
      /^About 60 days left \(40 or more, based/m,
    ],
    [
      'steady',
      lasts(1n, 9, null).runway,
      { low: 9, high: 9 },
      /^About 9 days left \(based on 14 days of usage\)$/m,
    ],
    ['hours', lasts(1n, 0.4, null).runway, { low: 0.2, high: 1.4 }, /^Less than a day left \(0–2, based/m],
    ['a day', lasts(1n, 1.1, null).runway, { low: 0.8, high: 1.9 }, /^About a day left \(0–2, based/m],
    ['long', { kind: 'long' }, null, /^More than 3 months left \(based on 14 days of usage\)$/m],
  ])('says how long it lasts in one form: %s', (_, runway, range, form) => {
    const runways = [{ officeId: 1n, class: 'calls' as const, usageDays: 14, runway, range }];
    expect(sayBalance(balance([wallet(1n, { general: dollars('70') })]), person(), { runways })).toMatch(
      form,
    );
  });

  it('of offices with credits of their own names the one whose credits end first', () => {
    const wallets = [wallet(1n, { general: dollars('70') }), wallet(2n, { general: dollars('9') })];
    const runways = [lasts(2n, 3, null), lasts(1n, 20, null)];
    const said = sayBalance(balance(wallets), person({ count: 2 }), { runways });
    expect(said).toMatch(/Available balance: \$79\.00\*\nOffice 2: about 3 days left \(based on 14 days/);
    expect(said).toMatch(/\*Office 1\* \(primary\) {2}\$70\.00 · about 20 days left/);
    expect(said).toMatch(/\*Office 2\* {2}\$9\.00\n/);
  });

  it('gives AI conversations a line of their own, never an office’s', () => {
    const wallets = [wallet(1n, { general: dollars('70') }), wallet(2n, { general: dollars('9') })];
    const ofAi = { ...lasts(1n, 9, null), class: 'ai' as const };
    const said = sayBalance(balance(wallets), person({ count: 2 }), { runways: [ofAi, lasts(2n, 12, null)] });
    expect(said).toMatch(
      /Office 2: about 12 days left \(based on 14 days of usage\)\nAI conversations: about 9 days left/,
    );
    expect(said).toMatch(/\*Office 1\* \(primary\) {2}\$70\.00\n/);
  });

  it('says one figure once where general credits are all there is', () => {
    const said = sayBalance(balance([wallet(1n, { general: dollars('70') })]), person());
    expect(said).toMatch(/\*Available balance: \$70\.00\*/);
    expect(said.match(/\$70\.00/g)).toHaveLength(1);
  });

  it('rounds what can be spent down to cents, so that the parts come to the total, and debt up', () => {
    const wallets = ['10.009', '20.009', '30.009'].map((general, index) =>
      wallet(BigInt(index + 1), { general: dollars(general) }),
    );
    const owing = wallet(4n, { debt: dollars('0.0001') });
    const said = sayBalance(balance([...wallets, owing]), person({ count: 4 }));
    expect(said).toMatch(/Available balance: \$60\.00/);
    for (const part of ['$10.00', '$20.00', '$30.00']) expect(said).toContain(part);
    expect(said).toMatch(/Office 4 is overdrawn by \$0\.01/);
  });

  it('says so where there is nothing yet', () => {
    const never = { hadCredits: false };
    expect(sayBalance(balance([wallet(1n)]), person(), never)).toMatch(/^Acme Corp\n\*No credits yet\.\*/);
    expect(sayBalance(balance([wallet(1n)]), person())).toMatch(/Available balance: \$0\.00/);
  });

  it('nets no debt against another office, shows what is overdrawn first, the most before the rest, with what pays it off', () => {
    const wallets = [
      wallet(1n, { general: dollars('153.68') }),
      wallet(2n, { debt: dollars('3.20') }),
      wallet(3n, { debt: dollars('142.551') }),
    ];
    const blocks = balanceBlocks(
      { ...NOTHING, balance: balance(wallets), resumes: new Map([[3n, dollars('147.56')]]) },
      person({ count: 3 }),
    );
    const said = visibleText(blocks);
    expect(said).toMatch(
      /^Acme Corp\n\*Available balance: \$153\.68\*\n:no_entry: \*Office 3 is overdrawn by \$142\.56\.\* New credits pay this off first\.\nAdd \$147\.56\n:no_entry: \*Office 2 is overdrawn by \$3\.20/,
    );
    expect(said.match(/142\.56/g)).toHaveLength(1);
    expect(JSON.stringify(blocks)).toContain('"action_id":"add_to_resume","value":"office:3"');
  });

  it('says *paused* and *resume* only where a phone system enforces it', () => {
    const beside = { resumes: new Map([[1n, dollars('17.40')]]) };
    const owing = balance([wallet(1n, { debt: dollars('12.40') })]);
    expect(sayBalance(owing, person(), beside)).not.toMatch(/paused|resume/i);
    const enforced = sayBalance(owing, person(), { ...beside, enforcement: 'enforced' });
    expect(enforced).toMatch(
      /Texts and paid calls are paused\. Add credits to resume\.\nAdd \$17\.40 to resume/,
    );
  });

  it('counts shared credits once, with what each office has beside them', () => {
    const pool = wallet(null, { general: dollars('100') });
    const first = wallet(1n, { calling: dollars('10'), calls: dollars('110') });
    const second = wallet(2n, { calls: dollars('100') });
    const viewer = person({ count: 2, pooled: true });
    const said = sayBalance(balance([pool, first, second], true), viewer);
    expect(said).toMatch(/Available balance: \$110\.00/);
    expect(said).toMatch(
      /Shared by all offices\* {2}\$100\.00\n\*Office 1\* \(primary\) {2}\$10\.00 in its calling bundle/,
    );
  });

  it('tells an office admin what their office can spend, not what the company shares', () => {
    const pool = wallet(null, { general: dollars('100') });
    const own = wallet(1n, { calling: dollars('10'), calls: dollars('110') });
    const other = wallet(2n, { calling: dollars('7'), calls: dollars('107') });
    const viewer = person({ count: 2, pooled: true, companyAdmin: false });
    const said = sayBalance(balance([pool, own, other], true), viewer);
    expect(said).toMatch(/Available balance: \$110\.00/);
    expect(said).not.toMatch(/Shared|General|Office 2|\$7\.00|Add credits/);
  });

  it('says of auto-recharge what it does and when next, and why it is paused', () => {
    const recharge: RechargeFacts = {
      isOn: true,
      threshold: dollars('5'),
      amount: dollars('50'),
      cap: dollars('500'),
      walletId: 1n,
      officeId: 1n,
      label: 'Office 1',
      general: dollars('3'),
      used: dollars('150'),
      month: NOW,
      perDay: dollars('2'),
      version: 1,
      pausedFor: null,
      refunded: null,
      next: { at: new Date(NOW.getTime() + 360_000), after: 'interval' },
      mayChangeCap: true,
    };
    const low = balance([wallet(1n, { general: dollars('3') })]);
    const say = (more: Partial<RechargeFacts>): string =>
      sayBalance(low, person(), { recharges: [{ ...recharge, ...more }] });
    expect(say({})).toContain(
      '*Auto-recharge*: on · $50.00 when below $5.00 · $150.00 of $500.00 this month. Next at 2:20 PM PST (10 minutes after the last one)',
    );
    expect(say({ pausedFor: 'refunded', refunded: dollars('50') })).toMatch(
      /\*paused\*: \$50\.00 was refunded ·/,
    );
    expect(say({ pausedFor: 'cap' })).toMatch(
      /\*paused\*: the \$500\.00 recharge limit of this month is reached/,
    );
    expect(say({ isOn: false })).toMatch(/\*Auto-recharge\*: off\n/);
  });

  it('fits into one message for hundreds of offices, each with bundles and a hostile name', () => {
    const many = person({ count: 400, name: HOSTILE });
    const wallets = many.offices.map(({ id }) =>
      wallet(id, { general: dollars('1'), debt: dollars('2') }, [calling, ai]),
    );
    const said = sayBalance(balance(wallets), many);
    expect(said).toMatch(/… and 395 more overdrawn/);
    expect(said).toMatch(/… and 335 more offices/);
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
    pausedFor: null,
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

const rechargeOff: RechargeFacts = {
  walletId: 1n,
  officeId: 1n,
  label: 'New York',
  isOn: false,
  threshold: dollars('5'),
  amount: dollars('50'),
  cap: dollars('500'),
  fills: true,
  general: dollars('15.04'),
  used: zero,
  month: NOW,
  perDay: zero,
  version: 0,
  pausedFor: null,
  refunded: null,
  next: null,
  mayChangeCap: true,
};
const rechargeFailed = {
  kind: 'recharge',
  status: 'failed',
  scopeLabel: 'New York',
  failureCode: 'insufficient_funds',
  nextTryAt: null,
  card: null,
  triesLeft: 3,
  timeZone: READER.timeZone,
  at: NOW.toISOString(),
} as unknown as Parameters<typeof rechargeCopy.told>[0];

describe('the form of auto-recharge', () => {
  it('opened to be turned on says how things stand, and has the choice made', () => {
    const { company } = person();
    const view = rechargeForm('token', rechargeOff, [rechargeOff], { company, isOn: true, noCard: null });
    expect(visibleText(view.blocks)).toContain('Currently *off*');
    expect(JSON.stringify(view)).toMatch(/"initial_option":\{[^}]*"text":"On"/);
    expect(faultsOfView(view, 'modal')).toEqual([]);
  });

  it('begins with the missing card, and with who can add one', () => {
    const { company } = person();
    for (const [mayAdd, words] of [
      [true, /^:credit_card: \*There’s no card to charge\.\* .* until you add one with `\/credits card`\./],
      [false, /^:credit_card: \*There’s no card to charge\.\* .* until a company admin adds one\./],
    ] as const) {
      const noCard = rechargeCopy.noCardYet(mayAdd);
      const view = rechargeForm('token', rechargeOff, [rechargeOff], { company, isOn: true, noCard });
      expect(visibleText(view.blocks)).toMatch(words);
      expect(faultsOfView(view, 'modal')).toEqual([]);
    }
  });

  it('says every choice in full', () => {
    const view = rechargeForm('token', rechargeOff, [rechargeOff], {
      company: person().company,
      isOn: true,
      noCard: null,
    });
    expect(JSON.stringify(view.blocks)).not.toContain('…');
  });
});

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
    ['a form while purchases are paused', formView('token', offer(2, { pausedFor: 'dispute' }), READER)],
    [
      'a form with cards to choose from',
      formView('token', offer(1, { cards: offices(120, HOSTILE).map(card), defaultCardId: 3n }), READER),
    ],
    ['fields for two hundred offices', linesView('token', offer(200), READER)],
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
    ['unknown', /Still processing \$[\d.]+ for .*Please don’t pay again.*Reference \*P-000042\*/],
    [
      'stuck',
      /\*We couldn’t confirm this payment of \$100\.00 for .*\.\* Please don’t pay again: .*every day for 30 days.*P-000042/,
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

  it('shows a balance with part of a cent as whole cents that can be spent, on every screen alike', () => {
    const [part, after] = [dollars('15.0496'), dollars('115.0496')];
    const scope = { kind: 'office', officeId: 1n } as const;
    const offered = offer(2, {
      scopes: [1n, 2n].map((officeId) => ({
        scope: { kind: 'office' as const, officeId },
        label: 'New York',
        balance: part,
      })),
    });
    const line = { scope, scopeLabel: 'New York', amount: dollars('100') };
    const moved = { name: 'New York', before: part, after };
    const recharge = { ...rechargeOff, label: 'New York', general: part };
    const said = JSON.stringify([
      formView('token', offered, READER),
      linesView('token', offered, READER),
      reviewView({ ...review, lines: [{ ...line, balanceBefore: part, balanceAfter: after }] }, READER),
      resultView(order('settled', { lines: [{ ...line, balance: after }] })),
      resultView(order('settled', { lines: [line, line].map((each) => ({ ...each, balance: after })) })),
      walletOptions([recharge]),
      rechargeCopy.now(recharge, READER.timeZone),
      moveCopy.option('New York', part),
      moveCopy.change(part, after),
      moveCopy.tooLarge(part),
      moveCopy.done({ ...moved, amount: dollars('100'), from: moved, to: moved } as never),
    ]);
    expect(said).toMatch(/\$15\.04.*\$115\.04/);
    expect(said).not.toMatch(/\$1?15\.05/);
  });

  it('says of a balance below zero how much it is overdrawn, rounded away from zero', () => {
    const line = { scope: { kind: 'company' }, scopeLabel: 'New York', amount: dollars('5') } as const;
    const settled = order('settled', { lines: [{ ...line, balance: dollars('-3.201') }] });
    expect(visibleText(resultView(settled).blocks)).toContain('still overdrawn by $3.21.');
    expect(rechargeCopy.told({ ...rechargeFailed, balance: '-3.201' })).toContain('Overdrawn by $3.21');
  });

  it('shows names from outside as text', () => {
    expect(JSON.stringify(reviewView(review, READER))).not.toMatch(/<!channel>/);
  });
});
