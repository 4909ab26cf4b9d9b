import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import type { Command } from 'commander';
import { systemClock } from '../../clock.ts';
import type { Db } from '../../db/index.ts';
import { RefillError } from '../../errors.ts';
import {
  connectPhoneSystem,
  countChanges,
  type DirectoryChange,
  disconnectPhoneSystem,
  listUnmatched,
  PHONE_SYSTEM_URL,
  type SecretBox,
  syncAndKeep,
  type Unmatched,
} from '../../org/index.ts';

interface Parts {
  withDb(work: (db: Db) => Promise<void>): Promise<void>;
  readId(text: string): bigint;
  say(line: string): void;
  secrets(): SecretBox;
}

/** `refill directory connect`, `sync`, `status`, `disconnect`: the directory as the phone system itself tells it. */
export function addPhoneSystemCommands(directory: Command, parts: Parts): void {
  const { withDb, readId, say } = parts;
  addConnectCommands(directory, parts);
  directory
    .command('sync')
    .description('bring the directory to what the phone system says now; happens by itself once a day')
    .argument('<company>', 'the company’s number')
    .option('--dry-run', 'say what would change, and change nothing', false)
    .option('--force', 'also where most of the people or numbers would go', false)
    .action((company: string, words: { dryRun: boolean; force: boolean }) =>
      withDb(async (db) => {
        const deps = { db, clock: systemClock, secrets: parts.secrets() };
        const changes = await syncAndKeep(deps, { companyId: readId(company), ...words });
        for (const change of changes) say(describeChange(change));
        const { added, changed, gone } = countChanges(changes);
        const total = `${added} added, ${changed} changed, ${gone} gone.`;
        say(words.dryRun ? `Nothing was changed. It would be: ${total}` : `Done: ${total}`);
      }),
    );
  directory
    .command('unmatched')
    .description('people of the phone system who are not known in Slack, and why')
    .argument('<company>', 'the company’s number')
    .action((company: string) =>
      withDb(async (db) => {
        const people = await listUnmatched(db, readId(company));
        for (const person of people) say(`${person.name}  ${person.email ?? '–'}  ${describeAnswer(person)}`);
        say(`Not known in Slack: ${people.length}.`);
      }),
    );
  directory
    .command('status')
    .description('how reading the directory went the last time, and when it is read next')
    .argument('<company>', 'the company’s number')
    .action((company: string) =>
      withDb(async (db) => {
        const source = await db.directorySource.findUnique({ where: { companyId: readId(company) } });
        if (source === null)
          return say('The phone system is not connected. See: refill directory connect --help');
        say(`Read from  ${source.url}`);
        say(
          `Last       ${source.triedAt === null ? 'never' : `${source.triedAt.toISOString()}  ${source.words}`}`,
        );
        if (source.outcome !== null && source.outcome !== 'done')
          say(`Last good  ${source.doneAt?.toISOString() ?? 'never'}`);
        say(`Next       ${source.dueAt.toISOString()}`);
      }),
    );
}

function addConnectCommands(directory: Command, { withDb, readId, say, secrets }: Parts): void {
  directory
    .command('connect')
    .description('read a company’s directory from its phone system from now on; the key is kept sealed')
    .argument('<company>', 'the company’s number')
    .requiredOption('--key-file <file>', 'holds a company admin’s API key; - reads it from standard input')
    .option('--url <address>', 'where its API is', PHONE_SYSTEM_URL)
    .action((company: string, words: { keyFile: string; url: string }) =>
      withDb(async (db) => {
        const deps = { db, clock: systemClock, secrets: secrets() };
        const key = (await readKey(words.keyFile)).trim();
        await connectPhoneSystem(deps, { companyId: readId(company), url: words.url, key });
        say(`Connected. See what it would change: refill directory sync ${company} --dry-run`);
      }),
    );
  directory
    .command('disconnect')
    .description('forget the key; the directory stays as it is')
    .argument('<company>', 'the company’s number')
    .action((company: string) =>
      withDb(async (db) => {
        const was = await disconnectPhoneSystem({ db, clock: systemClock }, readId(company));
        say(was ? 'Disconnected.' : 'It was not connected.');
      }),
    );
}

async function readKey(file: string): Promise<string> {
  try {
    return file === '-' ? await text(process.stdin) : await readFile(file, 'utf8');
  } catch (error) {
    throw new RefillError('bad-argument', `${file} could not be read: ${(error as Error).message}`);
  }
}

const SIGNS = { added: '+', changed: '~', gone: '-' };

function describeChange({ what, name, change, fields }: DirectoryChange): string {
  const how = fields.map(({ field, from, to }) => `${FIELDS[field] ?? field} ${from} → ${to}`).join(', ');
  return `${SIGNS[change]} ${what} ${name}${how === '' ? '' : `: ${how}`}`;
}

const FIELDS: Record<string, string> = {
  externalRef: 'id',
  localPrefixes: 'local area',
  isFromPhoneSystem: 'listed by the phone system',
};

function describeAnswer({ email, answer, nextLookAt }: Unmatched): string {
  if (email === null) return 'no e-mail address';
  if (answer === null) return 'not looked for yet';
  const next = nextLookAt === null ? '' : `; looked for again ${nextLookAt.toISOString()}`;
  return `${answer === 'users_not_found' ? 'nobody there has this address' : `Slack refused: ${answer}`}${next}`;
}
