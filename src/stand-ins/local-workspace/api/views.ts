/** views.*: modals and Home tabs. */
import type { Json } from '../blocks/index.ts';
import { publishView, showModal, updateView } from '../change-views.ts';
import { viewOutput } from '../payloads.ts';
import { readView } from '../read-content.ts';
import { invalidArguments, SlackError } from '../slack-error.ts';
import { findPerson } from '../store/people.ts';
import type { StoredView } from '../store/views.ts';
import { type Call, forBot, type Method, requiredArg, textArg } from './method.ts';

const answer = ({ workspace }: Call, view: StoredView): Json => ({ view: viewOutput(workspace, view) });

/** The view is looked at before the trigger is spent: a refused view can be sent again in time. */
const show =
  (how: 'open' | 'push') =>
  async (call: Call): Promise<Json> => {
    const body = readView(call.args.view, 'modal');
    const triggerId = requiredArg(call.args, 'trigger_id');
    return answer(call, await showModal(call.workspace, how, triggerId, body));
  };

async function update(call: Call): Promise<Json> {
  const { args, workspace } = call;
  const id = textArg(args, 'view_id');
  const externalId = textArg(args, 'external_id');
  if (id !== undefined && externalId !== undefined) {
    throw invalidArguments('Cannot provide both `view_id` and `external_id`');
  }
  if (id === undefined && externalId === undefined) {
    throw invalidArguments('must provide either `view_id` or `external_id`');
  }
  const by = { ...(id !== undefined && { id }), ...(externalId !== undefined && { externalId }) };
  const view = await updateView(workspace, by, textArg(args, 'hash'), (surface) =>
    readView(args.view, surface),
  );
  return answer(call, view);
}

async function publish(call: Call): Promise<Json> {
  const { args, workspace } = call;
  const userId = requiredArg(args, 'user_id');
  const body = readView(args.view, 'home');
  if (!workspace.seed.app.hasHome) throw new SlackError('not_enabled');
  const person = await findPerson(workspace.database, userId);
  if (person === undefined || person.isBot) throw invalidArguments('invalid `user_id`');
  return answer(call, await publishView(workspace, userId, textArg(args, 'hash'), body));
}

export const viewMethods: Record<string, Method> = {
  'views.open': forBot([], show('open')),
  'views.push': forBot([], show('push')),
  'views.update': forBot([], update),
  'views.publish': forBot([], publish),
};
