/**
 * A Slack workspace on this machine: the Web API, signed deliveries or Socket Mode, and a page in the browser, over
 * Slack's own wire formats and as strict as Slack. The real SDKs are pointed at it; see README.md.
 */

import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SECOND_MS } from '../../durations.ts';
import { methodRegistry } from './api/registry.ts';
import { createApiServer } from './api/server.ts';
import { Bus } from './bus.ts';
import type { Deliverer } from './deliver/deliver.ts';
import { EventSender } from './deliver/events.ts';
import { httpDeliverer } from './deliver/http.ts';
import { type SocketDeliverer, socketDeliverer } from './deliver/socket.ts';
import { createDriver, type Driver } from './driver.ts';
import { Faults } from './faults.ts';
import type { SlackWorkspaceOptions } from './options.ts';
import { announceWorld } from './page-api/play-world.ts';
import { createPageServer } from './page-api/server.ts';
import { openDatabase } from './store/database.ts';
import { writeSeed } from './store/seed.ts';
import type { Workspace } from './workspace.ts';

export { type Driver, visibleText } from './driver.ts';
export { frozenWorld, type Seed, type SlackWorkspaceOptions } from './options.ts';

const APP_TIMEOUT_MS = 3 * SECOND_MS;

export interface SlackWorkspace {
  /** For `slackApiUrl`, e.g. `http://127.0.0.1:4002/api/`. */
  apiUrl: string;
  /** The page to open in a browser. */
  pageUrl: string;
  faults: Faults;
  driver: Driver;
  /** Asks apps in Socket Mode to connect anew; nothing over HTTP. */
  refreshSockets(): void;
  close(): Promise<void>;
}

async function listen(server: Server, port = 0): Promise<string> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const stop = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });

/** A deliverer that is chosen after the server it may need exists. */
function chooseDeliverer(
  { delivery, seed }: SlackWorkspaceOptions,
  server: Server,
  { faults, appTimeoutMs }: Workspace,
): { deliverer: Deliverer; socket?: SocketDeliverer } {
  const isDown = () => faults.allDown;
  if (delivery.kind === 'http') return { deliverer: httpDeliverer({ ...delivery, appTimeoutMs, isDown }) };
  const socket = socketDeliverer({ server, appId: seed.app.id, appTimeoutMs, isDown });
  faults.onNetwork(() => faults.allDown && socket.breakAll());
  return { deliverer: socket, socket };
}

/** Everything but the deliverer, which needs the server that needs the workspace. */
async function prepare(options: SlackWorkspaceOptions): Promise<Workspace> {
  const { seed, clock, log, tokens, world } = options;
  const database = await openDatabase(options.database, log);
  await writeSeed(database, seed, clock);
  return {
    seed,
    tokens,
    scopes: new Set(options.scopes),
    limitPosts: options.limitPosts ?? false,
    appTimeoutMs: options.appTimeoutMs ?? APP_TIMEOUT_MS,
    clock,
    log,
    database,
    bus: new Bus(),
    faults: new Faults(),
    world,
    deliverer: { send: async () => ({ outcome: 'unreachable' }), close: async () => undefined },
    addresses: { api: '', page: '' },
  };
}

/**
 * Starts the workspace: tables and seed, then both servers on 127.0.0.1.
 * @throws Error when the database cannot be reached or a port is taken
 */
export async function startSlackWorkspace(options: SlackWorkspaceOptions): Promise<SlackWorkspace> {
  const workspace = await prepare(options);
  let methods = methodRegistry();
  const apiServer = createApiServer(workspace, () => methods);
  const { deliverer, socket } = chooseDeliverer(options, apiServer, workspace);
  workspace.deliverer = deliverer;
  const events = new EventSender(workspace, options.eventRetryDelaysMs);
  const pageServer = createPageServer({ workspace, events, folder: options.pageFolder });
  const close = async () => {
    events.close();
    await deliverer.close();
    await Promise.all([stop(apiServer), stop(pageServer)]);
    await workspace.database.close();
  };
  try {
    workspace.addresses.api = await listen(apiServer, options.apiPort);
    workspace.addresses.page = await listen(pageServer, options.pagePort);
  } catch (error) {
    await close();
    throw error;
  }
  if (socket !== undefined) {
    methods = methodRegistry(() => workspace.addresses.api.replace('http', 'ws') + socket.newTicket());
  }
  const worldChanged = () => {
    announceWorld(workspace).catch((error: unknown) => workspace.log.warn({ err: error }, 'world not told'));
  };
  workspace.world.onChange(worldChanged);
  workspace.faults.onNetwork(worldChanged);
  await events.resume();
  return {
    apiUrl: `${workspace.addresses.api}/api/`,
    pageUrl: workspace.addresses.page,
    faults: workspace.faults,
    driver: createDriver(workspace, events),
    refreshSockets: () => socket?.refresh(),
    close,
  };
}
