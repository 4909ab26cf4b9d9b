import { Command } from 'commander';
import { clearDisputes, unlockCard } from '../billing/index.ts';
import { systemClock } from '../clock.ts';
import { type Config, loadEnvironment, readConfig, TRY_OUT_SECRET_KEY } from '../config.ts';
import { type Db, migrateDatabase, openDb } from '../db/index.ts';
import { RefillError } from '../errors.ts';
import { createLogger, type Logger } from '../log.ts';
import { createSecretBox, issueLinkCode } from '../org/index.ts';
import { addCompany, type CompanyWords } from './add-company.ts';
import { addBillingCommands } from './billing/index.ts';
import { addDirectoryCommands } from './directory/index.ts';
import { withDatabase } from './find-database.ts';
import { listCompanies } from './list-companies.ts';
import { addRatesCommands } from './rates/index.ts';
import { setNoticeChannel } from './set-notice-channel.ts';
import { addUsageCommands } from './usage/index.ts';
import { verifyCommand } from './verify.ts';

const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

/** Opens what a command needs, runs it, and ends the process with what it returned. */
async function run(work: (parts: { config: Config; log: Logger }) => Promise<number>): Promise<void> {
  try {
    const config = readConfig(loadEnvironment());
    process.exitCode = await work({ config, log: createLogger('error') });
  } catch (error) {
    process.stderr.write(`${error instanceof RefillError ? error.message : (error as Error).stack}\n`);
    process.exitCode = 2;
  }
}

const withDb = (work: (db: Db) => Promise<void>): Promise<void> =>
  run(({ config, log }) =>
    withDatabase(config, log, async (url) => {
      await migrateDatabase({ url, log });
      const db = await openDb({ url, poolSize: 2, log });
      try {
        await work(db);
        return 0;
      } finally {
        await db.$disconnect();
      }
    }),
  );

const readId = (text: string): bigint => {
  if (!/^\d{1,18}$/.test(text))
    throw new RefillError('bad-argument', `A number is digits, not "${text}". See: refill companies`);
  return BigInt(text);
};

const program = new Command('refill').description('Refill’s operator command line');
const collect = (value: string, before: string[]): string[] => [...before, value];

program
  .command('company-add')
  .description('found a company and print the code that links its Slack workspace')
  .requiredOption('--name <name>')
  .option(
    '--office <name[:country]>',
    'an office; repeat for more, the first is the primary one',
    collect,
    [],
  )
  .option('--time-zone <zone>', 'IANA time zone', 'America/Los_Angeles')
  .option('--country <code>', 'two letters', 'US')
  .option('--billing <method>', 'card or invoice', 'card')
  .option('--billing-day <day>', '1 to 31', '1')
  .option('--shared', 'credits are shared company-wide', false)
  .option('--min <dollars>', 'smallest purchase', '5')
  .option('--max <dollars>', 'largest purchase', '1000')
  .option('--per-day <dollars>', 'most within 24 hours', '2500')
  .option('--exposure <dollars>', 'most that invoices may owe', '1000')
  .action((words: CompanyWords) =>
    withDb(async (db) => {
      const { companyId, code, expiresAt } = await addCompany(db, words);
      say(
        `Company ${companyId} is founded. In its Slack workspace, within 24 hours (until ${expiresAt.toISOString()}):`,
      );
      say(`  /credits link ${code}`);
    }),
  );

program
  .command('companies')
  .description('every company: its number, which the other commands ask for, its workspace and what it has')
  .action(() =>
    withDb(async (db) => {
      for (const line of await listCompanies(db, systemClock.now())) say(line);
    }),
  );

program
  .command('link-code')
  .description('print a new one-time code that links a workspace to a company')
  .argument('<company>', 'the company’s number')
  .action((company: string) =>
    withDb(async (db) => {
      const { code } = await issueLinkCode({ db, clock: systemClock }, readId(company));
      say(`/credits link ${code}`);
    }),
  );

program
  .command('notice-channel')
  .description('say in which Slack channel a company’s receipts and alerts are posted')
  .argument('<company>', 'the company’s number')
  .argument('<channel>', 'the channel’s id, like C0123456789')
  .option('--kind <kind>', 'low_balance, purchases, bundles or billing; all unless told', 'any')
  .action((company: string, channel: string, { kind }: { kind: string }) =>
    withDb(async (db) => {
      await setNoticeChannel(db, {
        companyId: readId(company),
        channelId: channel,
        kind,
        at: systemClock.now(),
      });
      say(`Notices go to ${channel} now. Invite Refill there: /invite @Refill`);
    }),
  );

program
  .command('dispute-clear')
  .description('let a company buy and recharge again after a disputed payment')
  .argument('<company>', 'the company’s number')
  .requiredOption('--reason <words>', 'why, for the audit')
  .action((company: string, { reason }: { reason: string }) =>
    withDb(async (db) => {
      const count = await clearDisputes({ db, clock: systemClock }, readId(company), reason);
      say(`Cleared ${count}. Purchases and auto-recharge go on.`);
    }),
  );

program
  .command('card-unlock')
  .description('open a card again that was locked after too many wrong amounts, and vouch for it')
  .argument('<company>', 'the company’s number')
  .argument('<last4>', 'the last four digits of the card')
  .action((company: string, last4: string) =>
    withDb(async (db) => {
      await unlockCard({ db, clock: systemClock }, { companyId: readId(company), last4 });
      say('Unlocked. A company admin can choose it with /credits card.');
    }),
  );

program
  .command('verify')
  .description('recompute every book and report what does not agree; exit status 1 if anything does not')
  .option('--json', 'one JSON object a finding', false)
  .action(({ json }: { json: boolean }) =>
    run(({ config, log }) =>
      withDatabase(config, log, (databaseUrl) => verifyCommand({ databaseUrl, json }, say)),
    ),
  );

const secrets = () => createSecretBox(readConfig(loadEnvironment()).live?.secretKey ?? TRY_OUT_SECRET_KEY);

addRatesCommands(program, { withDb, say });
addUsageCommands(program, {
  withDb,
  readId,
  say,
  secrets,
  publicUrl: () => {
    const config = readConfig(loadEnvironment());
    return config.live?.publicUrl ?? `http://127.0.0.1:${config.port + 1}`;
  },
});
addBillingCommands(program, { withDb, readId, say });
addDirectoryCommands(program, { withDb, readId, say, secrets });

await program.parseAsync();
