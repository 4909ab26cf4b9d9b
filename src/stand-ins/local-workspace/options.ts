import type { Clock } from '../../clock.ts';
import type { Logger } from '../../log.ts';
import type { DatabasePlace } from '../database-place.ts';
import type { SlashHint, World, WorldAct } from './protocol.ts';

/** Everything that the workspace needs to be told; it reads no environment and no files but the page's. */
export interface SlackWorkspaceOptions {
  /** Tables are created at start. */
  database: DatabasePlace;
  clock: Clock;
  log: Logger;
  /** Port of the Web API; 0 or absent: any free one. */
  apiPort?: number;
  /** Port of the browser page; 0 or absent: any free one. */
  pagePort?: number;
  /** Folder of the built page. */
  pageFolder: string;
  seed: Seed;
  tokens: { bot: string; app: string };
  /** Scopes of the bot token, as the app's manifest lists them. */
  scopes: readonly string[];
  delivery: Delivery;
  world: WorldPort;
  /** Refuse more than about one chat.postMessage a second a channel, as Slack does. Off unless told. */
  limitPosts?: boolean;
  /** How long the app may take to acknowledge, and to use a trigger, in milliseconds. Slack's 3000 unless told. */
  appTimeoutMs?: number;
  /** Delays before an unacknowledged event is sent again, in milliseconds of wall time. */
  eventRetryDelaysMs?: readonly number[];
}

/** How commands, interactions and events reach the app. The address may be known only after the app has started. */
type Delivery = { kind: 'http'; url: string | (() => string); signingSecret: string } | { kind: 'socket' };

/** The world outside the workspace, as the composition root plays it. */
export interface WorldPort {
  read(): World | Promise<World>;
  act(act: WorldAct): Promise<void>;
  onChange(listener: () => void): void;
}

/** A world that nobody plays: for tests that need none. */
export const frozenWorld = (clock: Clock): WorldPort => ({
  read: () => ({
    now: clock.now().toISOString(),
    aheadMs: 0,
    timeZone: 'UTC',
    card: { behaviour: '', choices: [], statementUrl: null, isDisputed: false },
    phone: { choices: [], said: null, paused: [] },
    network: { slackDown: false, processorDown: false },
  }),
  act: async () => undefined,
  onChange: () => undefined,
});

export interface Seed {
  workspace: { id: string; name: string; domain: string };
  app: SeedApp;
  users: readonly SeedUser[];
  conversations: readonly SeedConversation[];
}

interface SeedApp {
  id: string;
  name: string;
  botUserId: string;
  botId: string;
  hasHome: boolean;
  /** What its About tab says. */
  description?: string;
  /** Whether its conversation takes no messages from people. */
  isMessagesReadOnly?: boolean;
  slash: readonly SlashHint[];
  /** Event types that the app subscribes to, e.g. `app_home_opened`. */
  events: readonly string[];
}

export interface SeedUser {
  id: string;
  name: string;
  realName: string;
  /** What this person is in the company, e.g. "Company admin". */
  title: string;
  email: string;
  timeZone?: string;
  isAdmin?: boolean;
  /** A full member unless told: a guest of the workspace, somebody of a connected one, or no longer there. */
  standing?: 'member' | 'guest' | 'stranger' | 'deactivated';
}

interface SeedConversation {
  id: string;
  name: string;
  topic?: string;
  isPrivate?: boolean;
  /** User ids; the bot's is among them where the app has been invited. */
  memberIds: readonly string[];
}
