/**
 * What the books say, by going through all of them: everything is read once, plainly, and each question is answered with
 * filters and sums over that. No index, no page, no running balance and no quarter-hour is trusted.
 */
import type { Entry, UsageRecord } from '../../src/db/generated/client.ts';
import type { Queryable } from '../../src/db/index.ts';

export type Kind = 'general' | 'calling' | 'ai';
export type Class = 'calls' | 'ai';

/** What an entry moved: so much of a grant, or of a class's debt. */
export interface DumpedPart {
  grantId: bigint | null;
  debtOf: Class | null;
  micros: bigint;
}

export interface DumpedEntry {
  walletId: bigint;
  seq: bigint;
  type: string;
  class: Class | null;
  micros: bigint;
  postedAt: number;
  /** Of usage and what came after it: its record, and of which kind that was when the entry was posted. */
  record: { source: string; externalId: string; category: string } | null;
  parts: DumpedPart[];
}

export interface DumpedGrant {
  id: bigint;
  walletId: bigint;
  kind: Kind;
  effectiveAt: number;
  expiresAt: number;
}

/** A record as it counts now. */
export interface DumpedUsage {
  source: string;
  externalId: string;
  officeId: bigint;
  departmentId: bigint | null;
  memberId: bigint | null;
  category: string;
  usageAt: number;
  billedSeconds: number;
  durationMs: number;
  quantity: number;
  micros: bigint;
}

export interface Dump {
  pooled: boolean;
  wallets: { id: bigint; officeId: bigint | null; isPrimary: boolean }[];
  entries: DumpedEntry[];
  grants: DumpedGrant[];
  usages: DumpedUsage[];
  holds: { class: Class; ownWalletId: bigint; own: bigint; paidWalletId: bigint; paid: bigint }[];
}

/** Every row of a company's books, as they stand. */
export async function dumpBooks(db: Queryable, companyId: bigint): Promise<Dump> {
  const book = await db.book.findUniqueOrThrow({ where: { companyId } });
  const [wallets, entries, splits, grants, records, holds] = await Promise.all([
    db.wallet.findMany({ where: { companyId } }),
    db.entry.findMany({ where: { companyId } }),
    db.entrySplit.findMany({ where: { companyId } }),
    db.$queryRaw<{ id: bigint; wallet_id: bigint; kind: Kind; from: number; to: number | null }[]>`
      SELECT id, wallet_id, kind, extract(epoch FROM effective_at)::float8 * 1000 AS from,
        CASE WHEN isfinite(expires_at) THEN extract(epoch FROM expires_at)::float8 * 1000 END AS to
      FROM credit_grant WHERE company_id = ${companyId}`,
    db.usageRecord.findMany({ where: { companyId } }),
    db.hold.findMany({ where: { companyId, state: 'open' } }),
  ]);
  return {
    pooled: book.pooled,
    wallets: wallets.map(({ id, officeId }) => ({ id, officeId, isPrimary: id === book.primaryWalletId })),
    entries: entries.map((entry) => ({
      walletId: entry.walletId,
      seq: entry.seq,
      type: entry.type,
      class: entry.class as Class | null,
      micros: entry.amountMicros,
      postedAt: entry.postedAt.getTime(),
      record: entry.usageAt === null ? null : recordAt(entry, records),
      parts: entry.isSplit
        ? splits
            .filter((split) => split.walletId === entry.walletId && split.seq === entry.seq)
            .toSorted((a, b) => a.part - b.part)
            .map((split) => ({
              grantId: split.grantId,
              debtOf: split.debtClass as Class | null,
              micros: split.amountMicros,
            }))
        : [
            {
              grantId: entry.grantId,
              debtOf: entry.grantId === null ? (entry.class as Class | null) : null,
              micros: entry.amountMicros,
            },
          ],
    })),
    grants: grants.map(({ id, wallet_id, kind, from, to }) => ({
      id,
      walletId: wallet_id,
      kind,
      effectiveAt: Math.round(from),
      expiresAt: to === null ? Number.POSITIVE_INFINITY : Math.round(to),
    })),
    usages: records
      .filter((one) => !records.some((other) => isSame(one, other) && other.revision > one.revision))
      .map((one) => ({
        source: one.source,
        externalId: one.externalId,
        officeId: one.officeId ?? 0n,
        departmentId: one.departmentId,
        memberId: one.memberId,
        category: one.category,
        usageAt: one.usageAt.getTime(),
        billedSeconds: one.billedSeconds,
        durationMs: Number(one.durationMs),
        quantity: one.quantity,
        micros: one.costMicros,
      })),
    holds: holds.map((hold) => ({
      class: hold.class as Class,
      ownWalletId: hold.ownWalletId,
      own: hold.ownMicros,
      paidWalletId: hold.paidWalletId,
      paid: hold.paidMicros,
    })),
  };
}

/** What was known of an entry's usage: the first revision, unless a later one posted this entry, or one before it there. */
function recordAt(entry: Entry, records: readonly UsageRecord[]) {
  const record = { source: entry.source, externalId: entry.reference };
  const revisions = records
    .filter((one) => isSame(one, record))
    .filter((one) => {
      const seq =
        one.ownWalletId === entry.walletId
          ? one.ownSeq
          : one.paidWalletId === entry.walletId
            ? one.paidSeq
            : null;
      return one.revision === 0 || (seq !== null && seq <= entry.seq);
    })
    .toSorted((a, b) => a.revision - b.revision);
  const known = revisions.at(-1);
  if (known === undefined) throw new Error('an entry of no record');
  return { ...record, category: known.category };
}

const isSame = (
  a: { source: string; externalId: string },
  b: { source: string; externalId: string },
): boolean => a.source === b.source && a.externalId === b.externalId;

export const sum = (amounts: readonly bigint[]): bigint => amounts.reduce((total, each) => total + each, 0n);

/** A wallet's figures at an instant by posting time: the parts of all its entries until then. */
export function figuresAt(dump: Dump, walletId: bigint, instant: number) {
  const entries = dump.entries.filter((entry) => entry.walletId === walletId && entry.postedAt <= instant);
  const parts = entries.flatMap((entry) => entry.parts);
  const kindOf = (part: DumpedPart) => dump.grants.find(({ id }) => id === part.grantId)?.kind;
  const ofKind = (kind: Kind) =>
    sum(parts.filter((part) => kindOf(part) === kind).map(({ micros }) => micros));
  const debt = (of: Class) => -sum(parts.filter((part) => part.debtOf === of).map(({ micros }) => micros));
  return {
    seq: BigInt(entries.length),
    balance: sum(entries.map(({ micros }) => micros)),
    general: ofKind('general'),
    calling: ofKind('calling'),
    ai: ofKind('ai'),
    debtCalls: debt('calls'),
    debtAi: debt('ai'),
  };
}

/** What a class of a wallet's office can spend at an instant, as the books stand (R5, R6). */
export function availableAt(dump: Dump, walletId: bigint, of: Class, instant: number): bigint {
  const pool = dump.wallets.find(({ officeId }) => officeId === null)?.id ?? 0n;
  const primary = dump.wallets.find(({ isPrimary }) => isPrimary)?.id ?? 0n;
  const own = of === 'ai' && walletId !== pool ? primary : walletId;
  if (!dump.pooled) return spendable(dump, [own], of, instant);
  // The pool stands behind every office's holds, as far as the office's own bundle does not cover them.
  const behind = spendable(
    dump,
    [pool, ...dump.wallets.map(({ id }) => id).filter((id) => id !== pool)],
    of,
    instant,
  );
  if (of === 'calls' && own === pool) return behind;
  const office = of === 'ai' ? primary : own;
  return atLeastNothing(inForce(dump, office, of, instant) - held(dump, office, of)) + behind;
}

/** Of the first wallet, which covers what the bundles of the others do not. */
function spendable(dump: Dump, [walletId = 0n, ...others]: bigint[], of: Class, instant: number): bigint {
  const now = figuresAt(dump, walletId, Number.POSITIVE_INFINITY);
  const taken = (which: Class): bigint =>
    held(dump, walletId, which) +
    sum(others.map((id) => atLeastNothing(held(dump, id, which) - inForce(dump, id, which, instant))));
  const other = of === 'calls' ? 'ai' : 'calls';
  const otherBeyond = atLeastNothing(taken(other) - inForce(dump, walletId, other, instant));
  return (
    inForce(dump, walletId, of, instant) -
    (of === 'calls' ? now.debtCalls : now.debtAi) -
    taken(of) +
    atLeastNothing(now.general - otherBeyond)
  );
}

const atLeastNothing = (micros: bigint): bigint => (micros > 0n ? micros : 0n);

/** What is left of the wallet's bundles of a class that pay usage of this instant. */
function inForce(dump: Dump, walletId: bigint, of: Class, instant: number): bigint {
  const kind = of === 'calls' ? 'calling' : 'ai';
  const grants = dump.grants.filter(
    (grant) =>
      grant.walletId === walletId &&
      grant.kind === kind &&
      grant.effectiveAt <= instant &&
      instant < grant.expiresAt,
  );
  const parts = dump.entries.flatMap((entry) => entry.parts);
  return sum(
    parts.filter((part) => grants.some(({ id }) => id === part.grantId)).map(({ micros }) => micros),
  );
}

function held(dump: Dump, walletId: bigint, of: Class): bigint {
  const holds = dump.holds.filter((hold) => hold.class === of);
  const own = holds.filter((hold) => hold.ownWalletId === walletId).map((hold) => hold.own);
  const paid = holds.filter((hold) => hold.paidWalletId === walletId).map((hold) => hold.paid);
  return sum([...own, ...paid]);
}

export interface Question {
  officeIds?: readonly bigint[];
  departmentIds?: readonly bigint[];
  memberIds?: readonly bigint[];
  categories?: readonly string[];
}

/** The usage that a filter means, the newest first. */
export function usagesOf(dump: Dump, question: Question, isWithin: (at: number) => boolean): DumpedUsage[] {
  const isIn = <T>(list: readonly T[] | undefined, one: T | null): boolean =>
    list === undefined || (one !== null && list.includes(one));
  return dump.usages
    .filter(
      (usage) =>
        isWithin(usage.usageAt) &&
        isIn(question.officeIds, usage.officeId) &&
        isIn(question.departmentIds, usage.departmentId) &&
        isIn(question.memberIds, usage.memberId) &&
        isIn(question.categories, usage.category),
    )
    .toSorted((a, b) => (placeOf(a) < placeOf(b) ? 1 : -1));
}

const placeOf = (usage: DumpedUsage): string =>
  `${String(usage.usageAt).padStart(15, '0')} ${usage.source} ${usage.externalId}`;

/** What usages come to together. */
export function totalOf(usages: readonly DumpedUsage[]) {
  return {
    records: usages.length,
    billedSeconds: usages.reduce((total, each) => total + each.billedSeconds, 0),
    quantity: usages.reduce((total, each) => total + each.quantity, 0),
    micros: sum(usages.map(({ micros }) => micros)),
  };
}

/** What the usages of each group come to together. */
export function totalsBy<K>(usages: readonly DumpedUsage[], groupOf: (usage: DumpedUsage) => K) {
  const groups = new Set(usages.map(groupOf));
  return new Map(
    [...groups].map((group) => [group, totalOf(usages.filter((one) => groupOf(one) === group))]),
  );
}
