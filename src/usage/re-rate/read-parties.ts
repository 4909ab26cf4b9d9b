import type { Queryable } from '../../db/index.ts';
import type { BookedUsage } from '../../ledger/index.ts';
import { licenceOf } from '../../rating/index.ts';
import type { Circumstances } from './traffic-of.ts';

/** Reads the facts that would rate a posted usage now. */
export type PartyOf = (usage: Pick<BookedUsage, 'officeId' | 'memberId'>) => Circumstances;

/** A company's licences and local areas as its directory has them now; null where there is no such company. */
export async function readParties(db: Queryable, companyId: bigint): Promise<PartyOf | null> {
  const offices = await db.office.findMany({ where: { companyId } });
  const primary = offices.find(({ isPrimary }) => isPrimary);
  if (primary === undefined) return null;
  const members = await db.member.findMany({ where: { companyId }, select: { id: true, licence: true } });
  const officeById = new Map(offices.map((office) => [office.id, office]));
  const licenceById = new Map(members.map(({ id, licence }) => [id, licenceOf(licence)]));
  return ({ officeId, memberId }) => {
    // Usage of no known office counts to the primary (R5); of no known member it is a Talk licence's.
    const { country, localPrefixes } = officeById.get(officeId ?? primary.id) ?? primary;
    return {
      licence: licenceById.get(memberId ?? -1n) ?? 'talk',
      officeCountry: country,
      localPrefixes: localPrefixes.length === 0 ? undefined : localPrefixes,
    };
  };
}
