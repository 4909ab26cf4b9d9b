/** What all acts of people share: who acts, where, and how a refusal is told. */
import type { ActResult } from '../protocol.ts';
import { slackText } from '../slack-text.ts';
import { type ConversationRow, findConversation, findPerson, type Person } from '../store/people.ts';
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
  if (person === undefined || person.isBot) throw new Refusal(slackText.noSuchPerson);
  return person;
}

/** A conversation that the person is a member of. @throws Refusal */
export async function conversationOf(
  workspace: Workspace,
  person: Person,
  conversationId: string,
): Promise<ConversationRow> {
  const conversation = await findConversation(workspace.database, conversationId);
  if (conversation === undefined || conversation.isArchived || !conversation.memberIds.includes(person.id))
    throw new Refusal(slackText.notMember);
  return conversation;
}
