import type { Command } from 'commander';
import { systemClock } from '../../clock.ts';
import type { Db } from '../../db/index.ts';
import { RefillError } from '../../errors.ts';
import { createLogger } from '../../log.ts';
import type { SecretBox } from '../../org/index.ts';
import {
  acceptWaiting,
  createApiKey,
  createWebhook,
  listApiKeys,
  listInbox,
  listUnattributed,
  listWebhooks,
  repairUsage,
  revokeApiKey,
  revokeWebhook,
} from '../../usage/index.ts';
import { importUsageFile } from './import-usage.ts';

interface Parts {
  withDb(work: (db: Db) => Promise<void>): Promise<void>;
  readId(text: string): bigint;
  say(line: string): void;
  /** Seals what is kept secret, under the same key as the app's. */
  secrets(): SecretBox;
  publicUrl(): string;
}

/** The operator's commands for usage on its way in: keys, webhooks, and what waits. */
export function addUsageCommands(program: Command, parts: Parts): void {
  addKeyCommands(program, parts);
  addInboxCommands(program, parts);
  addWebhookCommands(program, parts);
}

function addWebhookCommands(program: Command, { withDb, readId, say, secrets, publicUrl }: Parts): void {
  const webhooks = program.command('webhook').description('where a company’s phone system sends its events');
  webhooks
    .command('create')
    .description('print a new address and the secret to sign with; the secret is shown once')
    .requiredOption('--company <number>', 'the company’s number')
    .action((words: { company: string }) =>
      withDb(async (db) => {
        const deps = { db, clock: systemClock, secrets: secrets() };
        const { path, secret } = await createWebhook(deps, readId(words.company));
        say(`Address  ${publicUrl()}${path}`);
        say(`Secret   ${secret}`);
      }),
    );
  webhooks
    .command('list')
    .description('a company’s addresses, without their secrets')
    .requiredOption('--company <number>', 'the company’s number')
    .action((words: { company: string }) =>
      withDb(async (db) => {
        for (const { path, createdAt, revokedAt } of await listWebhooks(db, readId(words.company)))
          say(
            `${publicUrl()}${path}  ${createdAt.toISOString()}  ${revokedAt === null ? 'good' : `revoked ${revokedAt.toISOString()}`}`,
          );
      }),
    );
  webhooks
    .command('revoke')
    .description('end an address and its secret at once; create the new one first')
    .argument('<address>', 'as create or list print it')
    .requiredOption('--company <number>', 'the company’s number')
    .action((address: string, words: { company: string }) =>
      withDb(async (db) => {
        await revokeWebhook({ db, clock: systemClock }, { companyId: readId(words.company), address });
        say('Revoked.');
      }),
    );
}

function addKeyCommands(program: Command, { withDb, readId, say }: Parts): void {
  const keys = program.command('api-key').description('keys with which a company’s systems send usage');
  keys
    .command('create')
    .description('print a new key; it is shown once')
    .requiredOption('--company <number>', 'the company’s number')
    .option('--name <name>', 'what it is for', 'usage')
    .action((words: { company: string; name: string }) =>
      withDb(async (db) => {
        const of = { companyId: readId(words.company), name: words.name };
        const { key } = await createApiKey({ db, clock: systemClock }, of);
        say(key);
      }),
    );
  keys
    .command('list')
    .description('a company’s keys, without their secret part')
    .requiredOption('--company <number>', 'the company’s number')
    .action((words: { company: string }) =>
      withDb(async (db) => {
        for (const key of await listApiKeys(db, readId(words.company))) {
          const state = key.revokedAt === null ? 'good' : `revoked ${key.revokedAt.toISOString()}`;
          say(`${key.prefix}…  ${key.name}  ${key.createdAt.toISOString()}  ${state}`);
        }
      }),
    );
  keys
    .command('revoke')
    .description('end a key at once')
    .argument('<prefix>', 'how it begins, like rk_a1b2c3')
    .requiredOption('--company <number>', 'the company’s number')
    .action((prefix: string, words: { company: string }) =>
      withDb(async (db) => {
        await revokeApiKey({ db, clock: systemClock }, { companyId: readId(words.company), prefix });
        say('Revoked.');
      }),
    );
}

function addInboxCommands(program: Command, { withDb, readId, say }: Parts): void {
  const usage = program.command('usage').description('usage that is not booked yet');
  usage
    .command('inbox')
    .description('what waits: without a rate, not of its time, or not booked')
    .requiredOption('--company <number>', 'the company’s number')
    .option('--reason <reason>', 'unrated, waiting or unbooked; all unless told')
    .action((words: { company: string; reason?: string }) =>
      withDb(async (db) => {
        if (words.reason !== undefined && !['unrated', 'waiting', 'unbooked'].includes(words.reason))
          throw new RefillError(
            'bad-argument',
            `--reason is unrated, waiting or unbooked, not "${words.reason}".`,
          );
        const lines = await listInbox(db, readId(words.company), words.reason);
        for (const { id, reason, source, externalId, words: why } of lines)
          say(`${id}  ${reason}  ${source} ${externalId}  ${why}`);
        say(
          lines.length === 0
            ? 'Nothing waits.'
            : `${lines.length} ${lines.length === 1 ? 'record waits' : 'records wait'}.`,
        );
      }),
    );
  usage
    .command('accept')
    .description('book a record of the inbox that waits for the operator')
    .argument('<id>', 'its number in the inbox')
    .requiredOption('--company <number>', 'the company’s number')
    .action((id: string, words: { company: string }) =>
      withDb(async (db) => {
        const key = { companyId: readId(words.company), id: readId(id) };
        const outcome = await acceptWaiting({ db, clock: systemClock }, key);
        const isBooked = outcome !== null && ['posted', 'adjusted', 'duplicate'].includes(outcome.outcome);
        const why = outcome !== null && 'words' in outcome ? `: ${outcome.words}` : '.';
        say(isBooked ? 'Booked.' : `Not booked${why}`);
      }),
    );
  usage
    .command('unrated')
    .description('what has no rate yet; never free, booked when a rate arrives')
    .requiredOption('--company <number>', 'the company’s number')
    .action((words: { company: string }) =>
      withDb(async (db) => {
        const lines = await listInbox(db, readId(words.company), 'unrated');
        for (const { id, source, externalId, words: why } of lines)
          say(`${id}  ${source} ${externalId}  ${why}`);
        say(`Without a rate: ${lines.length}.`);
      }),
    );
  usage
    .command('import')
    .description('take usage from a CSV file; run again, it goes on where it was, and books nothing twice')
    .argument('<file>', 'columns as docs/usage-api.md names them, or the vendor’s export of calls')
    .requiredOption('--company <number>', 'the company’s number')
    .option('--dry-run', 'read and report only', false)
    .action((file: string, words: { company: string; dryRun: boolean }) =>
      withDb(async (db) => {
        const order = { file, companyId: readId(words.company), dryRun: words.dryRun };
        await importUsageFile(db, order, say);
      }),
    );
  addRepairCommands(usage, { withDb, readId, say });
}

function addRepairCommands(
  usage: Command,
  { withDb, readId, say }: Omit<Parts, 'secrets' | 'publicUrl'>,
): void {
  usage
    .command('unattributed')
    .description('what was booked for the primary office because nobody knows whose it is')
    .requiredOption('--company <number>', 'the company’s number')
    .action((words: { company: string }) =>
      withDb(async (db) => {
        const lines = await listUnattributed(db, readId(words.company));
        for (const { source, externalId, internalNumber, named } of lines)
          say(`${source} ${externalId}  ${internalNumber ?? 'no number'}  ${named}`);
        say(`Unattributed: ${lines.length}.`);
      }),
    );
  usage
    .command('repair')
    .description('give unattributed usage to whose it is by now, and book what has a rate by now')
    .requiredOption('--company <number>', 'the company’s number')
    .action((words: { company: string }) =>
      withDb(async (db) => {
        const deps = { db, clock: systemClock, log: createLogger('error') };
        const done = await repairUsage(deps, readId(words.company));
        say(`Attributed ${done.attributed}, still unattributed ${done.stillUnattributed}.`);
        say(`Booked ${done.booked} of the inbox, still waiting ${done.stillWaiting}.`);
      }),
    );
}
