import type { Clock } from '../../clock.ts';
import { type Db, inTransaction, type Queryable } from '../../db/index.ts';
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

/** How long expected spending is not reported. */
const MUTED_MS = DAY_MS;

interface Deps {
  db: Db;
  clock: Clock;
}

/** What an alert of unusual spending is about. */
export interface SurpriseFacts {
  officeId: bigint;
  part: string;
  value: string;
  /** The hour of it that cost most. */
  from: Date;
  to: Date;
}

/** Returns an alert to a person who may see the usage of its office. Throws RefillError `not-allowed`. */
export async function readSurprise(db: Queryable, person: Person, id: bigint): Promise<SurpriseFacts> {
  const { story } = await findStory(db, person, id, visibleOffices(person));
  return { ...story, from: story.hourFrom, to: story.hourTo };
}

/**
 * Mutes an alert for 24 hours, or until it triples; any admin of its office may. A second click changes nothing. Returns until
 * when. Throws RefillError `not-allowed`. Applies R32.7.
 */
export async function expectSurprise({ db, clock }: Deps, asked: Person, id: bigint): Promise<Date> {
  const at = clock.now();
  return await inTransaction(db, async (tx) => {
    const person = await lockForPerson(tx, asked);
    const { story, office } = await findStory(tx, person, id, moneyOffices(person));
    if (story.mutedUntil !== null) return story.mutedUntil;
    const mutedUntil = new Date(at.getTime() + MUTED_MS);
    await recordAudit(tx, {
      companyId: story.companyId,
      at,
      actor: actorOf(person),
      surface: 'slack',
      action: 'surprise-expected',
      details: { surprise: id.toString(), office: office.name, part: story.part, value: story.value },
    });
    const row = await tx.surprise.update({
      where: { companyId_id: { companyId: story.companyId, id } },
      data: { expectedBy: actorOf(person), mutedUntil },
    });
    await notifySurprise(tx, { company: person.company, office }, row, at);
    return mutedUntil;
  });
}

/** Updates an alert's messages with what was done by its buttons. Throws RefillError `not-allowed`. */
export async function updateSurprise({ db, clock }: Deps, asked: Person, id: bigint): Promise<void> {
  await inTransaction(db, async (tx) => {
    const person = await lockForPerson(tx, asked, { isReading: true });
    const { story, office } = await findStory(tx, person, id, moneyOffices(person));
    await notifySurprise(tx, { company: person.company, office }, story, clock.now());
  });
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
