import { FORM, interaction, sendAsSlack } from '../../support/send-as-slack.ts';
import type { Row } from './matrix.ts';
import { IDENTITIES, type Sender } from './people.ts';
import { homeKey } from './slack-desk.ts';
import type { Carried } from './things/thing.ts';
import { isAnsweredAtOnce } from './values.ts';
import { SIGNING_SECRET, type World } from './world.ts';

/** One request, as it can be sent again. */
export interface Request {
  key: string;
  body: string;
  contentType: string;
}

export interface Answer {
  status: number;
  /** What was said to it at once, or first; null: nothing, although it should have been. */
  said: string | null;
}

let count = 0;

/** Writes the request as Slack would. */
export function writeRequest({ desk }: World, row: Row, sender: Sender, carried: Carried): Request {
  count += 1;
  const { teamId, userId } = IDENTITIES[sender];
  const key = row.way === 'event' ? homeKey(teamId, userId) : `r${count}`;
  const { value = '', selected, metadata = '', values = {}, block = 'b' } = carried;
  const from = { team: { id: teamId }, user: { id: userId, team_id: teamId }, trigger_id: key };
  const view = { id: key, callback_id: row.window ?? row.id, private_metadata: metadata };
  const button =
    selected === undefined
      ? { type: 'button', value }
      : { type: 'static_select', value, selected_option: { value: selected } };
  const actions = [{ ...button, action_id: row.id, block_id: block }];
  const form = (payload: object): Request => ({ key, body: interaction(payload), contentType: FORM });
  switch (row.way) {
    case 'click': {
      const place = { type: 'message', channel_id: 'CCREDITS', message_ts: '1.1', is_ephemeral: true };
      const replied = { response_url: desk.replyUrl(key), channel: { id: 'CCREDITS', name: 'credits' } };
      return form({ type: 'block_actions', ...from, ...replied, container: place, actions });
    }
    case 'view':
      return form({
        type: 'block_actions',
        ...from,
        container: { type: 'view', view_id: key },
        view: { ...view, state: { values } },
        actions,
      });
    case 'submit': {
      const submitted = { ...view, previous_view_id: null, state: { values } };
      return form({ type: 'view_submission', ...from, view: submitted });
    }
    case 'list':
      return form({ type: 'block_suggestion', ...from, action_id: row.id, block_id: 'b', value: '', view });
    case 'command': {
      const typed = value === '0' ? row.id : `${row.id} ${value}`;
      const asked = { command: '/credits', text: row.id === 'balance' ? '' : typed };
      const place = { team_id: teamId, user_id: userId, channel_id: 'CCREDITS', channel_name: 'credits' };
      const reply = { trigger_id: key, response_url: desk.replyUrl(key) };
      return {
        key,
        body: new URLSearchParams({ ...asked, ...place, ...reply }).toString(),
        contentType: FORM,
      };
    }
    case 'event': {
      const event = { type: row.id, user: userId, tab: 'home', tokens: { bot: ['UBOT'] } };
      const body = JSON.stringify({ type: 'event_callback', team_id: teamId, event });
      return { key, body, contentType: 'application/json' };
    }
  }
}

/** Sends it, rightly signed, and waits for its answer where one `isAwaited`. */
export async function deliver(
  { desk, appUrl }: World,
  row: Row,
  request: Request,
  { isAwaited }: { isAwaited: boolean },
): Promise<Answer> {
  const slack = { delivery: { kind: 'http', signingSecret: SIGNING_SECRET } as const };
  const { status, text } = await sendAsSlack(
    { appUrl, sandbox: { slack } },
    request.body,
    request.contentType,
  );
  if (isAnsweredAtOnce(row.way)) return { status, said: text };
  // What is no request of Slack's is answered with that alone.
  if (!isAwaited || status !== 200) return { status, said: '' };
  return { status, said: await desk.heard(request.key) };
}
