import { z } from 'zod';
import type { Clock } from '../../clock.ts';
import type { Db, Prisma, Tx } from '../../db/index.ts';
import { DAY_MS } from '../../durations.ts';
import { newToken } from '../../token.ts';

/** How long a form or a review may stay open. */
const DRAFT_FOR_MS = DAY_MS;

/** What is drafted. */
export const draftKind = z.enum(['document', 'recharge', 'settings', 'sharing']);
type DraftKind = z.infer<typeof draftKind>;

/** Whose drafts: `actor` is `TEAM/USER`, or `operator`; another's token is no token. */
interface DraftOwner {
  kind: DraftKind;
  companyId: bigint;
  actor: string;
}

/** A change under way in a form, of which the form carries the token alone. `data` is its kind's own. */
export interface Draft {
  token: string;
  data: Prisma.JsonValue;
  /** Counts its reviews. */
  version: number;
  createdAt: Date;
}

/** Stores a draft and returns its token. */
export async function createDraft(
  tx: Tx,
  owner: DraftOwner,
  data: Prisma.InputJsonValue,
  at: Date,
): Promise<string> {
  const token = newToken();
  await tx.draft.create({ data: { ...owner, token, data, createdAt: at } });
  return token;
}

/**
 * The owner's draft of this token; null: used already, forged, another's, or open for longer than a day, whether or not it
 * was swept since.
 */
export async function findDraft(
  db: Pick<Tx, 'draft'>,
  owner: DraftOwner,
  token: string,
  at: Date,
): Promise<Draft | null> {
  return await db.draft.findFirst({ where: { ...owner, token, createdAt: { gte: oldestOpened(at) } } });
}

/**
 * Replaces what a draft says, as its next version; null where another did in between. `at`: it counts as opened then.
 */
export async function updateDraft(
  tx: Tx,
  { token, version }: Draft,
  data: Prisma.InputJsonValue,
  at?: Date,
): Promise<Draft | null> {
  const [updated] = await tx.draft.updateManyAndReturn({
    where: { token, version },
    data: { data, version: { increment: 1 }, ...(at === undefined ? {} : { createdAt: at }) },
  });
  return updated ?? null;
}

/** The draft of this token, whose it is as well: for what a signature of ours vouches for. */
export async function findDraftOf(
  db: Pick<Tx, 'draft'>,
  kind: DraftKind,
  token: string,
  at: Date,
): Promise<(Draft & DraftOwner) | null> {
  const row = await db.draft.findFirst({ where: { kind, token, createdAt: { gte: oldestOpened(at) } } });
  return row === null ? null : { ...row, kind };
}

/** Uses a draft up; false where another did in between. */
export async function deleteDraft(tx: Tx, { token, version }: Draft): Promise<boolean> {
  return (await tx.draft.deleteMany({ where: { token, version } })).count > 0;
}

/** Closes a company's open forms, of one kind or of all. */
export async function closeDrafts(tx: Tx, companyId: bigint, kind?: DraftKind): Promise<void> {
  await tx.draft.deleteMany({ where: { companyId, ...(kind === undefined ? {} : { kind }) } });
}

/** Removes the drafts of forms that were left open for longer than a day. */
export async function sweepDrafts({ db, clock }: { db: Db; clock: Clock }): Promise<void> {
  await db.draft.deleteMany({ where: { createdAt: { lt: oldestOpened(clock.now()) } } });
}

const oldestOpened = (at: Date): Date => new Date(at.getTime() - DRAFT_FOR_MS);
