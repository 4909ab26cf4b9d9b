/** Submitting a modal, and what the app's acknowledgement makes of the stack. */
import { inputFaults, isObject, type Json, mergeState } from '../blocks/index.ts';
import { changeStack, type StackChange } from '../change-views.ts';
import { sendInteraction } from '../deliver/send-interaction.ts';
import { interactionBase, viewOutput } from '../payloads.ts';
import type { ActResult, StateValues } from '../protocol.ts';
import { readView } from '../read-content.ts';
import { SlackError } from '../slack-error.ts';
import { slackText } from '../slack-text.ts';
import { newTrigger } from '../store/tickets.ts';
import { keepViewState, readStack, type StoredView } from '../store/views.ts';
import type { Workspace } from '../workspace.ts';
import { acting, actor, Refusal } from './act.ts';

type Response = { fieldErrors: Record<string, string> } | { change: StackChange };

/** `response_action: errors`: one sentence per input block of this view. @throws SlackError */
function readErrors(view: StoredView, given: unknown): Record<string, string> {
  const inputs = new Set(
    view.body.blocks.filter(({ type }) => type === 'input').map(({ block_id }) => block_id),
  );
  const errors = isObject(given) ? Object.entries(given) : [];
  const fine = errors.length > 0 && errors.every(([id, text]) => inputs.has(id) && typeof text === 'string');
  if (!fine) throw new SlackError('invalid_errors', { errors: given });
  return Object.fromEntries(errors.map(([id, text]) => [id, String(text)]));
}

/** @throws SlackError when Slack would not understand the acknowledgement */
function readResponse(view: StoredView, body: Json): Response {
  switch (body.response_action) {
    case undefined:
      // A text, or any other content without an action, is no acknowledgement of a submission.
      if (Object.keys(body).length > 0) throw new SlackError('invalid_response');
      return { change: { kind: 'close' } };
    case 'clear':
      return { change: { kind: 'clear' } };
    case 'update':
    case 'push':
      return { change: { kind: body.response_action, body: readView(body.view, 'modal') } };
    case 'errors':
      return { fieldErrors: readErrors(view, body.errors) };
    default:
      throw new SlackError('invalid_response_action');
  }
}

/** Does what Slack's client does on submit: checks the inputs, sends view_submission, follows the answer. */
export const submitView = (
  workspace: Workspace,
  { as, viewId, state: given }: { as: string; viewId: string; state: StateValues },
): Promise<ActResult> =>
  acting(async () => {
    const person = await actor(workspace, as);
    const open = (await readStack(workspace.database, person.id)).find(({ id }) => id === viewId);
    if (open === undefined || open.body.submit === undefined) throw new Refusal(slackText.viewGone);
    const state = mergeState(open.body.blocks, open.state, given);
    const view = await keepViewState(workspace.database, open, state);
    const faults = inputFaults(view.body.blocks, state);
    if (Object.keys(faults).length > 0) return { ok: false, fieldErrors: faults };
    const reply = await sendInteraction(workspace, 'interaction', {
      type: 'view_submission',
      ...interactionBase(workspace, person),
      trigger_id: await newTrigger(workspace, person.id, view.id),
      view: viewOutput(workspace, view),
      response_urls: [],
    });
    if (reply.outcome !== 'acknowledged') throw new Refusal(slackText.submitTrouble);
    try {
      const response = readResponse(view, reply.body);
      if ('fieldErrors' in response) return { ok: false, fieldErrors: response.fieldErrors };
      await changeStack(workspace, view, response.change);
      return { ok: true };
    } catch (error) {
      if (!(error instanceof SlackError)) throw error;
      workspace.log.warn({ error: error.code, ...error.extra }, 'the answer to a submission was refused');
      throw new Refusal(slackText.submitTrouble);
    }
  });
