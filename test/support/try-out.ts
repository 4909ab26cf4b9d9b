import { TRY_OUT_PROCESSOR_KEY } from '../../src/config.ts';
import { createDemoCompany, demoCompany } from '../../src/demo/index.ts';
import { createLogger, type Logger } from '../../src/log.ts';
import { type StandIns, startStandIns } from '../../src/stand-ins/index.ts';
import { type RunningApp, startApp } from '../../src/start/app.ts';
import { choosePorts } from '../../src/start/choose-ports.ts';
import { emptyDatabase, freshDatabase } from './database.ts';
import { freePort } from './free-port.ts';
import { recordWalks } from './record-walks.ts';

/** The whole try-out in this process: the app, the workspace, the card processor and the demo company. */
export interface TryOut {
  app: RunningApp;
  sandbox: StandIns;
  appUrl: string;
  /** The app's own database, for those who look behind the scenes. */
  databaseUrl: string;
  close(): Promise<void>;
}

/** After this long a call that gets no answer loses its connection; one that is slow, as on a busy machine, is waited for. */
const SILENCE_MS = 1_500;
const PATIENCE_MS = 60_000;

const silent = createLogger(process.env.TEST_LOG ?? 'silent');

export interface TryOutOptions {
  /** Slack delivers over Socket Mode instead of signed HTTP. */
  socket?: boolean;
  /** For how long the demo company has lived already. */
  historyDays?: number;
  /** How it begins; with everything set up unless given. */
  demo?: 'invoice' | 'empty';
  exportLimits?: { records: number; packAboveBytes: number };
  log?: Logger;
  secretKey?: string;
}

/** Starts it on databases and ports of its own. */
export async function startTestTryOut({
  socket = false,
  historyDays = 0,
  demo,
  exportLimits = { records: 100_000, packAboveBytes: 1_000_000 },
  log = silent,
  secretKey = 'the tests guard no secrets',
}: TryOutOptions = {}): Promise<TryOut> {
  const [database, books] = await Promise.all([freshDatabase({ poolSize: 2 }), emptyDatabase()]);
  const ports = await choosePorts({ port: await freePort(), isPortChosen: false });
  const setBackMs = historyDays * 86_400_000;
  const appUrl = `http://127.0.0.1:${ports.app}`;
  const sandbox = await startStandIns({
    database: books.url,
    company: demoCompany(),
    ports,
    appUrl,
    processorKey: TRY_OUT_PROCESSOR_KEY,
    log,
    socket,
    setBackMs,
    silenceMs: SILENCE_MS,
    appTimeoutMs: PATIENCE_MS,
  });
  const app = await startApp({
    role: 'all',
    mode: 'sandbox',
    host: '127.0.0.1',
    port: ports.app,
    publicUrl: appUrl,
    databaseUrl: database.url,
    secretKey,
    slack: sandbox.slack,
    stripe: { ...sandbox.stripe, timeoutMs: PATIENCE_MS },
    exportLimits,
    mirrorsInvoices: true,
    clock: sandbox.clock,
    log,
  });
  await createDemoCompany({ ...app.billing, secrets: app.secrets }, sandbox.botToken, {
    ...(demo === undefined ? {} : { kind: demo }),
    phoneSystem: sandbox.directory,
    events: sandbox.events,
  });
  return {
    app,
    sandbox,
    appUrl,
    databaseUrl: database.url,
    async close() {
      await recordWalks({ sandbox });
      await app.stop();
      await sandbox.close();
      await Promise.all([database.close(), books.close()]);
    },
  };
}
