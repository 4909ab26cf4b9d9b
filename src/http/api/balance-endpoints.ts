import { z } from 'zod';
import { RefillError } from '../../errors.ts';
import { explainBalance, readBalance, type StatementEntry, type WalletBalance } from '../../ledger/index.ts';
import { listOfficeRefs } from '../../org/index.ts';
import { readCursor, writeCursor } from './cursors.ts';
import { type ApiCall, defineEndpoint, type Endpoint } from './endpoint.ts';
import { amount, instant, level, nextCursor, pageQuery, party, time, toParty } from './schemas.ts';

const ofClass = z
  .object({
    available: amount('Below zero where it is overdrawn.'),
    held: amount('Kept back for usage under way.'),
    debt: amount('What usage cost after the credits ran out; new credits pay it off first.'),
    level,
  })
  .meta({ id: 'ClassBalance', description: 'What one class of usage, calls or AI, can spend.' });

const wallet = z
  .object({
    office: party.nullable().meta({ description: 'Null: the credits that the offices share.' }),
    general: amount('Credits that pay for everything and do not expire.'),
    bundles: z.array(
      z
        .object({
          kind: z.enum(['calling', 'ai']),
          amount: amount('Credited for the period.'),
          remaining: amount('Left of it.'),
          period: z.enum(['monthly', 'annual']),
          expires_at: instant('What is left then expires.'),
        })
        .meta({ id: 'Bundle', description: 'A bundle in force.' }),
    ),
    calls: ofClass,
    ai: ofClass,
  })
  .meta({ id: 'Wallet', description: 'The credits of an office, or those that the offices share.' });

const entry = z
  .object({
    number: z.string().meta({ description: 'Its number in the wallet, without gaps.' }),
    posted_at: instant('When it was posted.'),
    type: z.enum([
      'grant',
      'fill',
      'usage',
      'correction',
      'refund',
      'lapse',
      'reversal',
      'move',
      'adjustment',
    ]),
    class: z.enum(['calls', 'ai']).nullable(),
    kind: z.string().nullable().meta({ description: 'Of usage: as of `GET /v1/usage`.' }),
    amount: amount('Below zero: it took credits.'),
    balance_after: amount(),
    source: z.string(),
    reference: z.string().meta({ description: 'What it was for: a record’s id, an order’s number.' }),
    usage_at: instant('Of usage: when it happened.').nullable(),
    paid_by: z
      .array(z.object({ credits: z.enum(['general', 'calling', 'ai', 'debt']), amount: amount() }))
      .meta({ description: 'Which credits it took from or gave to; `debt`: what is overdrawn.' }),
  })
  .meta({ id: 'Entry', description: 'One posting of the books.' });

const statementQuery = pageQuery.extend({
  from: time('Posted from this time on.'),
  to: time('Posted before this time; now by default.').optional(),
  office: z.string().optional().meta({
    description: 'Its id in the phone system, or its name; only of a company whose offices share no credits.',
  }),
});

export const BALANCE_ENDPOINTS: readonly Endpoint[] = [
  defineEndpoint({
    method: 'GET',
    path: '/v1/balance',
    operationId: 'readBalance',
    tag: 'Balance',
    summary: 'What a company has',
    description:
      'Each office’s credits, or those that the offices share, by kind, with what is held and owed. All of it is read at one moment.',
    scope: 'balance:read',
    reply: z.object({
      at: instant('When it was read.'),
      is_shared: z.boolean().meta({ description: 'Whether the offices share credits.' }),
      wallets: z.array(wallet),
    }),
    errors: ['no-book'],
    handle: describeBalance,
  }),
  defineEndpoint({
    method: 'GET',
    path: '/v1/statement',
    operationId: 'readStatement',
    tag: 'Balance',
    summary: 'Entries of a period, from the opening to the closing balance',
    description:
      'The oldest first, by the time of posting. The opening balance and all entries make the closing balance, exactly.',
    scope: 'statement:read',
    query: statementQuery,
    reply: z.object({
      office: party.nullable(),
      opening_balance: amount('Just before the period.'),
      closing_balance: amount('At its end.'),
      entries: z.array(entry),
      next_cursor: nextCursor,
    }),
    errors: ['bad-cursor', 'no-book'],
    handle: readPage,
  }),
];

/** A company's wallets with whose they are: those that its credits are in now. */
async function readWallets({ deps, key }: ApiCall) {
  const { at, pooled, wallets } = await readBalance(deps.db, key.companyId, deps.clock.now());
  const offices = await listOfficeRefs(deps.db, key.companyId);
  const inUse = wallets.filter(({ officeId }) => (officeId === null) === pooled);
  return {
    at,
    pooled,
    wallets: inUse.map((each) => {
      const office = offices.find(({ id }) => id === each.officeId);
      return { ...each, office: office === undefined ? null : toParty(office) };
    }),
  };
}

async function describeBalance(call: ApiCall) {
  const { at, pooled, wallets } = await readWallets(call);
  return {
    at: at.toISOString(),
    is_shared: pooled,
    wallets: wallets.map((each) => ({
      office: each.office,
      general: each.general.toFixed(),
      bundles: each.bundles.map((bundle) => ({
        kind: bundle.kind,
        amount: bundle.amount.toFixed(),
        remaining: bundle.remaining.toFixed(),
        period: bundle.period,
        expires_at: bundle.expiresAt.toISOString(),
      })),
      calls: describeClass(each, 'calls'),
      ai: describeClass(each, 'ai'),
    })),
  };
}

function describeClass(of: WalletBalance, usageClass: 'calls' | 'ai'): z.input<typeof ofClass> {
  return {
    available: of.available[usageClass].toFixed(),
    held: of.held[usageClass].toFixed(),
    debt: of.debt[usageClass].toFixed(),
    level: of.level[usageClass],
  };
}

async function readPage(call: ApiCall<z.output<typeof statementQuery>>) {
  const { deps, key, query } = call;
  const { from, to = deps.clock.now(), limit } = query;
  if (from >= to) throw new RefillError('bad-query', 'from: must be before to');
  const found = await findWallet(call, query.office);
  const [after] = readCursor(call, query.cursor) ?? [];
  const explained = await explainBalance(deps.db, {
    companyId: key.companyId,
    walletId: found.walletId,
    from,
    to,
    limit,
    ...(after === undefined ? {} : { after: BigInt(after) }),
  });
  if (explained === null) throw new Error('a wallet that was found has entries');
  const { opening, closing, entries, next } = explained;
  return {
    office: found.office,
    opening_balance: opening.balance.toFixed(),
    closing_balance: closing.balance.toFixed(),
    entries: entries.map(describeEntry),
    next_cursor: writeCursor(call, next === null ? null : [next.toString()]),
  };
}

async function findWallet(call: ApiCall, named: string | undefined) {
  const { wallets } = await readWallets(call);
  const [only] = wallets;
  if (named === undefined) {
    if (only !== undefined && wallets.length === 1) return only;
    const names = wallets.map(({ office }) => office?.name).join(', ');
    throw new RefillError('bad-query', `office: is missing; there are ${names}`);
  }
  const found =
    wallets.find(({ office }) => office?.id === named) ??
    wallets.find(({ office }) => office?.name === named);
  if (found !== undefined) return found;
  throw new RefillError(
    'bad-query',
    `office: ${JSON.stringify(named.slice(0, 60))} has no credits of its own`,
  );
}

function describeEntry(of: StatementEntry): z.input<typeof entry> {
  return {
    number: of.seq.toString(),
    posted_at: of.postedAt.toISOString(),
    type: of.type,
    class: of.class,
    kind: of.category,
    amount: of.amount.toFixed(),
    balance_after: of.balanceAfter.toFixed(),
    source: of.source,
    reference: of.reference,
    usage_at: of.usageAt?.toISOString() ?? null,
    paid_by: of.parts.map((part) => ({
      credits: 'kind' in part ? part.kind : 'debt',
      amount: part.amount.toFixed(),
    })),
  };
}
