import type { Clock } from '../../clock.ts';
import { type Db, inTransaction, type Tx } from '../../db/index.ts';
import { MINUTE_MS } from '../../durations.ts';
import { RefillError } from '../../errors.ts';
import { eraseNumbers } from '../../ledger/index.ts';
import { recordAudit } from '../../org/index.ts';
import { type PersonalFacts, patternOf } from './fact-patterns.ts';
import { countFacts, type FactCount, scrubTexts } from './personal-tables.ts';

/** Searching and rewriting a company's texts may take this long; nothing else of the company waits but its own changes. */
export const ERASE_TIMEOUT_MS = 30 * MINUTE_MS;

export interface Erasure {
  companyId: bigint;
  /** E.164. */
  number: string;
  reason: string;
}

export interface Erased {
  /** Usage records, each revision counted. */
  records: bigint;
  /** Stored events of calls and messages. */
  events: number;
  /** Usage of the inbox that is not posted yet and needs the number for its price. */
  waiting: number;
  /** Rows in which the number still stands, by table: of those that wait, and of the directory, where the line is the company's. */
  after: FactCount[];
}

/**
 * Erases a phone number from a company's usage: from the books, where what was used and paid stays, from stored events, and from
 * every other text that the company's tables store. It stays in usage of the inbox, which cannot be priced without it: accept
 * that, and run it again; and in the company's own directory. Throws RefillError `not-owner`.
 */
export async function eraseNumber(deps: { db: Db; clock: Clock }, erasure: Erasure): Promise<Erased> {
  const { companyId, number, reason } = erasure;
  await requireScrubber(deps.db);
  const records = await eraseNumbers(deps.db, { companyId, number });
  return await inTransaction(
    deps.db,
    async (tx) => {
      await tx.$executeRaw`SET LOCAL statement_timeout = 0`;
      const pattern = patternOf(factsOf(number));
      const events = await eraseEvents(tx, erasure);
      await scrubTexts(tx, companyId, { pattern, by: 'erased', except: TABLES_KEEPING_NUMBERS });
      const waiting = await tx.$queryRaw<{ n: bigint }[]>`
        SELECT count(*) AS n FROM usage_inbox WHERE company_id = ${companyId} AND event::text ~* ${pattern}`;
      await recordAudit(tx, {
        companyId,
        at: deps.clock.now(),
        actor: 'operator',
        surface: 'operator',
        action: 'number-erased',
        reason: reason.replace(new RegExp(number.replace('+', '[+]?'), 'g'), 'erased'),
        details: { records: Number(records), events },
      });
      const after = await countFacts(tx, companyId, pattern);
      return { records, events, waiting: Number(waiting[0]?.n ?? 0n), after };
    },
    { timeoutMs: ERASE_TIMEOUT_MS },
  );
}

/** What waits for its price needs its numbers; the directory has the company's own lines. */
export const TABLES_KEEPING_NUMBERS: readonly string[] = [
  'usage_inbox',
  'usage_leg',
  'phone_number',
  'member',
];

export const factsOf = (number: string): PersonalFacts => ({
  names: [],
  emails: [],
  slackIds: [],
  numbers: [number],
});

/** The app's own role may add to the audit and not change it, so erasing needs the database's owner. */
export async function requireScrubber(db: Db): Promise<void> {
  const rows = await db.$queryRaw<{ may: boolean }[]>`SELECT has_table_privilege('audit', 'UPDATE') AS may`;
  if (rows[0]?.may === true) return;
  throw new RefillError(
    'not-owner',
    'This database role may not change the audit. Run this with DATABASE_URL of the role that owns the tables.',
  );
}

/** Deletes stored events with a number, but those of usage that waits. Returns how many it deleted or cleared. */
export async function eraseEvents(
  tx: Tx,
  { companyId, number }: Pick<Erasure, 'companyId' | 'number'>,
): Promise<number> {
  const pattern = patternOf(factsOf(number));
  const legs = await tx.$executeRaw`
    DELETE FROM usage_leg AS stored
    WHERE company_id = ${companyId} AND stored::text ~* ${pattern}
      AND NOT EXISTS (SELECT FROM usage_inbox AS item WHERE item.company_id = stored.company_id
        AND item.source = stored.source AND item.external_id = stored.external_id)`;
  const unattributed = await tx.$executeRaw`
    DELETE FROM usage_unattributed AS event WHERE company_id = ${companyId} AND event::text ~* ${pattern}`;
  const unread = await tx.$executeRaw`
    UPDATE usage_inbox SET words = regexp_replace(words, ${pattern}, 'erased', 'gi'),
      event = jsonb_set(event, '{unread}', to_jsonb(regexp_replace(event->>'unread', ${pattern}, 'erased', 'gi')))
    WHERE company_id = ${companyId} AND event->>'unread' ~* ${pattern}`;
  return legs + unattributed + unread;
}
