import type { Clock } from '../clock.ts';
import { type Db, inTransaction, type Tx } from '../db/index.ts';
import { DAY_MS } from '../durations.ts';
import { type Level, readBalance, type UsageClass, type WalletBalance } from '../ledger/index.ts';
import type { Money } from '../money.ts';
import {
  type Company,
  encodeScope,
  findCompany,
  labelScope,
  listOffices,
  lockCompany,
  readEnforcement,
} from '../org/index.ts';
import type { JobPayload } from '../queue/index.ts';
import { recordEvent } from './events/record-event.ts';
import { postBalanceAlert } from './summary/post-balance-alert.ts';

/** While a balance hovers around a level, a notice repeats at most once in this time (R27). */
const COOL_DOWN_MS = DAY_MS;

type WatchJob = JobPayload<'watch-balance'>;
/** The levels that have a notice. */
type AlertLevel = Exclude<Level, 'ok'>;

/** Whether auto-recharge is set for a wallet, and on its way for what it lacks. */
export type RechargeCheck = (
  tx: Tx,
  companyId: bigint,
  wallet: WalletBalance,
) => Promise<{ isOn: boolean; isUnderWay: boolean }>;

/** The purchase that brings a wallet back above its level, in dollars; null where no purchase may. */
type AdditionCheck = (
  tx: Tx,
  company: Company,
  wallet: WalletBalance,
  at: Date,
) => Promise<{ amount: Money } | null>;

interface Alert {
  company: Company;
  wallet: WalletBalance;
  class: UsageClass;
  isRechargeOn: boolean;
  readAddition: AdditionCheck;
  now: Date;
}

/**
 * Decides what a class of a wallet needs once it crossed a level, from the balance as it is now: the crossing only
 * woke us, and may be over. Each level has one notice a crossing and none within the cooldown; back above it,
 * the same message says so. One that is below it still is revised to the figures of now (R27.8). What a recharge is about to mend is not called low. While everything is out, "low" is not
 * said as well. Applies R27.2.
 */
export async function watchBalance(
  deps: { db: Db; clock: Clock; checkRecharge?: RechargeCheck; readAddition?: AdditionCheck },
  watched: WatchJob,
): Promise<void> {
  const { class: usageClass } = watched;
  await inTransaction(deps.db, async (tx) => {
    // One decision at a time: the alert may not exist yet and cannot be locked, so the company is the lock.
    await lockCompany(tx, watched.companyId);
    const company = await findCompany(tx, watched.companyId);
    if (company === null) return;
    const now = deps.clock.now();
    const { wallets, pooled } = await readBalance(tx, company.id, now);
    const wallet = wallets.find(({ walletId }) => walletId === watched.walletId);
    if (wallet === undefined) return;
    const isShared = pooled && usageClass === 'ai';
    const isMissed = (isShared ? wallets : [wallet]).some((one) => isInUse(one, usageClass));
    const recharge = await deps.checkRecharge?.(tx, company.id, wallet);
    const readAddition = deps.readAddition ?? (async () => null);
    const isRechargeOn = recharge?.isOn === true;
    const story = { company, wallet, class: usageClass, isRechargeOn, readAddition, now };
    const isOut = wallet.level[usageClass] === 'out';
    // Shared credits and the primary office's bundle pay AI together: whichever of them woke us, it is one interruption.
    const payer = isShared ? wallets.find(({ officeId }) => officeId === null) : wallet;
    // A notice is marked as recovered also where the wallet is not used any more.
    if (payer !== undefined && (isMissed || !isOut))
      await follow(tx, { ...story, wallet: payer }, 'out', isOut);
    if (isOut) return;
    const isLow = wallet.level[usageClass] === 'low';
    // The recharge posts its own notice, whatever its outcome.
    const isNotified = isLow && recharge?.isUnderWay === true;
    if (isMissed || !isLow) await follow(tx, story, 'low', isLow, isNotified);
  });
}

/** Whether a class is in use: a company without AI agents needs no notice about AI credits that its calls used up. */
export function isInUse(
  wallet: Pick<WalletBalance, 'debt' | 'held' | 'bundles'>,
  usageClass: UsageClass,
): boolean {
  return (
    usageClass === 'calls' ||
    wallet.debt.ai.greaterThan(0) ||
    wallet.held.ai.greaterThan(0) ||
    wallet.bundles.some(({ kind }) => kind === 'ai')
  );
}

/** Updates the stored state of one level, and its message. `isNotified`: a crossing is not, as another notice reports it. */
async function follow(
  tx: Tx,
  story: Alert,
  level: AlertLevel,
  isBelow: boolean,
  isNotified = false,
): Promise<void> {
  const { company, wallet, now } = story;
  const key = { companyId: company.id, walletId: wallet.walletId, class: story.class, level };
  const where = { companyId_walletId_class_level: key };
  const alert = await tx.balanceAlert.findUnique({ where });
  if (isBelow === (alert?.isLow ?? false)) {
    // Its message, and the amount on its button, are brought up to date; nothing is told anew.
    if (alert !== null && isBelow) await tell(tx, story, level, alert);
    return;
  }
  if (isNotified) return;
  const isSameAlert = alert !== null && (!isBelow || now.getTime() - alert.toldAt.getTime() < COOL_DOWN_MS);
  const state = {
    isLow: isBelow,
    lowSince: isBelow || alert === null ? now : alert.lowSince,
    toldAt: isSameAlert ? alert.toldAt : now,
    dedupeKey: isSameAlert
      ? alert.dedupeKey
      : `balance:${wallet.walletId}:${story.class}:${level}:${now.toISOString()}`,
  };
  await tx.balanceAlert.upsert({ where, create: { ...key, ...state }, update: state });
  await tell(tx, story, level, state);
  await recordCrossing(tx, story, level, isBelow);
}

/** Records an event for the company's phone system at each crossing, without a cooldown. */
async function recordCrossing(tx: Tx, story: Alert, level: AlertLevel, isBelow: boolean): Promise<void> {
  const { company, wallet, class: usageClass, now } = story;
  const { officeId } = wallet;
  const office =
    officeId === null
      ? null
      : await tx.office.findUnique({ where: { companyId_id: { companyId: company.id, id: officeId } } });
  const crossed = level === 'out' ? 'balance.exhausted' : 'balance.low';
  await recordEvent(tx, {
    companyId: company.id,
    at: now,
    event: {
      type: isBelow ? crossed : 'balance.restored',
      data: {
        office: office?.externalRef ?? null,
        office_name: office?.name ?? null,
        is_shared: officeId === null,
        class: usageClass,
        level: wallet.level[usageClass],
        available: wallet.available[usageClass].toFixed(),
      },
    },
  });
}

async function tell(
  tx: Tx,
  { company, wallet, class: usageClass, isRechargeOn, readAddition, now }: Alert,
  level: AlertLevel,
  alert: { isLow: boolean; lowSince: Date; dedupeKey: string },
): Promise<void> {
  const offices = await listOffices(tx, company.id);
  const { officeId } = wallet;
  const scope = officeId === null ? ({ kind: 'company' } as const) : ({ kind: 'office', officeId } as const);
  const available = wallet.available[usageClass].toFixed();
  const addition = alert.isLow && level === 'out' ? await readAddition(tx, company, wallet, now) : null;
  await postBalanceAlert(tx, {
    companyId: company.id,
    dedupeKey: alert.dedupeKey,
    at: now,
    facts: {
      kind: 'low_balance',
      scopeLabel: labelScope({ company, offices }, scope),
      scope: encodeScope(scope),
      class: usageClass,
      level,
      available,
      alertAt: wallet.watch[usageClass]?.toFixed() ?? null,
      token: wallet.walletId.toString(),
      isRechargeOn,
      isEnforced: (await readEnforcement(tx, company.id, now)) === 'enforced',
      toAdd: addition === null ? null : addition.amount.toFixed(2),
      recovered: alert.isLow ? null : { at: now.toISOString(), balance: available },
      since: alert.lowSince.toISOString(),
      timeZone: company.timeZone,
    },
  });
}
