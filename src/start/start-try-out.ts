import { type Config, TRY_OUT_PROCESSOR_KEY, TRY_OUT_SECRET_KEY } from '../config.ts';
import { readAddress } from '../db/index.ts';
import { createDemoCompany, demoCompany, demoHistoryMs } from '../demo/index.ts';
import type { Logger } from '../log.ts';
import { startStandIns } from '../stand-ins/index.ts';
import { startApp } from './app.ts';
import { choosePorts } from './choose-ports.ts';
import { isEmptyDatabase } from './is-empty-database.ts';
import { provideDatabase } from './provide-database.ts';
import type { Stop } from './stop.ts';

/** Without credentials: the same app, with local stand-ins at the other end of every wire. */
export async function startTryOut(
  config: Config,
  env: { log: Logger; say: (line: string) => void; stops: Stop[] },
): Promise<void> {
  const { log, say, stops } = env;
  const server = await provideDatabase(config, log, say);
  stops.push(server.stop);
  const ports = await choosePorts(config);
  const appUrl = `http://127.0.0.1:${ports.app}`;
  const databaseUrl = await server.appUrl();
  // At the very first start the demo company begins in the past, and lives until now.
  const hasHistory = config.demo === 'history' || config.demo === 'invoice';
  const hasHistoryToWrite = hasHistory && (await isEmptyDatabase(databaseUrl, log));
  const standIns = await startStandIns({
    database: readAddress(await server.standInsUrl()).connection,
    company: demoCompany(),
    ports,
    appUrl,
    processorKey: TRY_OUT_PROCESSOR_KEY,
    log,
    setBackMs: hasHistoryToWrite ? demoHistoryMs(new Date()) : 0,
  });
  stops.push(standIns.close);
  const app = await startApp({
    role: 'all',
    mode: 'sandbox',
    host: '127.0.0.1',
    port: ports.app,
    publicUrl: appUrl,
    databaseUrl,
    secretKey: TRY_OUT_SECRET_KEY,
    metricsToken: config.metricsToken,
    slack: standIns.slack,
    stripe: standIns.stripe,
    exportLimits: config.exportLimits,
    mirrorsInvoices: true,
    clock: standIns.clock,
    log,
  });
  stops.push(app.stop);
  if (hasHistoryToWrite) say('Writing two months of demo history…');
  await createDemoCompany({ ...app.billing, secrets: app.secrets }, standIns.botToken, {
    kind: config.demo,
    phoneSystem: standIns.directory,
    events: standIns.events,
  });
  say(`Refill is ready. Open ${standIns.pageUrl} and type /credits

  the app itself     ${appUrl}
  card processor     ${standIns.stripe.apiUrl} (play money)
  books              ${config.databaseUrl === undefined ? config.dataFolder : 'in your DATABASE_URL'}

Stop it with Ctrl+C; everything is kept.`);
}
