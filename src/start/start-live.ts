import { systemClock } from '../clock.ts';
import type { Config, LiveConfig } from '../config.ts';
import type { Logger } from '../log.ts';
import { registerWorkspace } from '../slack/index.ts';
import { startApp } from './app.ts';
import { logFaults } from './log-faults.ts';
import { provideDatabase } from './provide-database.ts';
import { readVersion } from './read-version.ts';
import type { Stop } from './stop.ts';

/** With credentials: the app alone, talking to the Slack and the processor that the environment names. */
export async function startLive(
  config: Config,
  live: LiveConfig,
  env: { log: Logger; say: (line: string) => void; stops: Stop[] },
): Promise<void> {
  const { log, say, stops } = env;
  const server = await provideDatabase(config, log, say);
  stops.push(server.stop);
  const databaseUrl = await server.appUrl();
  const app = await startApp({
    role: config.role,
    mode: live.mode,
    host: config.host,
    port: config.port,
    publicUrl: live.publicUrl,
    databaseUrl,
    secretKey: live.secretKey,
    oldSecretKey: live.oldSecretKey,
    metricsToken: config.metricsToken,
    usageRequestsPerSecond: config.usageRequestsPerSecond,
    webConnections: config.webConnections,
    jobsAtOnce: config.jobsAtOnce,
    slack: live.slack,
    stripe: live.stripe,
    exportLimits: config.exportLimits,
    mirrorsInvoices: config.mirrorsInvoices,
    operatorChannel: config.operatorChannel,
    monitoring: config.monitoring,
    version: readVersion(),
    clock: systemClock,
    log,
  });
  stops.push(app.stop);
  stops.push(
    registerWorkspace({ db: app.db, secrets: app.secrets, clock: systemClock, log }, live.slack).stop,
  );
  if (live.stripe.webhookSecret === undefined) {
    say(
      'STRIPE_WEBHOOK_SECRET is not set: webhooks are refused, and payments that finish late are found by asking.',
    );
  }
  const mode = live.mode.replace('_', ' ');
  if (config.role === 'worker') say(`Refill works (${mode}, role worker).`);
  else say(`Refill answers at http://localhost:${app.port} (${mode}, role ${config.role}).`);
  say(`Monitoring: http://${config.monitoring.host}:${app.monitoringPort}/ready and /metrics.`);
  void logFaults(config, live, { databaseUrl, log });
}
