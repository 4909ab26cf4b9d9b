import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { MovableClock } from '../clock.ts';
import type { Logger } from '../log.ts';
import type { DatabasePlace } from './database-place.ts';
import {
  type DirectoryApi,
  type DirectoryLists,
  startDirectoryApi,
} from './local-phone-system/directory-api.ts';
import { type EventReceiver, startEventReceiver } from './local-phone-system/event-receiver.ts';
import { createPhoneSystem, type UsageAct } from './local-phone-system/send-usage.ts';
import { type CardProcessorControls, startCardProcessor } from './local-processor/index.ts';
import { type SlackWorkspace, startSlackWorkspace } from './local-workspace/index.ts';
import type { Seed } from './local-workspace/options.ts';
import { type AppManifest, readManifestFile } from './read-manifest.ts';
import { createSimulator } from './simulator.ts';
import { openSimulatorStore } from './simulator-store.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** Credentials of the stand-ins. They guard nothing but this machine's own play. */
const TOKENS = { bot: 'xoxb-local-workspace', app: 'xapp-local-workspace' };
const SIGNING_SECRET = 'local-signing-secret';
const STRIPE_WEBHOOK_SECRET = 'whsec_local_processor';

/** The company that the stand-ins play: its workspace, its people's numbers, and what they do by phone. */
export interface PlayedCompany {
  seed(manifest: AppManifest): Seed;
  directory: DirectoryLists;
  /** The key under which its phone system sends usage. */
  usageKey: string;
  /** The key under which it asks for credits, and posts what it captures. */
  holdKey: string;
  /** The office of a line of the company's, by name. */
  officeOf(line: string): string;
  usage: readonly UsageAct[];
}

export interface StandIns {
  clock: MovableClock;
  pageUrl: string;
  botToken: string;
  /** What the app has to be told of Slack. */
  slack: {
    apiUrl: string;
    delivery:
      | { kind: 'http'; signingSecret: string; appTimeoutMs?: number }
      | { kind: 'socket'; appToken: string };
  };
  stripe: { secretKey: string; webhookSecret: string; apiUrl: string };
  /** For tests: the workspace itself, and the processor's switches. */
  workspace: SlackWorkspace;
  card: CardProcessorControls;
  /** The phone system's own list of its people. */
  directory: DirectoryApi;
  /** Where the phone system is told of the company's credits. */
  events: EventReceiver;
  close(): Promise<void>;
}

/**
 * Starts the local Slack workspace and the local card processor, both for the app that will answer at `appUrl`.
 * Their books are in their own database, and so is how far the one clock was moved.
 */
export async function startStandIns(options: {
  database: DatabasePlace;
  company: PlayedCompany;
  ports: { page: number; slackApi: number; stripe: number };
  appUrl: string;
  /** The API key of the card processor. */
  processorKey: string;
  log: Logger;
  /** Deliver over Socket Mode instead of signed HTTP. */
  socket?: boolean;
  /** How far in the past the one clock begins where nobody has moved it yet; who says so brings it to the present. */
  setBackMs?: number;
  /** After this long without an answer the processor cuts a connection, in milliseconds; 90 seconds by default. */
  silenceMs?: number;
  /** How long the workspace, and the app's own receiver, wait for the app, in milliseconds; 3 seconds by default. */
  appTimeoutMs?: number;
}): Promise<StandIns> {
  const { database, company, ports, appUrl, processorKey, log, socket = false, setBackMs = 0 } = options;
  const { silenceMs, appTimeoutMs } = options;
  const patience = appTimeoutMs === undefined ? {} : { appTimeoutMs };
  const simulatorStore = await openSimulatorStore(database, log);
  const movedMs = await simulatorStore.readAheadMs();
  const clock = new MovableClock(movedMs === 0 ? -setBackMs : movedMs);
  const processor = await startCardProcessor({
    port: ports.stripe,
    database,
    secretKey: processorKey,
    webhook: { url: `${appUrl}/webhooks/stripe`, secret: STRIPE_WEBHOOK_SECRET },
    clock,
    log,
    ...(silenceMs === undefined ? {} : { silenceMs }),
  });
  const directory = await startDirectoryApi(company.directory);
  const events = await startEventReceiver();
  const manifest = readManifestFile();
  const simulator = createSimulator({
    clock,
    books: simulatorStore,
    card: processor.controls,
    statementUrl: `${processor.url}/statement`,
    events,
    phone: createPhoneSystem({
      appUrl,
      key: company.usageKey,
      holdKey: company.holdKey,
      officeOf: company.officeOf,
      events,
      acts: company.usage,
      now: () => clock.now(),
    }),
  });
  const slack = await startSlackWorkspace({
    database,
    clock,
    log,
    apiPort: ports.slackApi,
    pagePort: ports.page,
    pageFolder: path.join(ROOT, 'dist/page'),
    seed: company.seed(manifest),
    tokens: TOKENS,
    scopes: manifest.botScopes,
    delivery: socket
      ? { kind: 'socket' }
      : { kind: 'http', url: `${appUrl}/slack/events`, signingSecret: SIGNING_SECRET },
    world: simulator.port,
    ...patience,
  });
  simulator.onNetwork((isDown) => slack.faults.setAllDown(isDown));
  return {
    clock,
    pageUrl: slack.pageUrl,
    botToken: TOKENS.bot,
    slack: {
      apiUrl: slack.apiUrl,
      delivery: socket
        ? { kind: 'socket', appToken: TOKENS.app }
        : { kind: 'http', signingSecret: SIGNING_SECRET, ...patience },
    },
    workspace: slack,
    card: processor.controls,
    directory,
    events,
    stripe: { secretKey: processorKey, webhookSecret: STRIPE_WEBHOOK_SECRET, apiUrl: processor.url },
    async close() {
      await slack.close();
      await events.close();
      await directory.close();
      await processor.close();
      await simulatorStore.close();
    },
  };
}
