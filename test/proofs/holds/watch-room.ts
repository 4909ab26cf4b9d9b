import { setTimeout as sleep } from 'node:timers/promises';
import type { Db } from '../../../src/db/index.ts';

const EVERY_MS = 15;

/** What an office may spend at most: what it was limited to, or all the credits that it ever got. */
export interface Room {
  officeId: bigint;
  name: string;
  most: 'limit' | 'credits';
}

/** How often was looked, and where more was spent and held than there is room for. */
export interface Watched {
  looks: number;
  faults: string[];
}

/**
 * Looks again and again, until it is stopped, whether what usage has cost and what open holds keep back is within an
 * office's room: in one statement, from the rows themselves and not from any sum that the ledger keeps.
 */
export function watchRoom(db: Db, companyId: bigint, rooms: readonly Room[]): { stop(): Promise<Watched> } {
  const watched: Watched = { looks: 0, faults: [] };
  let isOn = true;
  const look = async (room: Room): Promise<void> => {
    const found = await readRoom(db, companyId, room);
    watched.looks += 1;
    if (found.spent + found.held > found.most && watched.faults.length < 5)
      watched.faults.push(
        `${room.name} has spent ${found.spent} and holds ${found.held}, of ${found.most} micro-dollars (${room.most})`,
      );
  };
  const watching = (async () => {
    while (isOn) {
      for (const room of rooms) await look(room);
      await sleep(EVERY_MS);
    }
    for (const room of rooms) await look(room);
  })();
  return {
    async stop() {
      isOn = false;
      await watching;
      return watched;
    },
  };
}

export async function readRoom(
  db: Db,
  companyId: bigint,
  { officeId, most }: Room,
): Promise<{ spent: bigint; held: bigint; most: bigint }> {
  const isLimit = most === 'limit';
  const [row] = await db.$queryRaw<{ spent: bigint; held: bigint; most: bigint }[]>`
    SELECT
      (SELECT coalesce(sum(cost_micros), 0)::bigint FROM usage_record
        WHERE company_id = ${companyId} AND office_id = ${officeId}) AS spent,
      (SELECT coalesce(sum(own_micros + paid_micros), 0)::bigint FROM hold
        WHERE company_id = ${companyId} AND office_id = ${officeId} AND state = 'open') AS held,
      CASE WHEN ${isLimit} THEN (SELECT amount_micros FROM spending_limit
          WHERE company_id = ${companyId} AND office_id = ${officeId} AND period = 'month')
        ELSE (SELECT coalesce(sum(credit_grant.amount_micros), 0)::bigint FROM credit_grant
          JOIN wallet ON wallet.company_id = credit_grant.company_id AND wallet.id = credit_grant.wallet_id
          WHERE credit_grant.company_id = ${companyId} AND wallet.office_id = ${officeId}) END AS most`;
  if (row === undefined) throw new Error('no room was read');
  return row;
}
