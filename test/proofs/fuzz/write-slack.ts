import { TEAM_ID } from '../../../src/demo/cast.ts';
import {
  actionValue,
  type BlockState,
  type Json,
  mergeState,
  placedElements,
  startState,
} from '../../../src/stand-ins/local-workspace/blocks/index.ts';
import { FORM, interaction, signedBySlack } from '../../support/send-as-slack.ts';
import type { Chance } from '../simulate/chance.ts';
import type { Clickable, Shown } from './harvest.ts';
import type { FuzzRequest } from './request.ts';

const CHANNEL = { id: 'C0CREDITS1', name: 'phone-credits' };

/** Whose request it is, the key under which the app answers it, and where it does. */
export interface From {
  userId: string;
  key: string;
  replyUrl: string;
}

/** What Slack sends, before it is written and signed. */
export interface Payload {
  what: string;
  payload: Json;
  kind: 'command' | 'interaction' | 'event';
  blockIds?: readonly string[];
}

const base = ({ userId, key }: From): Json => ({
  team: { id: TEAM_ID, domain: 'acme' },
  user: { id: userId, team_id: TEAM_ID, name: 'somebody' },
  enterprise: null,
  is_enterprise_install: false,
  trigger_id: key,
});

export function writeCommand(from: From, text: string): Payload {
  const payload = {
    command: '/credits',
    text,
    team_id: TEAM_ID,
    user_id: from.userId,
    channel_id: CHANNEL.id,
    channel_name: CHANNEL.name,
    trigger_id: from.key,
    response_url: from.replyUrl,
  };
  return { what: `/credits ${text.slice(0, 40)}`, payload, kind: 'command' };
}

export function writeClick(from: From, { shown, placed }: Clickable, chance: Chance): Payload {
  const { block, element } = placed;
  const state = fill(shown, chance);
  const chosen = state[String(block.block_id)]?.[String(element.action_id)];
  const action = {
    type: element.type,
    action_id: element.action_id,
    block_id: block.block_id,
    action_ts: '1.1',
    ...(element.value === undefined ? {} : { value: element.value }),
    ...actionValue(element, chosen),
  };
  const payload = {
    type: 'block_actions',
    ...base(from),
    ...(shown.surface === 'message'
      ? {
          container: { type: 'message', channel_id: CHANNEL.id, message_ts: '1.1', is_ephemeral: true },
          channel: CHANNEL,
          response_url: from.replyUrl,
        }
      : { container: { type: 'view', view_id: from.key }, view: viewOf(from, shown, state) }),
    actions: [action],
  };
  return { what: `click ${String(element.action_id)}`, payload, kind: 'interaction' };
}

export function writeSubmission(from: From, shown: Shown, chance: Chance): Payload {
  const view = viewOf(from, shown, fill(shown, chance));
  return {
    what: `submit ${shown.callbackId}`,
    payload: { type: 'view_submission', ...base(from), view, response_urls: [] },
    kind: 'interaction',
    ...(shown.blocks.length === 0 ? {} : { blockIds: shown.blocks.map(({ block_id: id }) => String(id)) }),
  };
}

export function writeSuggestion(from: From, { shown, placed }: Clickable, typed: string): Payload {
  const { block, element } = placed;
  const ids = { action_id: element.action_id, block_id: block.block_id };
  const view = shown.surface === 'message' ? {} : { view: viewOf(from, shown, {}) };
  return {
    what: `list ${String(element.action_id)}`,
    payload: { type: 'block_suggestion', ...base(from), ...ids, value: typed, ...view },
    kind: 'interaction',
  };
}

export function writeEvent(from: From, event: Json, teamId = TEAM_ID): Payload {
  const payload = { type: 'event_callback', team_id: teamId, event_id: `Ev${from.key}`, event };
  return { what: `event ${String(event.type)}`, payload, kind: 'event' };
}

const viewOf = ({ key }: From, shown: Shown, values: BlockState): Json => ({
  id: key,
  type: shown.surface,
  team_id: TEAM_ID,
  callback_id: shown.callbackId,
  private_metadata: shown.metadata,
  previous_view_id: null,
  blocks: shown.blocks,
  state: { values },
});

/** Its inputs as a person may leave them: as they were shown, or with something that each of them takes. */
function fill(shown: Shown, chance: Chance): BlockState {
  const given: Record<string, Json> = {};
  for (const { block, element } of placedElements(shown.blocks)) {
    if (chance.oneIn(3)) continue;
    const blockId = String(block.block_id);
    given[blockId] = { ...given[blockId], [String(element.action_id)]: choose(element, chance) };
  }
  return mergeState(shown.blocks, startState(shown.blocks), given);
}

function choose(element: Json, chance: Chance): unknown {
  const type = String(element.type);
  const listed = Array.isArray(element.options) ? (element.options as Json[]) : [];
  const option = listed[chance.between(0, Math.max(0, listed.length - 1))];
  const of = (one: unknown): unknown => (type.startsWith('multi_') || type === 'checkboxes' ? [one] : one);
  if (/external_select$/.test(type))
    return of({
      text: { type: 'plain_text', text: 'one' },
      value: chance.pick(['1', '2', 'office:1', 'company']),
    });
  if (/users_select$/.test(type)) return of(chance.pick(['U0PRIYA001', 'U0SAM00001', 'U0GUEST001']));
  if (/(channels|conversations)_select$/.test(type)) return of(CHANNEL.id);
  if (option !== undefined) return of(option.value);
  if (type === 'datepicker') return new Date().toISOString().slice(0, 10);
  if (type === 'timepicker') return '09:00';
  if (type === 'email_text_input') return 'ana@acme.example';
  return chance.pick(['25', '50.00', '5', '1', '100', 'For the fair', '0']);
}

/** As Slack sends and signs it. */
export function toRequest(
  { what, payload, kind, blockIds }: Payload,
  slackSecret: string,
  write: (value: unknown) => string = JSON.stringify,
): FuzzRequest {
  const text =
    kind === 'event'
      ? write(payload)
      : kind === 'command'
        ? new URLSearchParams(
            Object.entries(payload).map(([name, value]) => [name, textOf(value)]),
          ).toString()
        : interactionOf(payload, write);
  return {
    surface: 'slack',
    what,
    method: 'POST',
    path: '/slack/events',
    headers: { 'content-type': kind === 'event' ? 'application/json' : FORM, ...signed(text, slackSecret) },
    body: Buffer.from(text),
    isTwice: false,
    ...(blockIds === undefined ? {} : { blockIds }),
  };
}

const textOf = (value: unknown): string =>
  (typeof value === 'string' ? value : (JSON.stringify(value) ?? '')).toWellFormed();

function interactionOf(payload: Json, write: (value: unknown) => string): string {
  if (write === JSON.stringify) return interaction(payload);
  return new URLSearchParams({ payload: write(payload) }).toString();
}

export function signed(body: string | Buffer, signingSecret: string): Record<string, string> {
  return signedBySlack({ slack: { delivery: { kind: 'http', signingSecret } } }, body);
}
