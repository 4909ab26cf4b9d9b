import { features } from '../../../src/slack/features.ts';
import { listeners } from '../../../src/slack/listeners.ts';
import { isObject, type Json } from '../../../src/stand-ins/local-workspace/blocks/index.ts';
import type { Chance } from '../simulate/chance.ts';
import { damage, mutate, oddText, writeJson } from './mutate.ts';
import type { FuzzRequest } from './request.ts';
import { OTHER_TEAM, PEOPLE, type World } from './world.ts';
import {
  type From,
  type Payload,
  signed,
  toRequest,
  writeClick,
  writeCommand,
  writeEvent,
  writeSubmission,
  writeSuggestion,
} from './write-slack.ts';

export const WORDS: readonly string[] = features.flatMap(({ commands = [] }) =>
  commands.map(({ word }) => word),
);
const RESTS = [
  '',
  '50',
  '12.50 New York',
  'last month',
  'nov 3',
  '@ana',
  'help',
  '0',
  'for the fair',
  'all',
  'off',
] as const;
/** Slack gives back what the app has shown: it makes no mistakes there, and nobody else signs. */
const SHOWN: ReadonlySet<string> = new Set(['blocks']);
/** Without these nothing gets to a listener; that nothing else does is tried by a minority. */
const ROUTED: ReadonlySet<string> = new Set([
  ...SHOWN,
  'type',
  'team',
  'team_id',
  'command',
  'callback_id',
  'action_id',
  'user',
  'user_id',
]);

/** Something that Slack could send, or could not, under the key that its answer is known by. */
export function drawSlack(world: World, chance: Chance, key: string): FuzzRequest {
  const userId = chance.oneIn(2) ? PEOPLE[0] : chance.pick(PEOPLE);
  const from: From = { userId, key, replyUrl: world.desk.replyUrl(key) };
  const drawn = drawPayload(world, chance, from);
  world.desk.expect(key, userId, drawn.what === 'event app_home_opened');
  const isOdd = chance.oneIn(2);
  const keeps = chance.oneIn(6) ? SHOWN : ROUTED;
  const changed = isOdd ? { ...drawn, payload: mutateWithin(drawn.payload, chance, keeps) } : drawn;
  const request = toRequest(
    changed,
    world.slackSecret,
    isOdd ? (value) => writeJson(value, chance) : undefined,
  );
  return spoil(request, chance, world.slackSecret);
}

function drawPayload({ harvest }: World, chance: Chance, from: From): Payload {
  const anyOf = <T>(map: ReadonlyMap<string, readonly T[]>): T | undefined => {
    const keys = [...map.keys()].toSorted();
    const all = map.get(keys[chance.between(0, Math.max(0, keys.length - 1))] ?? '') ?? [];
    return all[chance.between(0, Math.max(0, all.length - 1))];
  };
  const turn = chance.between(1, 100);
  const clickable = anyOf(harvest.clicks);
  if (turn <= 35 && clickable !== undefined) return writeClick(from, clickable, chance);
  const form = anyOf(harvest.forms);
  if (turn <= 62 && form !== undefined) return writeSubmission(from, form, chance);
  const list = anyOf(harvest.lists);
  if (turn <= 70 && list !== undefined)
    return writeSuggestion(from, list, chance.oneIn(2) ? '' : oddText(chance));
  if (turn <= 76) return drawUnshown(chance, from);
  if (turn <= 82) return drawEvent(chance, from);
  const word = WORDS[chance.between(0, WORDS.length - 1)] ?? 'help';
  return writeCommand(from, `${word} ${chance.oneIn(3) ? oddText(chance) : chance.pick(RESTS)}`);
}

/** What is registered and was not shown, or is no longer, and what nothing is registered for. */
function drawUnshown(chance: Chance, from: From): Payload {
  const ids = [
    ...Object.keys(listeners.messageActions),
    ...Object.keys(listeners.claimActions),
    ...Object.keys(listeners.viewActions),
  ];
  const value = chance.oneIn(2) ? oddText(chance).slice(0, 2_000) : String(chance.between(1, 40));
  const element = { type: 'button', action_id: ids[chance.between(0, ids.length - 1)] ?? 'old', value };
  const forms = Object.keys(listeners.submissions);
  const callbackId = forms[chance.between(0, forms.length - 1)] ?? 'old';
  const surface = chance.oneIn(2) ? 'message' : 'modal';
  const shown = { surface, callbackId, metadata: value, blocks: [], userId: from.userId } as const;
  const kinds = ['view_closed', 'shortcut', 'message_action', 'workflow_step_edit', 'hologram'] as const;
  switch (chance.between(0, 4)) {
    case 0: {
      const { payload } = writeSubmission(from, { ...shown, surface: 'modal' }, chance);
      const type = chance.pick(kinds);
      return { what: type, payload: { ...payload, type, callback_id: callbackId }, kind: 'interaction' };
    }
    case 1:
    case 2:
      return writeSubmission(from, { ...shown, surface: 'modal' }, chance);
    default:
      return writeClick(
        from,
        { shown, placed: { block: { block_id: value.slice(0, 255) }, blockIndex: 0, element, at: '' } },
        chance,
      );
  }
}

/** The events that forget a token are those of a workspace that is no company's: the rest of the run needs the other. */
function drawEvent(chance: Chance, from: From): Payload {
  if (!chance.oneIn(4))
    return writeEvent(from, {
      type: 'app_home_opened',
      user: from.userId,
      tab: chance.oneIn(5) ? 'messages' : 'home',
    });
  const event = chance.pick<Json>([
    { type: 'app_uninstalled' },
    { type: 'tokens_revoked', tokens: { oauth: [], bot: ['UBOT'] } },
    { type: 'message', channel: 'C1', text: 'x' },
  ]);
  return writeEvent(from, event, OTHER_TEAM);
}

/** Mistakes stand where people and programs make them: in values and metadata, and seldom in what carries these. */
function mutateWithin(payload: Json, chance: Chance, keeps: ReadonlySet<string>): Json {
  const { actions, view } = payload;
  if (chance.oneIn(4)) return mutate(payload, chance, keeps);
  if (Array.isArray(actions)) return { ...payload, actions: mutate(actions, chance, keeps) };
  if (!isObject(view)) return mutate(payload, chance, keeps);
  if (chance.oneIn(4)) return { ...payload, view: { ...view, private_metadata: oddText(chance) } };
  return { ...payload, view: { ...view, state: mutate(view.state, chance, keeps) } };
}

/** A minority is signed wrongly, cut off before it was signed, or after, or sent again. */
function spoil(request: FuzzRequest, chance: Chance, secret: string): FuzzRequest {
  switch (chance.between(1, 60)) {
    case 1:
      return { ...request, headers: { ...request.headers, 'x-slack-signature': 'v0=00' } };
    case 2:
      return { ...request, body: damage(request.body, chance) };
    case 3: {
      const body = damage(request.body, chance);
      return { ...request, body, headers: { ...request.headers, ...signed(body, secret) } };
    }
    case 4:
      return { ...request, headers: { ...request.headers, 'content-type': 'text/plain' } };
    case 5:
    case 6:
      return { ...request, isTwice: true };
    default:
      return request;
  }
}
