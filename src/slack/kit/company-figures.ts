import {
  type RechargeFigures,
  type Renewal,
  readRechargeFigures,
  readRenewals,
  readRunwayUsage,
} from '../../billing/index.ts';
import type { Clock } from '../../clock.ts';
import type { Db } from '../../db/index.ts';
import { type CompanyBalance, readBalance, type UsageOfDay } from '../../ledger/index.ts';
import { type CreditEnforcement, readEnforcement } from '../../org/index.ts';

/** What of a company's balance is the same for everybody who may see it. */
export interface CompanyFigures {
  balance: CompanyBalance;
  enforcement: CreditEnforcement;
  renewals: readonly Renewal[];
  recharge: RechargeFigures;
  /** What forecasts go by. */
  usage: readonly UsageOfDay[];
  /** Whether it ever had credits. */
  hadCredits: boolean;
}

/** Reads it as it is now. Throws RefillError `no-book`. */
export async function readCompanyFigures(
  { db, clock }: { db: Db; clock: Clock },
  companyId: bigint,
): Promise<CompanyFigures> {
  const at = clock.now();
  const [balance, enforcement, renewals, grant] = await Promise.all([
    readBalance(db, companyId, at),
    readEnforcement(db, companyId, at),
    readRenewals(db, companyId),
    db.creditGrant.findFirst({ where: { companyId }, select: { id: true } }),
  ]);
  const [recharge, usage] = await Promise.all([
    readRechargeFigures(db, companyId, balance),
    readRunwayUsage(db, companyId, balance),
  ]);
  return { balance, enforcement, renewals, recharge, usage, hadCredits: grant !== null };
}
