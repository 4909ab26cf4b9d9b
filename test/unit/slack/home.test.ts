import { describe, expect, it } from 'vitest';
import type { CardFacts, RechargeFacts } from '../../../src/billing/index.ts';
import type { WalletBalance } from '../../../src/ledger/index.ts';
import { createLogger } from '../../../src/log.ts';
import { dollars } from '../../../src/money.ts';
import type { Person } from '../../../src/org/index.ts';
import { blockChart } from '../../../src/slack/kit/block-chart.ts';
import { homeBlocks } from '../../../src/slack/screens/home/home-blocks.ts';
import { HomeWatch } from '../../../src/slack/screens/home/home-watch.ts';
import type { HomeFacts } from '../../../src/slack/screens/home/read-home.ts';
import type { BalanceFacts } from '../../../src/slack/screens/read-balance-facts.ts';
import { faultsOfView } from '../../../src/stand-ins/local-workspace/blocks/index.ts';
import { visibleText } from '../../../src/stand-ins/local-workspace/index.ts';

const NOW = new Date('2026-11-23T22:14:00Z');
const zero = dollars('0');

function person(roles: Person['roles'], offices = 2): Person {
  return {
    company: {
      id: 1n,
      name: 'Acme Corp',
      timeZone: 'America/Los_Angeles',
      country: 'US',
      billingMethod: 'card',
      billingDay: 1,
      pooled: false,
      state: 'active',
      retentionMonths: null,
      purchaseLimits: { min: dollars('5'), max: dollars('1000'), perDay: dollars('2500') },
      approvalLimits: { own: null, operator: null },
    },
    offices: Array.from({ length: offices }, (_, index) => ({
      id: BigInt(index + 1),
      name: `Office ${index + 1}`,
      isPrimary: index === 0,
      country: 'US',
    })),
    teamId: 'T1',
    userId: 'U1',
    roles,
  };
}

const ADMIN: Person['roles'] = [{ role: 'company_admin', officeId: null, departmentId: null }];
const OFFICE_ADMIN: Person['roles'] = [{ role: 'office_admin', officeId: 2n, departmentId: null }];
const MANAGER: Person['roles'] = [{ role: 'manager', officeId: 1n, departmentId: null }];

function wallet(
  officeId: bigint,
  general: string,
  debt = '0',
  level: 'ok' | 'low' | 'out' = 'ok',
): WalletBalance {
  const calls = dollars(general).minus(debt);
  return {
    walletId: officeId,
    officeId,
    general: dollars(general),
    calling: zero,
    ai: zero,
    debt: { calls: dollars(debt), ai: zero },
    held: { calls: zero, ai: zero },
    available: { calls, ai: zero },
    freeGeneral: calls,
    level: { calls: level, ai: 'ok', general: 'ok' },
    watch: { calls: dollars('5'), ai: null, general: null },
    bundles: [],
  };
}

function balanceOf(wallets: WalletBalance[], more: Partial<BalanceFacts> = {}): BalanceFacts {
  return {
    balance: { at: NOW, pooled: false, wallets },
    recharges: [],
    renewals: [],
    runways: [],
    resumes: new Map(),
    hadCredits: true,
    enforcement: 'reported',
    ...more,
  };
}

const recharge = (more: Partial<RechargeFacts> = {}): RechargeFacts => ({
  isOn: true,
  threshold: dollars('5'),
  amount: dollars('50'),
  cap: dollars('500'),
  walletId: 1n,
  officeId: 1n,
  label: 'Office 1',
  general: dollars('70'),
  used: dollars('150'),
  month: NOW,
  perDay: dollars('2'),
  version: 1,
  pausedFor: null,
  refunded: null,
  next: null,
  mayChangeCap: true,
  ...more,
});

const card = (more: Partial<CardFacts> = {}): CardFacts => ({
  cardId: 1n,
  brand: 'visa',
  last4: '4242',
  expMonth: 12,
  expYear: 2030,
  state: 'usable',
  isDefault: true,
  isFallback: false,
  addedBy: { teamId: 'T1', userId: 'U1' },
  check: null,
  ...more,
});

const NONE: HomeFacts = {
  now: NOW,
  balance: null,
  series: [],
  month: null,
  receipts: [],
  requests: [],
  approvals: [],
  toVerify: [],
  cards: [card()],
  setup: null,
  own: null,
  limits: { limits: [], own: [] },
};

const question = (more: Partial<HomeFacts['approvals'][number]['question']>) => ({
  kind: 'approval' as const,
  state: 'open' as const,
  closedFor: null,
  token: 'app',
  byUserId: 'U2',
  scopeLabel: 'Office 1',
  lines: [],
  amount: '450.00',
  limit: '100.00',
  change: null,
  payBy: { method: 'invoice' as const },
  askedAt: NOW.toISOString(),
  expiresAt: NOW.toISOString(),
  answererIds: [],
  moreAnswerers: 0,
  decidedBy: null,
  decidedAt: null,
  approverSince: null,
  reason: null,
  timeZone: 'America/Los_Angeles',
  ...more,
});

const month: NonNullable<HomeFacts['month']> = {
  query: {
    from: new Date('2026-11-01T07:00:00Z'),
    to: new Date('2026-12-01T08:00:00Z'),
    timeZone: 'America/Los_Angeles',
  },
  cost: dollars('412.36'),
  kinds: [
    { category: 'international', cost: dollars('400') },
    { category: 'sms', cost: dollars('12.36') },
  ],
  before: {
    from: new Date('2026-10-01T07:00:00Z'),
    to: new Date('2026-10-23T22:14:00Z'),
    isPart: true,
    cost: dollars('350'),
  },
  perDay: dollars('15'),
  byMonthEnd: dollars('520.4'),
};

function say(facts: Partial<HomeFacts>, viewer: Person): string {
  const blocks = homeBlocks({ ...NONE, ...facts }, viewer);
  expect(faultsOfView({ type: 'home', blocks }, 'home')).toEqual([]);
  expect(blocks.length).toBeLessThanOrEqual(100);
  return visibleText(blocks);
}

describe('Home of a company admin', () => {
  const series = Array.from({ length: 30 }, (_, index) => ({
    day: `2026-11-${String(index + 1).padStart(2, '0')}`,
    amount: dollars(String(100 - index * 2)),
  }));

  it('begins with the balance, its chart with words beside, the month, and a button for everything they may do', () => {
    const said = say(
      { balance: balanceOf([wallet(1n, '42'), wallet(2n, '0')]), series, month },
      person(ADMIN),
    );
    expect(said).toMatch(/^Acme Corp\n\*Available balance: \$42\.00\*\n```\n\$100 █/);
    expect(said).toMatch(
      /Balance of the last 30 days: high \$100\.00 on Sun, Nov 1, low \$42\.00 on Mon, Nov 30 · dots/,
    );
    expect(said).toMatch(
      /\*Used this month: \$412\.36\* · up 18% from the same period in October · about \$520 by month end/,
    );
    const labels = [
      'Add credits',
      'Usage',
      'Export',
      'Receipts',
      'Balance history',
      'Auto-recharge',
      'Bundles',
      'Cards',
      'Spending limits',
      'Settings',
      'People',
    ];
    expect(said).toContain(labels.join('\n'));
    expect(said).not.toMatch(/Request credits|Invoices/);
  });

  it('says what needs them, each with the button for just that office, card or request', () => {
    const blocks = homeBlocks(
      {
        ...NONE,
        balance: balanceOf([wallet(1n, '4', '0', 'low'), wallet(2n, '0', '12.40', 'out')], {
          resumes: new Map([[2n, dollars('17.40')]]),
          recharges: [recharge({ pausedFor: 'declined' })],
        }),
        cards: [card({ expMonth: 11, expYear: 2026 })],
        requests: [
          { token: 'req', userId: 'U9', scopeLabel: 'Office 2', amount: dollars('50'), reason: 'trade fair' },
        ],
        approvals: [
          {
            id: 1n,
            token: 'app',
            companyId: 1n,
            companyName: 'Acme Corp',
            kind: 'purchase',
            scopeLabel: 'Office 1',
            amount: dollars('450'),
            requestedBy: 'U2',
            askedAt: NOW,
            expiresAt: NOW,
            approverIds: ['U1'],
            question: question({ amount: '450.00', scopeLabel: 'Office 1' }),
          },
          {
            id: 2n,
            token: 'limit',
            companyId: 1n,
            companyName: 'Acme Corp',
            kind: 'limit',
            scopeLabel: 'Office 1',
            amount: dollars('100'),
            requestedBy: 'U2',
            askedAt: NOW,
            expiresAt: NOW,
            approverIds: ['U1'],
            question: question({ amount: '100.00', change: { kind: 'limit', to: null } }),
          },
        ],
        toVerify: [
          {
            token: 'bank',
            amount: dollars('50'),
            scopeLabel: 'Office 2',
            card: { brand: 'visa', last4: '4242' },
            verifyUntil: NOW,
          },
        ],
      },
      person(ADMIN),
    );
    expect(faultsOfView({ type: 'home', blocks }, 'home')).toEqual([]);
    const said = visibleText(blocks);
    expect(said).toMatch(
      /Office 2 is overdrawn by \$12\.40\.\* New credits pay this off first\.\nAdd \$17\.40/,
    );
    expect(said).toMatch(/Office 1 is low\.\* Less than the alert at \$5\.00 is left: \$4\.00\nAdd credits/);
    expect(said).toMatch(/Auto-recharge for Office 1 is paused:\* the card was declined\.\nFix card/);
    expect(said).toMatch(/Visa •••• 4242 expires this month\.\* Add another card\.\nShow cards/);
    expect(said).toMatch(/<@U9> requests \*\$50\.00\* for Office 2: “trade fair”\nAdd credits\nDecline/);
    expect(said).toMatch(/<@U2> requests approval to add \*\$450\.00\* to Office 1\.\nApprove/);
    const values = JSON.stringify(blocks);
    expect(said).toMatch(/<@U2> requests approval to remove the approval limit of \*\$100\.00\*\.\nApprove/);
    expect(said).toMatch(/needs you to verify \$50\.00 for Office 2\* on Visa •••• 4242\..*\nVerify payment/);
    const carried = ['office:2', 'office:1', 'req', 'app', 'limit', 'bank'];
    for (const value of carried) expect(values).toContain(`"value":"${value}"`);
  });

  it('offers to raise a recharge limit that is reached to those who may, to others the settings', () => {
    const recharges = [recharge({ pausedFor: 'cap' })];
    const balance = balanceOf([wallet(1n, '2')], { recharges });
    const blocksOf = (viewer: Person) => JSON.stringify(homeBlocks({ ...NONE, balance }, viewer));
    expect(blocksOf(person(ADMIN))).toContain('"recharge_cap","value":"1"');
    const officeAdmin = person([{ role: 'office_admin', officeId: 1n, departmentId: null }]);
    expect(blocksOf(officeAdmin)).not.toContain('recharge_cap');
    expect(blocksOf(officeAdmin)).toContain('"recharge_show","value":"1"');
  });

  it('switches auto-recharge on and off for each office', () => {
    const recharges = [recharge(), recharge({ walletId: 2n, officeId: 2n, label: 'Office 2', isOn: false })];
    const blocks = homeBlocks(
      { ...NONE, balance: balanceOf([wallet(1n, '70')], { recharges }) },
      person(ADMIN),
    );
    expect(visibleText(blocks)).toMatch(
      /for Office 1: on · \$50\.00 when below \$5\.00 · \$150\.00 of \$500\.00 this month\nChange\nTurn off\n\*Auto-recharge\* for Office 2: off\nTurn on/,
    );
    for (const value of ['"recharge_off","value":"1"', '"value":"on:2"'])
      expect(JSON.stringify(blocks)).toContain(value);
  });

  it('at first says what to set up, what comes next, and keeps what is done', () => {
    const setup = {
      hasChannel: false,
      canPay: true,
      hasPeople: false,
      hasAutoRecharge: false,
      hasCredits: false,
    };
    const never = balanceOf([wallet(1n, '0'), wallet(2n, '0')], { hadCredits: false });
    const said = say({ balance: never, setup }, person(ADMIN, 2));
    expect(said).toMatch(/No credits yet/);
    expect(said).not.toMatch(/out of credits|no credits left/);
    expect(said).toMatch(
      /Get started · 1 of 4 done\*\n:white_check_mark: ~Add a card~\n:white_large_square: Choose a channel/,
    );
    expect(said).toMatch(/Next: Choose the channel that gets receipts and alerts\.\nChoose channel/);
    const done = {
      hasChannel: true,
      canPay: true,
      hasPeople: true,
      hasAutoRecharge: false,
      hasCredits: true,
    };
    expect(say({ balance: balanceOf([wallet(1n, '10')]), setup: done }, person(ADMIN, 1))).not.toMatch(
      /Get started/,
    );
  });

  it('fits for hundreds of offices that all need something', () => {
    const many = person(ADMIN, 300);
    const wallets = many.offices.map(({ id }) => wallet(id, '1', '3', 'out'));
    const recharges = many.offices.slice(0, 30).map(({ id }) => recharge({ walletId: id, officeId: id }));
    expect(say({ balance: balanceOf(wallets, { recharges }), series, month }, many)).toMatch(
      /… and 295 more overdrawn/,
    );
  });
});

describe('Home of the others', () => {
  it('shows an office admin their office, and what they may do there', () => {
    const balance = balanceOf([wallet(1n, '70'), wallet(2n, '9')], {
      recharges: [recharge({ walletId: 2n })],
    });
    const said = say({ balance, month, cards: [] }, person(OFFICE_ADMIN));
    expect(said).toMatch(/Available balance: \$9\.00/);
    expect(said).toContain(
      [
        'Add credits',
        'Usage',
        'Export',
        'Receipts',
        'Balance history',
        'Auto-recharge',
        'Spending limits',
        'Settings',
      ].join('\n'),
    );
    expect(said).not.toMatch(/\$70|Office 1\*|Cards|People|Bundles|card/i);
  });

  it('shows a manager usage with its cost and no balance', () => {
    const said = say({ month, cards: [] }, person(MANAGER));
    expect(said).toMatch(/Used this month: \$412\.36/);
    expect(said).toMatch(/International calls \$400\.00 · SMS \$12\.36/);
    expect(said).toContain(['Request credits', 'Usage', 'Export', 'Spending limits'].join('\n'));
    expect(said).not.toMatch(/balance|Add credits|Recent/i);
  });

  it('shows a member their own calls without what they cost', () => {
    const own = [
      {
        source: 'api',
        externalId: '1',
        revision: 1,
        areNumbersErased: false,
        officeId: 1n,
        departmentId: null,
        memberId: 1n,
        class: 'calls' as const,
        category: 'international',
        direction: 'outbound' as const,
        externalNumber: '+442071838750',
        internalNumber: null,
        usageAt: NOW,
        durationMs: 61_000,
        billedSeconds: 120,
        quantity: 1,
        version: 0n,
        postedAt: NOW,
      },
    ];
    const said = say({ own, cards: [] }, person([]));
    expect(said).toMatch(/\+442071838750 · International call, out · 1:01/);
    expect(said).toContain(['Request credits', 'My usage'].join('\n'));
    expect(said).not.toMatch(/\$|balance|Export/);
    expect(say({ cards: [] }, person([]))).toMatch(/We haven’t found you in your company’s phone system yet/);
  });
});

describe('a chart in block characters', () => {
  it('has the height of what it shows, dots for what comes, and a line across what is empty', () => {
    const lines = blockChart({
      values: [8, 4, 2, 0],
      forecast: [1],
      level: 5,
      label: (value) => `$${value}`,
      first: 'a',
      last: 'b',
      rows: 2,
    });
    expect(lines).toEqual(['$8 █┄┄┄┄', '$0 ██▄ ·', '   a  b']);
  });

  it('is not drawn of nothing', () => {
    expect(blockChart({ values: [0, 0], label: String, first: 'a', last: 'b' })).toEqual([]);
  });
});

describe('Home tabs that are open', () => {
  const start = () => {
    const state = { now: 0, mark: 'a', published: [] as string[] };
    const watch = new HomeWatch(
      {
        log: createLogger('silent'),
        readMark: async () => state.mark,
        publish: async ({ userId }) => void state.published.push(userId),
      },
      () => state.now,
    );
    return { state, watch };
  };
  const who = (userId: string) => ({ teamId: 'T1', userId });

  it('are published again when something changed, a person once in ten seconds, until fifteen minutes after', async () => {
    const { state, watch } = start();
    await watch.opened(who('ana'));
    await watch.poll();
    state.mark = 'b';
    state.now = 9_000;
    await watch.poll();
    expect(state.published).toEqual(['ana']);
    state.now = 10_000;
    await watch.poll();
    expect(state.published).toEqual(['ana', 'ana']);
    state.now = 15 * 60_000 + 1;
    state.mark = 'c';
    await watch.poll();
    expect(state.published).toHaveLength(2);
  });

  it('are published at most fifty times a minute in a workspace, and the rest when there is room', async () => {
    const { state, watch } = start();
    for (let index = 0; index < 40; index += 1) await watch.opened(who(`u${index}`));
    state.now = 10_000;
    state.mark = 'b';
    await watch.poll();
    expect(state.published).toHaveLength(50);
    state.now = 61_000;
    await watch.poll();
    expect(state.published).toHaveLength(80);
  });

  it('opened again at once with nothing new are not published again', async () => {
    const { state, watch } = start();
    await watch.opened(who('ana'));
    state.now = 1_000;
    await watch.opened(who('ana'));
    expect(state.published).toHaveLength(1);
    state.mark = 'b';
    await watch.opened(who('ana'));
    expect(state.published).toHaveLength(2);
  });
});
