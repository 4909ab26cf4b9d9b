/** Which sources are mutated, and the tests that are to notice: in two goes, the likeliest first. */
interface Related {
  sources: RegExp;
  first: readonly string[];
  next: readonly string[];
}

const BILLING = 'test/integration/billing';
const billing = (...names: string[]): string[] => names.map((name) => `${BILLING}/${name}.test.ts`);
const slack = (...names: string[]): string[] => names.map((name) => `test/slack/${name}.test.ts`);

/** The first row that a source fits is its own. */
export const relatedTests: readonly Related[] = [
  {
    sources: /^src\/billing\/.*recharge/,
    first: billing('recharge', 'bounds', 'neighbours', 'claims', 'races'),
    next: [BILLING, ...slack('recharge', 'approved-changes')],
  },
  {
    sources: /^src\/billing\/.*(subscription|period|bundle|recurring)/,
    first: billing('subscriptions', 'renewals', 'bounds', 'repeated-clicks'),
    next: [BILLING, ...slack('bundles', 'approved-changes')],
  },
  {
    sources: /^src\/billing\/.*(approval|request)/,
    first: billing('approvals', 'bounds', 'claims', 'people'),
    next: [BILLING, ...slack('approvals', 'approved-changes', 'requests')],
  },
  {
    sources: /^src\/billing\/.*(invoice|mirror)/,
    first: ['test/unit/billing', ...billing('exposure', 'invoice-mirror', 'subscriptions')],
    next: [BILLING, ...slack('invoices')],
  },
  {
    sources: /^src\/billing\/.*(sharing|settings|drafts|move|company)/,
    first: [
      ...billing('sharing', 'drafts', 'people'),
      ...slack('settings'),
      'test/integration/org/company-move.test.ts',
    ],
    next: [BILLING, ...slack('sharing'), 'test/integration/cli/company.test.ts'],
  },
  {
    sources: /^src\/billing\/.*card/,
    first: billing('card-answers', 'claims', 'repeated-clicks', 'neighbours'),
    next: [BILLING, ...slack('card')],
  },
  {
    sources: /^src\/billing\/.*(forecast|runway|renewals)/,
    first: ['test/unit/billing', ...billing('forecast', 'renewals')],
    next: [BILLING],
  },
  {
    sources: /^src\/billing\//,
    first: [
      'test/unit/billing',
      ...billing('purchase', 'settlement', 'neighbours', 'claims', 'failed-intents'),
    ],
    next: [BILLING, ...slack('purchase'), 'test/integration/http/guarded-endpoints.test.ts'],
  },
  {
    sources: /^src\/notices\//,
    first: ['test/integration/notices'],
    next: [...billing('reported-complaints.long', 'approvals'), ...slack('outages', 'purchase', 'requests')],
  },
  {
    sources: /^src\/org\//,
    first: ['test/integration/org', ...billing('people')],
    next: [
      ...billing('approvals', 'claims', 'sharing'),
      ...slack('access', 'roles', 'people'),
      'test/integration/cli',
    ],
  },
  {
    sources: /^src\/usage\//,
    first: ['test/unit/usage', 'test/integration/usage'],
    next: ['test/integration/http', ...slack('usage', 'export')],
  },
  {
    sources: /^src\/queue\//,
    first: ['test/unit/queue', 'test/faults/queue.test.ts'],
    next: ['test/integration/ledger/sweep.test.ts', ...slack('purchase')],
  },
  {
    sources: /^src\/http\//,
    first: ['test/unit/http', 'test/integration/http'],
    next: ['test/integration/usage/ingest.test.ts', ...slack('card')],
  },
  {
    sources: /^src\/slack\/(access\/|guard|http-delivery|read-|typed-text|.*\/require-)/,
    first: ['test/unit/slack', ...slack('access', 'forged')],
    next: ['test/integration/http/guarded-endpoints.test.ts', ...slack('roles', 'people', 'outages')],
  },
  {
    sources: /^prisma\/functions\//,
    first: ['test/integration/ledger'],
    next: ['test/integration/usage', ...billing('sharing', 'races', 'recharge'), 'test/integration/notices'],
  },
];

/** The row of a source; undefined where it is not mutated. Lists of names, sentences and shapes decide nothing. */
export function findRelated(file: string): Related | undefined {
  if (/(index|types|deps)\.ts$|^src\/notices\/facts\//.test(file)) return undefined;
  return relatedTests.find(({ sources }) => sources.test(file));
}
