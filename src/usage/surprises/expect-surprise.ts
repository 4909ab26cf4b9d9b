import type { Clock } from '../../clock.ts';
import { type Db, inTransaction, type Queryable, type Tx } from '../../db/index.ts';
import { DAY_MS } from '../../durations.ts';
import { RefillError } from '../../errors.ts';
import {
  actorOf,
  lockForPerson,
  moneyOffices,
  type Office,
  type Person,
  recordAudit,
  visibleOffices,
} from '../../org/index.ts';
import type { SurpriseRow } from './judge-spending.ts';
import { notifySurprise } from './notify-surprise.ts';

/** What is expected stays untold for so long. */
const MUTED_MS = DAY_MS;

interface Deps {
  db: Db;
  clock: Clock;
}

/** What a story is about. */
export interface SurpriseFacts {
  officeId: bigint;
  part: string;
  value: string;
  /** The hour of it that cost most. */
  from: Date;
  to: Date;
}

/** A story, for who may see the usage of its office. Throws RefillError `not-allowed`. */
export async function readSurprise(db: Queryable, person: Person, id: bigint): Promise<SurpriseFacts> {
  const { story } = await findStory(db, person, id, visibleOffices(person));
  return { ...story, from: story.hourFrom, to: story.hourTo };
}

/**
 * Keeps a story untold for 24 hours, or until it triples; any admin of its office may. A second click changes nothing. Answers until
 * when. Throws RefillError `not-allowed`.
 */
export async function expectSurprise({ db, clock }: Deps, asked: Person, id: bigint): Promise<Date> {
  const at = clock.now();
  return await inTransaction(db, async (tx) => {
    const person = await lockForPerson(tx, asked);
    const { story, office } = await findStory(tx, person, id, moneyOffices(person));
    if (story.mutedUntil !== null) return story.mutedUntil;
    const mutedUntil = new Date(at.getTime() + MUTED_MS);
    const data = { expectedBy: actorOf(person), mutedUntil };
    await recordAudit(tx, {
      companyId: story.companyId,
      at,
      actor: actorOf(person),
      surface: 'slack',
      action: 'surprise-expected',
      details: { surprise: id.toString(), office: office.name, part: story.part, value: story.value },
    });
    await change(tx, person, { story, office, data, at });
    return mutedUntil;
  });
}

/** Shows in a story's messages who paused auto-recharge by its button. Throws RefillError `not-allowed`. */
export async function showPaused({ db, clock }: Deps, asked: Person, id: bigint): Promise<void> {
  await inTransaction(db, async (tx) => {
    const person = await lockForPerson(tx, asked);
    const found = await findStory(tx, person, id, moneyOffices(person));
    await change(tx, person, { ...found, data: { pausedBy: actorOf(person) }, at: clock.now() });
  });
}

async function change(
  tx: Tx,
  { company }: Person,
  of: { story: SurpriseRow; office: Office; data: Partial<SurpriseRow>; at: Date },
): Promise<void> {
  const { companyId, id } = of.story;
  const row = await tx.surprise.update({ where: { companyId_id: { companyId, id } }, data: of.data });
  await notifySurprise(tx, { company, office: of.office }, row, of.at);
}

async function findStory(
  db: Queryable,
  person: Person,
  id: bigint,
  offices: readonly Office[],
): Promise<{ story: SurpriseRow; office: Office }> {
  const where = { companyId_id: { companyId: person.company.id, id } };
  const story = await db.surprise.findUnique({ where });
  const office = offices.find(({ id: officeId }) => officeId === story?.officeId);
  if (story === null || office === undefined)
    throw new RefillError('not-allowed', 'That is of an office that is not theirs.');
  return { story, office };
}
