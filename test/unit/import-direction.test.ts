import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';

/** Each room and what it may import, beside itself and the ground floor. ARCHITECTURE.md draws the same. */
const GROUND = [
  'after-commit',
  'money-events',
  'money',
  'csv',
  'clock',
  'errors',
  'file-errors',
  'log',
  'durations',
  'token',
  'trace',
  'reference',
  'backoff',
  'single-flight',
  'group-commit',
  'fold-repeats',
  'group-by',
  'instruments',
  'phone-number',
  'dialling',
  'number-key',
  'big-json',
  'outside-text',
  'calendar',
  'report-periods',
  'read-time',
  'read-zone',
  'web-address',
];
const ROOMS: Record<string, readonly string[]> = {
  ...Object.fromEntries(GROUND.map((file) => [file, []])),
  config: [],
  db: [],
  queue: ['db'],
  org: ['db', 'queue', 'tables'],
  tables: [],
  rating: ['tables'],
  ledger: ['db', 'queue'],
  notices: ['db', 'queue', 'ledger', 'org'],
  limits: ['db', 'queue', 'ledger', 'org', 'notices'],
  billing: ['db', 'queue', 'ledger', 'org', 'notices'],
  usage: ['db', 'queue', 'tables', 'ledger', 'rating', 'org', 'notices'],
  transfer: ['db', 'ledger', 'org'],
  slack: ['db', 'queue', 'ledger', 'org', 'notices', 'limits', 'billing', 'usage'],
  http: ['db', 'queue', 'ledger', 'org', 'notices', 'limits', 'billing', 'usage'],
  'stand-ins': [],
  demo: ['db', 'ledger', 'org', 'notices', 'billing', 'usage', 'stand-ins'],
};
/** Entry points wire everything. */
const ENTRIES = new Set(['main', 'start', 'cli', 'doctor']);

const SRC = path.resolve('src');

interface Import {
  from: string;
  to: string;
}

function listImports(): Import[] {
  const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' }).filter(
    (file) => /\.tsx?$/.test(file) && !file.includes('generated'),
  );
  return files.flatMap((file) => {
    const text = readFileSync(path.join(SRC, file), 'utf8');
    const targets = [...text.matchAll(/(?:from|import\()\s*'(\.[^']+)'/g)].map((match) => match[1] ?? '');
    return targets.map((target) => ({
      from: file,
      to: path.relative(SRC, path.resolve(SRC, path.dirname(file), target)),
    }));
  });
}

/** What any folder of billing may import: the contracts and words that several of them share. */
const BILLING_GROUND = [
  'gateway.ts',
  'invoice-gateway.ts',
  'processor-lists.ts',
  'deps.ts',
  'recharge-choice.ts',
];
/** Billing's wiring: imports every feature, and is imported by none. Closing a company is the end of each of them. */
const BILLING_WIRING = [
  'index.ts',
  'feature.ts',
  'features.ts',
  'create-billing.ts',
  'open-draft.ts',
  'closing',
];
/** The floors of billing that are not features, each with those below it. Features stand on all of them, side by side. */
const BILLING_FLOORS: Record<string, readonly string[]> = {
  stripe: [],
  processor: [],
  drafts: [],
  /** Receipts and invoices as files, and what they print of a company. */
  documents: [],
  orders: ['processor'],
  approvals: ['orders'],
  reversals: ['processor', 'orders'],
};

/** `kinds/recharge` of `billing/kinds/recharge/settings.ts`, `gateway.ts` of `billing/gateway.ts`; null: not of billing. */
function partOfBilling(file: string): string | null {
  const [room, folder = '', subfolder = ''] = file.split(path.sep);
  if (room !== 'billing') return null;
  return folder === 'kinds' ? `${folder}/${subfolder}` : folder;
}

/** Imports within billing that go up or sideways, or reach the wiring. */
function findBillingOffences(imports: readonly Import[]): Import[] {
  return imports.filter(({ from, to }) => {
    const [own, other] = [partOfBilling(from), partOfBilling(to)];
    if (own === null || other === null || own === other || BILLING_WIRING.includes(own)) return false;
    if (BILLING_GROUND.includes(other)) return false;
    if (BILLING_GROUND.includes(own) || BILLING_WIRING.includes(other)) return true;
    return !(
      BILLING_FLOORS[own] ?? ['processor', 'drafts', 'documents', 'orders', 'approvals', 'reversals']
    ).includes(other);
  });
}

/** The floors of slack, each with those below it; the files that are not named here wire the features. */
const SLACK_FLOORS: Record<string, readonly string[]> = {
  copy: [],
  'links.ts': [],
  'rights.ts': ['copy'],
  'elsewhere-codes.ts': [],
  'refusals.ts': ['copy', 'elsewhere-codes.ts'],
  kit: ['copy', 'links.ts', 'rights.ts', 'refusals.ts'],
  access: ['copy', 'rights.ts', 'kit'],
  connection: [],
  screens: ['copy', 'links.ts', 'rights.ts', 'refusals.ts', 'kit', 'access'],
};
/** Features stand on all of them, side by side. */
const BELOW_FEATURES = Object.keys(SLACK_FLOORS);

/** `features/cards` of `slack/features/cards/feature.ts`, `kit` of `slack/kit/modal.ts`; null: not of slack. */
function partOfSlack(file: string): string | null {
  const [room, folder = '', subfolder = ''] = file.split(path.sep);
  if (room !== 'slack') return null;
  return folder === 'features' ? `${folder}/${subfolder}` : folder;
}

/** Imports within slack that go up or sideways. */
function findSlackOffences(imports: readonly Import[]): Import[] {
  return imports.filter(({ from, to }) => {
    const [own, other] = [partOfSlack(from), partOfSlack(to)];
    if (own === null || other === null || own === other) return false;
    const below = own.startsWith('features/') ? BELOW_FEATURES : SLACK_FLOORS[own];
    return below?.includes(other) === false;
  });
}

const roomOf = (file: string): string => (file.split(path.sep)[0] ?? '').replace(/\.tsx?$/, '');
const crossings = listImports().filter(({ from, to }) => !to.startsWith('..') && roomOf(from) !== roomOf(to));

describe('imports run one way', () => {
  it('every room is on the map', () => {
    const rooms = new Set(listImports().map(({ from }) => roomOf(from)));
    expect([...rooms].filter((room) => !(room in ROOMS) && !ENTRIES.has(room))).toEqual([]);
  });

  it('no room imports one that stands above or beside it', () => {
    const wrong = crossings.filter(({ from, to }) => {
      const room = roomOf(from);
      return !ENTRIES.has(room) && !GROUND.includes(roomOf(to)) && !ROOMS[room]?.includes(roomOf(to));
    });
    expect(wrong).toEqual([]);
  });

  it('a room is entered by its door', () => {
    const around = crossings.filter(
      ({ from, to }) =>
        from !== 'main.ts' && to.includes(path.sep) && !/^[^/]+(\/embedded)?\/index\.ts$/.test(to),
    );
    expect(around).toEqual([]);
  });

  it('within billing features stand side by side on the order core, and none imports another', () => {
    expect(findBillingOffences(listImports())).toEqual([]);
    const planted = [
      { from: 'billing/orders/settle.ts', to: 'billing/kinds/recharge/notify-recharge.ts' },
      { from: 'billing/orders/outcome.ts', to: 'billing/approvals/close-for.ts' },
      { from: 'billing/cards/make-usable.ts', to: 'billing/kinds/recharge/retry-recharge.ts' },
      { from: 'billing/kinds/subscription/pay-period.ts', to: 'billing/kinds/recharge/settings.ts' },
      { from: 'billing/sharing/make-change.ts', to: 'billing/requests/close-requests.ts' },
      { from: 'billing/disputes/follow-dispute.ts', to: 'billing/features.ts' },
      { from: 'billing/disputes/follow-dispute.ts', to: 'billing/refunds/refund-claims.ts' },
      { from: 'billing/refunds/refund-claims.ts', to: 'billing/kinds/recharge/pause-after-refund.ts' },
      { from: 'billing/reversals/reverse-payment.ts', to: 'billing/refunds/notify-refund.ts' },
      { from: 'billing/deps.ts', to: 'billing/orders/order.ts' },
    ];
    const sound = [
      { from: 'billing/disputes/follow-dispute.ts', to: 'billing/reversals/reverse-payment.ts' },
      { from: 'billing/kinds/recharge/settings.ts', to: 'billing/orders/order.ts' },
      { from: 'billing/features.ts', to: 'billing/cards/card-link.ts' },
    ];
    expect(findBillingOffences([...planted, ...sound])).toEqual(planted);
  });

  it('within slack the kit knows no feature, no feature another one, and the copy neither', () => {
    expect(findSlackOffences(listImports())).toEqual([]);
    const planted = [
      { from: 'slack/kit/guard.ts', to: 'slack/features/requests/request-views.ts' },
      { from: 'slack/kit/modal.ts', to: 'slack/screens/purchase-modal.ts' },
      { from: 'slack/copy/balance.ts', to: 'slack/kit/blocks.ts' },
      { from: 'slack/features/cards/manage-cards.ts', to: 'slack/features/purchase/open-purchase.ts' },
      { from: 'slack/features/people/open-people.ts', to: 'slack/features.ts' },
      { from: 'slack/screens/home-tab.ts', to: 'slack/features/balance/feature.ts' },
    ];
    const sound = [
      { from: 'slack/features/cards/manage-cards.ts', to: 'slack/screens/render-order.ts' },
      { from: 'slack/features.ts', to: 'slack/features/cards/feature.ts' },
    ];
    expect(findSlackOffences([...planted, ...sound])).toEqual(planted);
  });
});
