import { randomBytes } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { App, HTTPReceiver, LogLevel, SocketModeReceiver } from '@slack/bolt';
import { WebClient } from '@slack/web-api';
import { MovableClock } from '../../src/clock.ts';
import { createLogger } from '../../src/log.ts';
import type { DatabasePlace } from '../../src/stand-ins/database-place.ts';
import {
  frozenWorld,
  type Seed,
  type SlackWorkspace,
  type SlackWorkspaceOptions,
  startSlackWorkspace,
} from '../../src/stand-ins/local-workspace/index.ts';
import { emptyDatabase } from './database.ts';

export const BOT_TOKEN = 'xoxb-test-bot';
export const APP_TOKEN = 'xapp-test-app';
export const SIGNING_SECRET = 'test-signing-secret';
export const SCOPES = [
  'chat:write',
  'commands',
  'users:read',
  'channels:read',
  'im:write',
  'im:read',
  'files:write',
];

const testSeed: Seed = {
  workspace: { id: 'T0TEST00001', name: 'Test Works', domain: 'test-works' },
  app: {
    id: 'A0TEST00001',
    name: 'Tester',
    botUserId: 'U0BOT000001',
    botId: 'B0TEST00001',
    hasHome: true,
    slash: [{ command: '/test', usageHint: '[anything]', description: 'Tests' }],
    events: ['app_home_opened'],
  },
  users: [
    {
      id: 'U0ANA000001',
      name: 'ana',
      realName: 'Ana Ng',
      title: 'Admin',
      email: 'ana@test.works',
      isAdmin: true,
    },
    { id: 'U0LI0000001', name: 'li', realName: 'Li Wei', title: 'Member', email: 'li@test.works' },
  ],
  conversations: [
    { id: 'C0GENERAL01', name: 'general', memberIds: ['U0BOT000001', 'U0ANA000001', 'U0LI0000001'] },
    { id: 'C0ADMINS001', name: 'admins', memberIds: ['U0BOT000001', 'U0ANA000001'] },
    { id: 'C0NOAPP0001', name: 'no-app', memberIds: ['U0ANA000001'] },
    { id: 'G0SECRET001', name: 'secret', isPrivate: true, memberIds: ['U0ANA000001'] },
  ],
};

export interface TestWorkspace extends SlackWorkspace {
  clock: MovableClock;
  client: WebClient;
  database: DatabasePlace;
  /** Where the workspace sends commands and interactions, once an app has been started. */
  appUrl: { current: string };
}

const log = createLogger('silent');

/** A Web API client that neither retries nor logs: the tests look at single answers. */
export const quietClient = (apiUrl: string, token = BOT_TOKEN): WebClient =>
  new WebClient(token, {
    slackApiUrl: apiUrl,
    retryConfig: { retries: 0 },
    logLevel: LogLevel.ERROR,
    logger: silent,
  });

/** A logger for Slack's SDKs that keeps still: refused calls are what most of these tests are about. */
export const silent = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  setLevel: () => undefined,
  getLevel: () => LogLevel.ERROR,
  setName: () => undefined,
};

/** A workspace on a database of its own (or on the one given), delivering to the app that `startApp` starts. */
export async function startTestWorkspace(
  options: Partial<SlackWorkspaceOptions> = {},
): Promise<TestWorkspace> {
  const own = options.database === undefined ? await emptyDatabase() : undefined;
  const database = options.database ?? own?.url ?? '';
  const clock = new MovableClock();
  const appUrl = { current: 'http://127.0.0.1:9/slack/events' };
  const workspace = await startSlackWorkspace({
    database,
    clock,
    log,
    pageFolder: 'test/support/page',
    seed: testSeed,
    tokens: { bot: BOT_TOKEN, app: APP_TOKEN },
    scopes: SCOPES,
    delivery: { kind: 'http', url: () => appUrl.current, signingSecret: SIGNING_SECRET },
    world: frozenWorld(clock),
    ...options,
  });
  const close = async () => {
    await workspace.close();
    await own?.close();
  };
  return { ...workspace, clock, appUrl, database, client: quietClient(workspace.apiUrl), close };
}

/** A real Bolt app over signed HTTP on a free port; listeners may be added at any time. */
export async function startHttpApp(workspace: TestWorkspace): Promise<{ app: App; close(): Promise<void> }> {
  const receiver = new HTTPReceiver({ signingSecret: SIGNING_SECRET, logger: silent });
  const app = boltApp(workspace, receiver);
  const server = await app.start({ port: 0, host: '127.0.0.1' });
  const { port } = (server as { address(): AddressInfo }).address();
  workspace.appUrl.current = `http://127.0.0.1:${port}/slack/events`;
  return { app, close: async () => void (await app.stop()) };
}

/** A real Bolt app in Socket Mode. */
export async function startSocketApp(
  workspace: TestWorkspace,
): Promise<{ app: App; close(): Promise<void> }> {
  const installerOptions = { clientOptions: { slackApiUrl: workspace.apiUrl } };
  const receiver = new SocketModeReceiver({
    appToken: APP_TOKEN,
    logger: silent,
    installerOptions,
    clientPingTimeout: 200,
  });
  const app = boltApp(workspace, receiver);
  await app.start();
  return { app, close: async () => void (await app.stop()) };
}

function boltApp(workspace: TestWorkspace, receiver: HTTPReceiver | SocketModeReceiver): App {
  const clientOptions = { slackApiUrl: workspace.apiUrl, retryConfig: { retries: 0 } };
  return new App({ token: BOT_TOKEN, receiver, clientOptions, logger: silent });
}

/** The error code and reasons of a refused Web API call. */
export async function refusal(
  call: Promise<unknown>,
): Promise<{ error: string; messages: string[]; data: unknown }> {
  try {
    await call;
  } catch (error) {
    const { data } = error as { data?: { error?: string; response_metadata?: { messages?: string[] } } };
    if (data?.error === undefined) throw error;
    return { error: data.error, messages: data.response_metadata?.messages ?? [], data };
  }
  throw new Error('the call was not refused');
}

/** A plain_text object. */
export const plain = (text: string) => ({ type: 'plain_text' as const, text });

/** An id that no other test has. */
export const unique = (prefix: string): string => `${prefix}-${randomBytes(4).toString('hex')}`;
