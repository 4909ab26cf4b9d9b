/** What all acts of people share: who acts, where, and how a refusal is told. */
import type { ActResult } from '../protocol.ts';
import { findPerson, findRoom, type Person, type Room } from '../store/people.ts';
import { words } from '../words.ts';
import type { Workspace } from '../workspace.ts';

/** Ends an act with what Slack would say to the person. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
}

/** Runs an act; a refusal becomes its toast. */
export async function acting(act: () => Promise<ActResult>): Promise<ActResult> {
  try {
    return await act();
  } catch (error) {
    if (error instanceof Refusal) return { ok: false, toast: error.message };
    throw error;
  }
}

/** The person who acts. @throws Refusal for ids of nobody, and of the app itself */
export async function actor(workspace: Workspace, userId: string): Promise<Person> {
  const person = await findPerson(workspace.database, userId);
  if (person === undefined || person.isBot) throw new Refusal(words.noSuchPerson);
  return person;
}

/** A conversation that the person is a member of. @throws Refusal */
export async function roomOf(workspace: Workspace, person: Person, conversationId: string): Promise<Room> {
  const room = await findRoom(workspace.database, conversationId);
  if (room === undefined || !room.memberIds.includes(person.id)) throw new Refusal(words.notMember);
  return room;
}
