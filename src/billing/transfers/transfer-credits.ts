import { Decimal } from 'decimal.js';
import { inTransaction, type Queryable, type Tx } from '../../db/index.ts';
import { RefillError } from '../../errors.ts';
import { lockBook, moveCredits, readBalance, type WalletBalance } from '../../ledger/index.ts';
import { dollars, formatDollars, fromMicros, type Money } from '../../money.ts';
import { postNotice } from '../../notices/index.ts';
import {
  actorOf,
  isCompanyAdmin,
  lockForPerson,
  type Office,
  type Person,
  recordAudit,
} from '../../org/index.ts';
import type { BillingDeps } from '../deps.ts';
import { markOf } from '../orders/review-mark.ts';

/** So much from one office to another. */
export interface TransferChoice {
  fromOfficeId: bigint;
  toOfficeId: bigint;
  /** In whole cents. */
  amount: Money;
}

/** One side of a move: what calls and messages can spend there before and after it. */
interface TransferSide {
  name: string;
  before: Money;
  after: Money;
}

export interface TransferReview {
  /** Of what this review says besides balances; making the move carries it back. */
  mark: string;
  amount: Money;
  from: TransferSide;
  to: TransferSide;
  /** The giver comes to stand below the threshold of its auto-recharge, which is on; null where it does not. */
  rechargeBelow: Money | null;
}

export type TransferOutcome =
  | { outcome: 'moved' | 'already'; review: TransferReview }
  /** Nothing was moved: the giver's auto-recharge would be triggered now, or not any more. */
  | { outcome: 'review-again'; review: TransferReview };

/** What each office has free to give, rounded down to cents; none while credits are shared. Throws RefillError `not-allowed`. */
export async function readTransferOffer(
  { db, clock }: Pick<BillingDeps, 'db' | 'clock'>,
  person: Person,
): Promise<{ officeId: bigint; name: string; free: Money }[]> {
  requireAdmin(person);
  if (person.company.pooled) return [];
  const { wallets } = await readBalance(db, person.company.id, clock.now());
  return person.offices.flatMap(({ id, name }) => {
    const wallet = wallets.find(({ officeId }) => officeId === id);
    return wallet === undefined ? [] : [{ officeId: id, name, free: freeOf(wallet) }];
  });
}

/**
 * What a move would do, before it is made. Throws RefillError `not-allowed`, `bad-facts` for no amount in whole cents,
 * `office-unknown` (also for one office twice, and while credits are shared), `move-too-large`.
 */
export async function reviewTransfer(
  { db, clock }: Pick<BillingDeps, 'db' | 'clock'>,
  person: Person,
  choice: TransferChoice,
): Promise<TransferReview> {
  requireAdmin(person);
  return await judge(db, person, choice, clock.now());
}

/**
 * Moves general credits as they were reviewed, once for the token: a second click finds it done. It counts in no limit, and
 * what it triggers of auto-recharge was said in the review. Throws what `reviewTransfer` throws. Applies R9.26.
 */
export async function transferCredits(
  deps: Pick<BillingDeps, 'db' | 'clock'>,
  person: Person,
  { token, mark, ...choice }: TransferChoice & { token: string; mark: string },
): Promise<TransferOutcome> {
  const at = deps.clock.now();
  return await inTransaction(deps.db, async (tx) => {
    const admin = await lockForPerson(tx, person);
    requireAdmin(admin);
    const companyId = admin.company.id;
    const done = await tx.audit.findFirst({
      where: { companyId, action: 'credits-moved', details: { path: ['token'], equals: token } },
    });
    if (done !== null) return { outcome: 'already', review: await describeDone(tx, admin, choice, at) };
    // From here on no usage moves the figures that the move is judged by.
    await lockBook(tx, companyId);
    const review = await judge(tx, admin, choice, at);
    if (review.mark !== mark) return { outcome: 'review-again', review };
    await moveCredits(tx, {
      companyId,
      ...choice,
      key: `transfer:${token}`,
      actor: actorOf(admin),
      reason: `Moved from ${review.from.name} to ${review.to.name}`,
      at,
    });
    const moved = await describeDone(tx, admin, choice, at);
    await record(tx, admin, { choice, token, review: moved, at });
    return { outcome: 'moved', review: moved };
  });
}

function requireAdmin(person: Person): void {
  if (!isCompanyAdmin(person))
    throw new RefillError('not-allowed', 'Only company admins move credits between offices.');
}

const freeOf = ({ freeGeneral }: WalletBalance): Money =>
  Decimal.max(freeGeneral, dollars('0')).toDecimalPlaces(2, Decimal.ROUND_DOWN);

/** Both sides as they are. */
async function readSides(db: Queryable, person: Person, choice: TransferChoice, at: Date) {
  const { wallets, pooled } = await readBalance(db, person.company.id, at);
  const side = (id: bigint): { office: Office; wallet: WalletBalance } => {
    const office = person.offices.find((each) => each.id === id);
    const wallet = wallets.find(({ officeId }) => officeId === id);
    if (office === undefined || wallet === undefined || pooled || choice.fromOfficeId === choice.toOfficeId)
      throw new RefillError('office-unknown', 'Choose two offices that have credits of their own.');
    return { office, wallet };
  };
  return { from: side(choice.fromOfficeId), to: side(choice.toOfficeId) };
}

async function judge(
  db: Queryable,
  person: Person,
  choice: TransferChoice,
  at: Date,
): Promise<TransferReview> {
  const { amount } = choice;
  if (!amount.isPositive() || amount.isZero() || amount.decimalPlaces() > 2)
    throw new RefillError('bad-facts', 'A move is an amount above zero, in whole cents.');
  const { from, to } = await readSides(db, person, choice, at);
  const free = freeOf(from.wallet);
  if (amount.greaterThan(free))
    throw new RefillError('move-too-large', `${from.office.name} has ${formatDollars(free)} to give.`, {
      free,
    });
  const setting = await db.rechargeSetting.findUnique({
    where: { companyId_walletId: { companyId: person.company.id, walletId: from.wallet.walletId } },
  });
  const threshold = setting?.isOn === true ? fromMicros(setting.thresholdMicros) : null;
  const isBelow = threshold !== null && from.wallet.freeGeneral.minus(amount).lessThan(threshold);
  const rechargeBelow = isBelow ? threshold : null;
  const [before, beforeTo] = [from.wallet.available.calls, to.wallet.available.calls];
  return {
    mark: markOf([choice.fromOfficeId, choice.toOfficeId, amount.toFixed(2), rechargeBelow !== null]),
    amount,
    from: { name: from.office.name, before, after: before.minus(amount) },
    to: { name: to.office.name, before: beforeTo, after: beforeTo.plus(amount) },
    rechargeBelow,
  };
}

/** A move that was made: both sides as they are now. */
async function describeDone(
  tx: Tx,
  person: Person,
  choice: TransferChoice,
  at: Date,
): Promise<TransferReview> {
  const { from, to } = await readSides(tx, person, choice, at);
  const { amount } = choice;
  const [after, afterTo] = [from.wallet.available.calls, to.wallet.available.calls];
  return {
    mark: '',
    amount,
    from: { name: from.office.name, before: after.plus(amount), after },
    to: { name: to.office.name, before: afterTo.minus(amount), after: afterTo },
    rechargeBelow: null,
  };
}

/** Who moved what, for the audit and the channel (R27, R28). */
async function record(
  tx: Tx,
  admin: Person,
  { choice, token, review, at }: { choice: TransferChoice; token: string; review: TransferReview; at: Date },
): Promise<void> {
  const { company } = admin;
  const { from, to } = review;
  const amount = choice.amount.toFixed(2);
  await recordAudit(tx, {
    companyId: company.id,
    at,
    actor: actorOf(admin),
    surface: 'slack',
    action: 'credits-moved',
    details: { token, amount, from: choice.fromOfficeId.toString(), to: choice.toOfficeId.toString() },
  });
  await postNotice(tx, {
    companyId: company.id,
    dedupeKey: `credits-moved:${token}`,
    at,
    facts: {
      kind: 'credits_moved',
      byUserId: admin.userId,
      amount,
      from: { name: from.name, balance: from.after.toFixed() },
      to: { name: to.name, balance: to.after.toFixed() },
      at: at.toISOString(),
      timeZone: company.timeZone,
    },
  });
}
