/** Typing into a list whose options only the app knows: block_suggestion. */
import { type Json, optionListFaults, placedElements } from '../blocks/index.ts';
import { sendInteraction } from '../deliver/send-interaction.ts';
import { interactionBase, viewOutput } from '../payloads.ts';
import type { OptionsResult } from '../protocol.ts';
import { slackText } from '../slack-text.ts';
import { readStack } from '../store/views.ts';
import type { Workspace } from '../workspace.ts';
import { actor, Refusal } from './act.ts';

export interface OptionsQuestion {
  as: string;
  viewId: string;
  blockId: string;
  actionId: string;
  /** What was typed so far. */
  typed: string;
}

/** Asks the app for the options of an external select of an open modal, and refuses an answer that Slack would. */
export async function suggestOptions(workspace: Workspace, asked: OptionsQuestion): Promise<OptionsResult> {
  try {
    return { ok: true, options: await ask(workspace, asked) };
  } catch (error) {
    if (error instanceof Refusal) return { ok: false, toast: error.message };
    throw error;
  }
}

async function ask(
  workspace: Workspace,
  { as, viewId, blockId, actionId, typed }: OptionsQuestion,
): Promise<Json[]> {
  const person = await actor(workspace, as);
  const view = (await readStack(workspace.database, person.id)).find(({ id }) => id === viewId);
  if (view === undefined) throw new Refusal(slackText.viewGone);
  const placed = placedElements(view.body.blocks).find(
    ({ block, element }) => block.block_id === blockId && element.action_id === actionId,
  );
  if (!String(placed?.element.type).endsWith('external_select')) throw new Refusal(slackText.elementGone);
  const reply = await sendInteraction(workspace, 'interaction', {
    type: 'block_suggestion',
    ...interactionBase(workspace, person),
    container: { type: 'view', view_id: view.id },
    action_id: actionId,
    block_id: blockId,
    value: typed,
    view: viewOutput(workspace, view),
  });
  if (reply.outcome !== 'acknowledged') throw new Refusal(slackText.optionsTrouble);
  const { options } = reply.body;
  if (optionListFaults(options).length > 0) throw new Refusal(slackText.optionsTrouble);
  return options as Json[];
}
