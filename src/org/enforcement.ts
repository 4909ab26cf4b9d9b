import { Prisma, type Queryable, type Tx } from '../db/index.ts';
import { MINUTE_MS } from '../durations.ts';

/** Whether a phone system stops what has no credits; else usage goes on, is reported, and is overdrawn. */
export type CreditEnforcement = 'enforced' | 'reported';

/** A busy phone system asks for hundreds of holds a second. */
const ASKED_EVERY_MS = MINUTE_MS;
/** When this process last stored that a company's phone system asked, by database. */
const recorded = new WeakMap<Queryable, Map<bigint, number>>();

/** Whether a company is enforced at a moment; `enforces_credits` in SQL decides it. Applies R6.8. */
export async function readEnforcement(
  db: Queryable,
  companyId: bigint,
  at: Date,
): Promise<CreditEnforcement> {
  const rows = await judgeEnforcement(db, at, companyId);
  return rows[0]?.isEnforced === true ? 'enforced' : 'reported';
}

/** How each company that is or was set to be enforced stands now, or one of them, and how it was last judged. */
export async function judgeEnforcement(
  db: Queryable,
  at: Date,
  companyId?: bigint,
): Promise<
  {
    companyId: bigint;
    isSet: boolean;
    isEnforced: boolean;
    /** A ping is due, or on its way for the first time: what it brings is not known yet. */
    isPinging: boolean;
    wasEnforced: boolean;
    lostAt: Date | null;
  }[]
> {
  const one = companyId === undefined ? Prisma.empty : Prisma.sql`WHERE company_id = ${companyId}`;
  return await db.$queryRaw(Prisma.sql`
    SELECT company_id AS "companyId", is_set AS "isSet", is_enforced AS "wasEnforced", lost_at AS "lostAt",
      enforces_credits(enforcement, ${at}) AS "isEnforced",
      EXISTS (
        SELECT FROM event_endpoint AS endpoint
        WHERE endpoint.company_id = enforcement.company_id AND endpoint.off_at IS NULL AND endpoint.removed_at IS NULL
          AND (endpoint.next_ping_at <= ${at} OR EXISTS (
            SELECT FROM outgoing_event AS event
            WHERE event.company_id = endpoint.company_id AND event.endpoint_id = endpoint.id AND event.type = 'ping'
              AND event.state = 'pending' AND event.attempts = 0))) AS "isPinging"
    FROM enforcement ${one}`);
}

/** Stores that a company's phone system asked for a hold just now: at most once a minute and process. */
export async function recordHoldAsked(db: Queryable, companyId: bigint, at: Date): Promise<void> {
  const ofDatabase = recorded.get(db) ?? new Map<bigint, number>();
  recorded.set(db, ofDatabase);
  const sinceMs = at.getTime() - (ofDatabase.get(companyId) ?? Number.NEGATIVE_INFINITY);
  if (sinceMs >= 0 && sinceMs < ASKED_EVERY_MS) return;
  await db.$executeRaw`
    INSERT INTO enforcement (company_id, hold_asked_at)
    SELECT ${companyId}, ${at} WHERE NOT EXISTS (
      SELECT FROM enforcement
      WHERE company_id = ${companyId} AND hold_asked_at > ${new Date(at.getTime() - ASKED_EVERY_MS)})
    ON CONFLICT (company_id) DO UPDATE SET hold_asked_at = excluded.hold_asked_at`;
  ofDatabase.set(companyId, at.getTime());
}

/** What the operator says of a company, whether or not its phone system was heard of. */
export async function readEnforcementSetting(db: Queryable, companyId: bigint): Promise<CreditEnforcement> {
  const row = await db.enforcement.findUnique({ where: { companyId } });
  return row?.isSet === true ? 'enforced' : 'reported';
}

/** Keeps what the operator says. The caller holds the company's lock, and records who it was. */
export async function setEnforcement(tx: Tx, companyId: bigint, to: CreditEnforcement): Promise<void> {
  const isSet = to === 'enforced';
  await tx.enforcement.upsert({
    where: { companyId },
    create: { companyId, isSet },
    update: { isSet },
  });
}
