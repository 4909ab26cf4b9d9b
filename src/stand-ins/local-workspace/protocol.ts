/**
 * What the workspace server and its browser page say to each other: JSON over HTTP below `/workspace/`, and one
 * server-sent event stream. The page knows Slack's shapes (blocks, views) and nothing of Refill.
 */

/** A Block Kit block, element or composition object as it went over the wire. */
export type Block = { type: string; block_id?: string } & Record<string, unknown>;

export interface WorkspaceUser {
  id: string;
  name: string;
  realName: string;
  /** What this person is in the demo company, e.g. "Company admin"; shown in the person switch. */
  title: string;
  isBot: boolean;
  /** Hue of the drawn avatar, 0–359. */
  hue: number;
}

export interface Conversation {
  id: string;
  kind: 'channel' | 'dm';
  /** Channel name without `#`; for a DM, the other side's name. */
  name: string;
  topic: string;
  memberIds: string[];
}

export interface SlashHint {
  command: string;
  usageHint: string;
  description: string;
  /** Whether the app gets names as marks with ids and `&`, `<`, `>` as entities (`should_escape`). */
  shouldEscape?: boolean;
}

/** GET /workspace/bootstrap?as=USER */
export interface Bootstrap {
  workspace: { id: string; name: string };
  app: {
    id: string;
    botUserId: string;
    name: string;
    hasHome: boolean;
    /** What the app says of itself. */
    description: string;
    /** People cannot write to the app in its own conversation (`messages_tab_read_only_enabled`). */
    isMessagesReadOnly: boolean;
  };
  me: WorkspaceUser;
  users: WorkspaceUser[];
  conversations: Conversation[];
  slash: SlashHint[];
  world: World;
}

/** A message as one person sees it. `ts` is its identity within the conversation. */
export interface Message {
  conversationId: string;
  ts: string;
  userId: string;
  text: string;
  blocks: Block[];
  edited: boolean;
  /** Only the acting person sees it, and only until the page is loaded anew, as in Slack. */
  ephemeral: boolean;
  threadTs: string | null;
  files: { id: string; name: string; size: number; url: string }[];
}

/** A modal on the acting person's stack, bottom first. */
export interface View {
  id: string;
  hash: string;
  callbackId: string;
  title: string;
  submit: string | null;
  close: string | null;
  blocks: Block[];
  /** What its inputs hold now: initial values, or what was typed before an update or a reload. */
  state?: StateValues;
}

/** GET /workspace/stream?as=USER, each `data:` line one of these. */
export type StreamEvent =
  | { type: 'message'; message: Message }
  | { type: 'message-changed'; message: Message }
  | { type: 'message-deleted'; conversationId: string; ts: string }
  /** The whole stack after any change; empty when the modal closed. */
  | { type: 'views'; stack: View[] }
  | { type: 'home'; blocks: Block[] }
  | { type: 'conversations'; conversations: Conversation[] }
  | { type: 'world'; world: World };

/** What each POST of the page answers. `toast` is what Slack itself would say ("This app did not respond in time"). */
export type ActResult =
  | { ok: true }
  | { ok: false; toast: string }
  /** `response_action: errors` of a submission: block id → sentence under that field. */
  | { ok: false; fieldErrors: Record<string, string> };

/** The options of a list that only the app knows, for what was typed. */
export type OptionsResult = { ok: true; options: Record<string, unknown>[] } | { ok: false; toast: string };

/** block_id → action_id → the element's state as Slack sends it (`view.state.values`). */
export type StateValues = Record<string, Record<string, Record<string, unknown>>>;

/**
 * The page's calls, all POST with a JSON body unless said:
 *  GET  /workspace/messages?as&conversation      → Message[] (oldest first)
 *  GET  /workspace/home?as                       → Block[] (also fires app_home_opened)
 *  POST /workspace/say        { as, conversation, text }                          → ActResult
 *  POST /workspace/command    { as, conversation, text: "/credits add 50" }       → ActResult
 *  POST /workspace/action     { as, container: ActionContainer, blockId, actionId, value, state } → ActResult
 *  POST /workspace/options    { as, container, blockId, actionId, typed }            → OptionsResult
 *  POST /workspace/submit     { as, viewId, state: StateValues }                  → ActResult
 *  POST /workspace/close      { as, viewId, all: boolean }                        → ActResult
 *  POST /workspace/dismiss    { as, conversation, ts } (an ephemeral message)     → ActResult
 *  POST /workspace/world      { act: WorldAct }                                   → ActResult
 */
export type ActionContainer =
  | { kind: 'message'; conversationId: string; ts: string }
  | { kind: 'view'; viewId: string }
  | { kind: 'home' };

/** What the small panel shows of the world outside the workspace. */
export interface World {
  /** The one clock, ISO 8601, and how far it stands ahead of the wall clock. */
  now: string;
  aheadMs: number;
  timeZone: string;
  card: {
    behaviour: string;
    choices: { id: string; label: string; description: string }[];
    /** What the card's bank shows; null where there is none. */
    statementUrl: string | null;
    /** Whether its holder disputes a charge now. */
    isDisputed: boolean;
  };
  /** What the company's phone system can be made to do, what came of the last time, and where paid calls are paused. */
  phone: { choices: { id: string; label: string }[]; said: string | null; paused: string[] };
  /** Where the network is dropped: the app cannot reach Slack, or the card processor. */
  network: { slackDown: boolean; processorDown: boolean };
}

export type WorldAct =
  | { type: 'advance'; ms: number }
  | { type: 'card'; behaviour: string }
  /** The holder disputes the last charge; the bank decides for the seller or for the holder. */
  | { type: 'dispute'; event: 'open' | 'won' | 'lost' }
  | { type: 'phone'; happening: string }
  | { type: 'network'; slackDown: boolean; processorDown: boolean };
