import { systemClock } from '../../../src/clock.ts';
import { importSampleDeck } from '../../../src/usage/index.ts';
import { type Closing, type Database, openDatabase } from '../database.ts';
import { type ForkedProcess, forkProcess, type Handlers } from '../fork-process.ts';
import { type LiveCompany, openLiveCompany } from './open-company.ts';
import type { SlackProcess } from './slack-process.ts';
import { type AppProcess, startAppProcess } from './start-app.ts';
import type { UsageProcess } from './usage-process.ts';

/** Refill at work, and what it talks to, each a process of its own. */
export interface LiveParts extends Database {
  companies: readonly LiveCompany[];
  slack: ForkedProcess<SlackProcess>;
  slackPort: number;
  app: AppProcess;
  phones: ForkedProcess<UsageProcess>;
}

/**
 * Opens so many companies with sample rates, and starts Slack's side, the app and the phone systems' side. `prepare` is for
 * what has to be in the database before the app starts.
 */
export async function startLiveParts(
  closing: Closing,
  of: {
    companies: number;
    offices: number;
    credits: string;
    profile?: string | undefined;
    prepare(database: Database, company: LiveCompany): Promise<void>;
  },
): Promise<LiveParts> {
  const database = await openDatabase(closing);
  const { db, url: databaseUrl, folder } = database;
  await importSampleDeck(db, systemClock.now());
  const companies: LiveCompany[] = [];
  for (let number = 0; number < of.companies; number += 1) {
    const company = await openLiveCompany(db, { ...of, number });
    await of.prepare(database, company);
    companies.push(company);
  }
  const slack = startPart<SlackProcess>(closing, new URL('slack-process.ts', import.meta.url));
  const slackPort = await slack.ask('listen');
  const app = await startAppProcess({
    databaseUrl,
    slackPort,
    botToken: companies[0]?.botToken ?? '',
    folder,
    profile: of.profile,
  });
  closing.push(app.stop);
  const phones = startPart<UsageProcess>(closing, new URL('usage-process.ts', import.meta.url));
  return { ...database, companies, slack, slackPort, app, phones };
}

/** Starts a process that ends with the bench. */
export function startPart<H extends Handlers>(
  closing: Closing,
  file: URL,
  nodeOptions: readonly string[] = [],
): ForkedProcess<H> {
  const started = forkProcess<H>(file, { nodeOptions });
  closing.push(started.stop);
  return started;
}
