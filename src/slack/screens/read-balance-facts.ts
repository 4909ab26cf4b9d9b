import {
  forecastRunways,
  type RechargeFacts,
  type Renewal,
  type RunwayFacts,
  readAmountToResume,
  readRecharges,
} from '../../billing/index.ts';
import type { CompanyBalance, WalletBalance } from '../../ledger/index.ts';
import type { Money } from '../../money.ts';
import { type CreditEnforcement, canBuyFor, type Person } from '../../org/index.ts';
import type { SlackContext } from '../kit/context.ts';
import { scopeOf } from './visible-wallets.ts';

/** A company's balance, and what stands beside it. */
export interface BalanceFacts {
  balance: CompanyBalance;
  recharges: readonly RechargeFacts[];
  renewals: readonly Renewal[];
  /** How long the credits last, those that end first before the others. */
  runways: readonly RunwayFacts[];
  /** What to add where something is overdrawn or out of credits, by wallet. */
  resumes: ReadonlyMap<bigint, Money>;
  enforcement: CreditEnforcement;
  /** Whether credits were ever added. */
  hadCredits: boolean;
}

/** Reads it for a person who may see money, as it was at some time since it was asked for. */
export async function readBalanceFacts(
  ctx: SlackContext,
  person: Person,
  askedAt = performance.now(),
): Promise<BalanceFacts> {
  const figures = await ctx.readFigures(person.company.id, askedAt);
  const { balance, enforcement, renewals, recharge, usage, hadCredits } = figures;
  const [recharges, resumes] = await Promise.all([
    readRecharges(ctx, person, recharge),
    readResumeAmounts(ctx, person, balance),
  ]);
  const runways = forecastRunways(person, { balance, recharges, renewals, usage });
  return { balance, recharges, renewals, runways, resumes, enforcement, hadCredits };
}

/** Of the wallets that this person may add credits to now; missing where the limits leave nothing that can be bought. */
async function readResumeAmounts(
  ctx: SlackContext,
  person: Person,
  { wallets, at }: CompanyBalance,
): Promise<ReadonlyMap<bigint, Money>> {
  const amounts = new Map<bigint, Money>();
  if (person.company.state !== 'active') return amounts;
  for (const wallet of wallets) {
    if (!needsCredits(wallet) || !canBuyFor(person, scopeOf(wallet))) continue;
    const toAdd = await readAmountToResume(ctx.db, person.company, wallet, at);
    if (toAdd !== null) amounts.set(wallet.walletId, toAdd.amount);
  }
  return amounts;
}

const needsCredits = ({ debt, level }: WalletBalance): boolean =>
  debt.calls.plus(debt.ai).greaterThan(0) || level.calls === 'out';
