import type { Clock } from '../../clock.ts';
import { type Db, inTransaction, type Tx } from '../../db/index.ts';
import { RefillError } from '../../errors.ts';
import { eraseNumbers } from '../../ledger/index.ts';
import { lockCompany, recordAudit } from '../../org/index.ts';
import { forgetQueues } from '../../queue/index.ts';
import { ERASE_TIMEOUT_MS, eraseEvents, requireScrubber, TABLES_KEEPING_NUMBERS } from './erase-number.ts';
import { patternOf } from './fact-patterns.ts';
import type { DataSubject } from './find-person.ts';
import { countFacts, type FactCount, scrubTexts } from './personal-tables.ts';

/** What a directory's row is called once its person was erased. */
const ERASED_NAME = 'Erased person';

/** What was there of a person, and what is left. */
export interface PersonErased {
  /** Usage records whose numbers were erased, each revision counted. */
  records: bigint;
  /** Rows with any of the person's facts, by table. */
  before: FactCount[];
  after: FactCount[];
}

/** Counts what the database has of a person, and changes nothing. */
export async function findTraces(db: Db, { companyId, facts }: DataSubject): Promise<FactCount[]> {
  return await inTransaction(
    db,
    async (tx) => {
      await tx.$executeRaw`SET LOCAL statement_timeout = 0`;
      return await countFacts(tx, companyId, patternOf(facts));
    },
    { timeoutMs: ERASE_TIMEOUT_MS },
  );
}

/**
 * Erases a person's facts: name, e-mail address, Slack id and numbers, in the directory, in the usage that they had or that was
 * with them, and in every text that a company's tables store. Amounts, entries and seals stay. What the books themselves have of
 * them (the Slack id of who acted) stays: `after` counts it. Can be run again after it was interrupted. Throws RefillError
 * `has-role` for who still has a role, and `not-owner` where the database's role may not change the audit.
 * Applies R23.9.
 */
export async function erasePerson(
  deps: { db: Db; clock: Clock },
  person: DataSubject,
  reason: string,
): Promise<PersonErased> {
  const { companyId, memberIds, slackId, facts } = person;
  await requireScrubber(deps.db);
  const role =
    slackId === null
      ? null
      : await deps.db.roleAssignment.findFirst({ where: { companyId, userId: slackId } });
  if (role !== null)
    throw new RefillError('has-role', `${slackId} still has a role. First: refill people remove`);
  const before = await findTraces(deps.db, person);
  let records = 0n;
  for (const memberId of memberIds) records += await eraseNumbers(deps.db, { companyId, memberId });
  for (const number of facts.numbers) records += await eraseNumbers(deps.db, { companyId, number });
  await inTransaction(
    deps.db,
    async (tx) => {
      await tx.$executeRaw`SET LOCAL statement_timeout = 0`;
      await lockCompany(tx, companyId);
      await forgetAccount(tx, person);
      for (const number of facts.numbers) await eraseEvents(tx, { companyId, number });
      await eraseFromDirectory(tx, person);
      await scrubPerson(tx, person);
      await tx.company.updateMany({
        where: {
          id: companyId,
          OR: facts.emails.map((email) => ({
            invoiceEmail: { equals: email, mode: 'insensitive' as const },
          })),
        },
        data: { invoiceEmail: null },
      });
      await recordAudit(tx, {
        companyId,
        at: deps.clock.now(),
        actor: 'operator',
        surface: 'operator',
        action: 'person-erased',
        reason,
        details: { records: Number(records) },
      });
    },
    { timeoutMs: ERASE_TIMEOUT_MS },
  );
  return { records, before, after: await findTraces(deps.db, person) };
}

/** What only the person had any use for: drafts, exports, messages to them alone. */
async function forgetAccount(tx: Tx, { companyId, slackId, facts }: DataSubject): Promise<void> {
  if (slackId === null) return;
  await tx.draft.deleteMany({ where: { companyId, actor: { endsWith: `/${slackId}` } } });
  await tx.usageExport.deleteMany({ where: { companyId, userId: slackId } });
  await tx.notice.deleteMany({ where: { companyId, channelId: slackId } });
  await forgetQueues(tx, patternOf(facts, ['slackIds']));
}

async function eraseFromDirectory(tx: Tx, { companyId, memberIds }: DataSubject): Promise<void> {
  await tx.phoneNumber.deleteMany({ where: { companyId, memberId: { in: memberIds } } });
  await tx.member.updateMany({
    where: { companyId, id: { in: memberIds } },
    data: {
      name: ERASED_NAME,
      email: null,
      externalRef: null,
      slackUserId: null,
      slackLookAt: null,
      slackAnswer: null,
      active: false,
    },
  });
}

/** Replaces the Slack id by one that no person has, so that one person's acts stay together; deletes the rest. */
async function scrubPerson(tx: Tx, { companyId, memberIds, facts }: DataSubject): Promise<void> {
  const number = memberIds[0] ?? (await tx.audit.count({ where: { companyId } }));
  const pattern = (kinds: Parameters<typeof patternOf>[1]) => patternOf(facts, kinds);
  // Others of the same name keep theirs in the directory.
  const except = ['member'];
  await scrubTexts(tx, companyId, { pattern: pattern(['slackIds']), by: `U0ERASED${number}`, except });
  await scrubTexts(tx, companyId, { pattern: pattern(['names', 'emails']), by: 'erased', except });
  // Usage that waits for its price needs the number: it is counted as left.
  await scrubTexts(tx, companyId, {
    pattern: pattern(['numbers']),
    by: 'erased',
    except: TABLES_KEEPING_NUMBERS,
  });
}
