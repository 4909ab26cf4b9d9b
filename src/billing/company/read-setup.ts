import type { Queryable } from '../../db/index.ts';
import type { Company } from '../../org/index.ts';

/** What a company has set up of what it needs to run by itself. */
export interface SetupState {
  /** A channel for receipts and alerts. */
  hasChannel: boolean;
  /** A card that can be charged, or billing by invoice. */
  canPay: boolean;
  /** Somebody beside one admin has a role. */
  hasPeople: boolean;
  hasAutoRecharge: boolean;
  /** Whether credits were ever added. */
  hasCredits: boolean;
}

export async function readSetup(db: Queryable, company: Company): Promise<SetupState> {
  const companyId = company.id;
  const [channels, cards, people, recharges, grants] = await Promise.all([
    db.noticeChannel.count({ where: { companyId } }),
    db.card.count({ where: { companyId, isDefault: true, removedAt: null } }),
    db.roleAssignment.groupBy({ by: ['userId'], where: { companyId, suspendedAt: null } }),
    db.rechargeSetting.count({ where: { companyId, isOn: true } }),
    db.creditGrant.findFirst({ where: { companyId }, select: { id: true } }),
  ]);
  return {
    hasChannel: channels > 0,
    canPay: company.billingMethod === 'invoice' || cards > 0,
    hasPeople: people.length > 1,
    hasAutoRecharge: recharges > 0,
    hasCredits: grants !== null,
  };
}
