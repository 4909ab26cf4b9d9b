import type { Queryable } from '../db/index.ts';

/** What the ids in a company's audit are called. */
export interface AuditNames {
  /** Offices by their id. */
  offices: ReadonlyMap<string, string>;
  /** Offices by the id of their wallet; the wallet of the shared credits is not among them. */
  wallets: ReadonlyMap<string, string>;
  /** People of the directory by their Slack user id. */
  people: ReadonlyMap<string, string>;
}

export async function readAuditNames(db: Queryable, companyId: bigint): Promise<AuditNames> {
  const where = { companyId };
  const offices = await db.office.findMany({ where, select: { id: true, name: true } });
  const wallets = await db.wallet.findMany({ where, select: { id: true, officeId: true } });
  const people = await db.member.findMany({
    where: { companyId, slackUserId: { not: null } },
    select: { slackUserId: true, name: true },
  });
  const officeNames = new Map(offices.map(({ id, name }) => [id.toString(), name]));
  return {
    offices: officeNames,
    wallets: new Map(
      wallets.flatMap(({ id, officeId }) => {
        const name = officeNames.get(officeId?.toString() ?? '');
        return name === undefined ? [] : [[id.toString(), name]];
      }),
    ),
    people: new Map(people.map(({ slackUserId, name }) => [slackUserId ?? '', name])),
  };
}
