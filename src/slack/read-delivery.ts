import { z } from 'zod';
import { optionsAsked } from './kit/long-lists.ts';
import { slackId } from './kit/slack-id.ts';
import { listeners } from './listeners.ts';

/**
 * What becomes of a signed body. `handled`: it has the shape of something in the table of listeners, so Bolt and the
 * handlers may read it. `ignored`: Slack sends such things, this app has no use for them; it is answered 200, as Slack
 * would otherwise send it again and in the end stop delivering. `malformed`: nothing that Slack sends.
 */
export type Delivery = 'handled' | 'ignored' | 'malformed';

const text = z.string();
const optionalText = z.string().nullish();
const optionalId = slackId.nullish();
/** Where an answer goes; Slack leaves it empty where there is no such place. */
const replyAddress = z.union([z.url({ protocol: /^https?$/ }), z.literal('')]).nullish();
const identified = z.looseObject({ id: slackId });
const fromPerson = {
  user: z.looseObject({ id: slackId, team_id: optionalId }),
  team: identified.nullish(),
  enterprise: identified.nullish(),
  trigger_id: optionalId,
  response_url: replyAddress,
  // Bolt reads the id of a channel that is there at all.
  channel: identified.optional(),
};
const view = z.looseObject({ id: slackId, callback_id: optionalText, private_metadata: optionalText });

/** The shapes that the handlers and Bolt itself rely on; Bolt throws on some of what is not of these. */
const handledShapes = z.union([
  z.looseObject({ ssl_check: z.literal('1') }),
  z.looseObject({ type: z.literal('url_verification'), challenge: text }),
  z.looseObject({
    type: z.literal('event_callback'),
    team_id: slackId,
    event: z.union([
      z.looseObject({ type: z.literal('app_home_opened'), user: slackId }),
      z.looseObject({ type: z.literal('app_uninstalled') }),
      z.looseObject({
        type: z.literal('tokens_revoked'),
        tokens: z.looseObject({ bot: z.array(text).nullish() }),
      }),
    ]),
  }),
  z.looseObject({
    command: text,
    team_id: slackId,
    user_id: slackId,
    text: optionalText,
    trigger_id: optionalId,
    response_url: replyAddress,
    channel_id: optionalId,
    channel_name: optionalText,
  }),
  z.looseObject({
    type: z.literal('block_actions'),
    ...fromPerson,
    actions: z.array(z.looseObject({ action_id: text })).min(1),
    view: view.nullish(),
    container: z.looseObject({}).nullish(),
  }),
  optionsAsked,
  z.looseObject({
    type: z.literal('view_submission'),
    ...fromPerson,
    view: view.extend({
      callback_id: text,
      private_metadata: text,
      state: z.looseObject({ values: z.looseObject({}) }),
    }),
    response_urls: z.array(z.looseObject({ response_url: replyAddress })).optional(),
  }),
]);

/** Anything of Slack's has a type, or is a command; an event that is not about one workspace has no team. */
const anyShape = z.looseObject({ type: text });
const orgWideEvent = z.looseObject({
  type: z.literal('event_callback'),
  team_id: z.null().optional(),
  enterprise_id: text,
});
const anyEvent = z.looseObject({
  type: z.literal('event_callback'),
  team_id: text,
  event: z.looseObject({ type: text }),
});
const handledTypes = new Set([
  'url_verification',
  'event_callback',
  'block_actions',
  'block_suggestion',
  'view_submission',
]);

/** Reads a signed body before Bolt does. */
export function readDelivery(body: unknown): Delivery {
  if (handledShapes.safeParse(body).success) return 'handled';
  const event = anyEvent.safeParse(body);
  if (event.success) return hasEvent(event.data.event.type) ? 'malformed' : 'ignored';
  if (orgWideEvent.safeParse(body).success) return 'ignored';
  const known = anyShape.safeParse(body);
  return known.success && !handledTypes.has(known.data.type) && !('command' in known.data)
    ? 'ignored'
    : 'malformed';
}

const actionIds = new Set<string>([
  ...Object.keys(listeners.messageActions),
  ...Object.keys(listeners.claimActions),
  ...Object.keys(listeners.viewActions),
  ...listeners.ignoredActions,
]);

const listIds = new Set<string>(Object.values(listeners.suggestions).flatMap((lists) => Object.keys(lists)));

function hasEvent(type: string): boolean {
  return listeners.events.some((name) => name === type);
}

const named = z.looseObject({
  command: optionalText,
  event: z.looseObject({ type: text }).nullish(),
  type: optionalText,
  action_id: optionalText,
  actions: z.array(z.looseObject({ action_id: optionalText })).nullish(),
  view: z.looseObject({ callback_id: optionalText }).nullish(),
});

/** Whether the table of listeners has an answer to this command, event, button or form. */
export function hasListener(body: unknown): boolean {
  const read = named.safeParse(body);
  if (!read.success) return false;
  const { command, event, type, actions, view: shown } = read.data;
  if (typeof event === 'object' && event !== null) return hasEvent(event.type);
  if (typeof command === 'string') return Object.hasOwn(listeners.commands, command);
  if (type === 'block_suggestion') return listIds.has(read.data.action_id ?? '');
  if (type === 'block_actions') return actionIds.has(actions?.[0]?.action_id ?? '');
  return type === 'view_submission' && Object.hasOwn(listeners.submissions, shown?.callback_id ?? '');
}
