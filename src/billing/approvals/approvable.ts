import type { Prisma, Queryable, Tx } from '../../db/index.ts';
import type { Logger } from '../../log.ts';
import type { Money } from '../../money.ts';
import type { NoticeFacts } from '../../notices/index.ts';
import type { AnswerRight, Company, Person, Scope } from '../../org/index.ts';
import type { LinedOrder, WantedLine } from '../orders/order-lines.ts';

type ApprovalNotice = Extract<NoticeFacts, { kind: 'approval' }>;
type ChangeFacts = NonNullable<ApprovalNotice['change']>;

/** A purchase, or a kind of change. */
export type ApprovableKind = 'purchase' | ChangeFacts['kind'];

/** A change as it is stored until it is approved: everything that is needed to make it then. */
export type StoredChange = Prisma.InputJsonObject & { kind: ChangeFacts['kind']; amount: string };

/** Who approved, `TEAM/USER` or `operator`, and what of the approval it takes to do what was asked. */
export interface Approved {
  approval: { companyId: bigint; askedBy: string };
  decidedBy: string;
  at: Date;
  log: Logger;
}

/**
 * Something that a second admin is asked about (R9). Each feature registers what it has: what is asked, by whose right,
 * and how it is done once it is approved. Everything runs under the company's lock.
 */
export interface Approvable<T> {
  readonly kind: ApprovableKind;
  /** Reads what was stored. Throws where it is nothing of this kind. */
  parse(stored: unknown): T;
  /** What it is about: at most one question with a key is open. Null: an order, which has one question at most. */
  keyOf(asked: T): string | null;
  /** Whose credits it is about; null: the company's rules. */
  scopesOf(asked: T): readonly Scope[] | null;
  /** What would be charged, at a time or each period: a decimal. */
  amountOf(asked: T): string;
  /** Who may answer, as things are now (R30). */
  rightToAnswer(db: Queryable, company: Pick<Company, 'id'>, asked: T): Promise<AnswerRight>;
  /** Whether somebody may still have what they asked for. */
  mayAsk(db: Queryable, person: Person, asked: T): Promise<boolean>;
  /** Whether it charges something in the moment it is approved. */
  chargesAtOnce(asked: T): boolean;
  /** Does what was approved, with the rights that the requester has now. Throws what doing it without a question throws. */
  apply(tx: Tx, asked: T, approved: Approved): Promise<void>;
  /** The question has ended; not approved: it is over. */
  onClosed?(tx: Tx, asked: T, isApproved: boolean): Promise<void>;
  /** What it would charge for each of its credits; none where it is a change. */
  linesOf?(asked: T): readonly WantedLine[];
  /** What its messages say of it; null: a purchase. */
  describe(asked: T): ChangeFacts | null;
  /** What the audit stores of it. */
  auditOf(asked: T): Record<string, string | boolean | null>;
}

/** What a question is about, with the feature that knows how to judge it and do it. */
export interface Subject {
  approvable: Approvable<LinedOrder | StoredChange>;
  asked: LinedOrder | StoredChange;
}

const registered = new Map<string, Subject['approvable']>();

/** Makes something known that can be approved; once for each, by the list of features. */
// biome-ignore lint/suspicious/noExplicitAny: each is given only what it has parsed itself
export function registerApprovable(approvable: Approvable<any>): void {
  registered.set(approvable.kind, approvable);
}

/** What is approved by this kind. Throws RangeError for one that no feature registered. */
export function approvableOf(kind: string): Subject['approvable'] {
  const approvable = registered.get(kind);
  if (approvable === undefined) throw new RangeError(`no feature has approvals of kind ${kind}`);
  return approvable;
}

/** An amount as a stored change has it. */
export function textOf(money: Money): string {
  return money.toFixed(2);
}
