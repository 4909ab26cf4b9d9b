/** Opening the app's Home tab. */
import type { EventSender } from '../deliver/events.ts';
import { viewOutput } from '../payloads.ts';
import type { Block } from '../protocol.ts';
import { directConversationId } from '../store/seed.ts';
import { findHome } from '../store/views.ts';
import type { Workspace } from '../workspace.ts';
import { actor } from './act.ts';

/** Tells the app that its Home was opened. @returns what it last published for this person, empty before the first time */
export async function openHome(workspace: Workspace, events: EventSender, userId: string): Promise<Block[]> {
  const person = await actor(workspace, userId);
  const home = await findHome(workspace.database, person.id);
  await events.send({
    type: 'app_home_opened',
    user: person.id,
    channel: directConversationId(person.id),
    tab: 'home',
    ...(home === undefined ? {} : { view: viewOutput(workspace, home) }),
  });
  return home?.body.blocks ?? [];
}
