import type { Db } from '../../db/index.ts';
import { type Level, readBalance, type UsageClass, type WalletBalance } from '../../ledger/index.ts';
import { type CreditEnforcement, readEnforcement } from '../../org/index.ts';

interface ClassAvailability {
  /** Decimal dollars; below zero where it is overdrawn. */
  available: string;
  level: Level;
}

interface OfficeAvailability {
  /** The phone system's own id of the office, where the directory has one. */
  office: string | null;
  name: string;
  is_primary: boolean;
  calls: ClassAvailability;
  ai: ClassAvailability;
}

/**
 * What each office can spend now, by class; offices that share credits all have what they share. `enforcement`: whether people are
 * told that calls without credits are paused.
 */
export async function readAvailability(
  db: Db,
  companyId: bigint,
  at: Date,
): Promise<{ enforcement: CreditEnforcement; offices: OfficeAvailability[] }> {
  const { wallets } = await readBalance(db, companyId, at);
  const offices = await db.office.findMany({ where: { companyId }, orderBy: { id: 'asc' } });
  const describe = (wallet: WalletBalance, usageClass: UsageClass): ClassAvailability => ({
    available: wallet.available[usageClass].toFixed(),
    level: wallet.level[usageClass],
  });
  const available = offices.flatMap(({ id, externalRef, name, isPrimary }) => {
    const wallet = wallets.find(({ officeId }) => officeId === id);
    if (wallet === undefined) return [];
    return {
      office: externalRef,
      name,
      is_primary: isPrimary,
      calls: describe(wallet, 'calls'),
      ai: describe(wallet, 'ai'),
    };
  });
  return { enforcement: await readEnforcement(db, companyId, at), offices: available };
}
