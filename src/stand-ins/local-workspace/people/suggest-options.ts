/** Typing into a list whose options only the app knows: block_suggestion. */
import { type Json, optionListFaults, placedElements } from '../blocks/index.ts';
import { sendInteraction } from '../deliver/send-interaction.ts';
import { interactionBase } from '../payloads.ts';
import type { ActionContainer, OptionsResult } from '../protocol.ts';
import { slackText } from '../slack-text.ts';
import type { Workspace } from '../workspace.ts';
import { actor, Refusal } from './act.ts';
import { placeOf } from './use-element.ts';

export interface OptionsQuestion {
  as: string;
  container: ActionContainer;
  blockId: string;
  actionId: string;
  /** What was typed so far. */
  typed: string;
}

/** Asks the app for the options of an external select of an open modal or a message, and refuses an answer that Slack would. */
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
  { as, container, blockId, actionId, typed }: OptionsQuestion,
): Promise<Json[]> {
  const person = await actor(workspace, as);
  const place = await placeOf(workspace, person, container);
  const placed = placedElements(place.blocks).find(
    ({ block, element }) => block.block_id === blockId && element.action_id === actionId,
  );
  if (!String(placed?.element.type).endsWith('external_select')) throw new Refusal(slackText.elementGone);
  const reply = await sendInteraction(workspace, 'interaction', {
    type: 'block_suggestion',
    ...interactionBase(workspace, person),
    ...(await place.describe(place.state)),
    action_id: actionId,
    block_id: blockId,
    value: typed,
  });
  if (reply.outcome !== 'acknowledged') throw new Refusal(slackText.optionsTrouble);
  const { options } = reply.body;
  if (optionListFaults(options).length > 0) throw new Refusal(slackText.optionsTrouble);
  return options as Json[];
}
