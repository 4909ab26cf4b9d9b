import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { COMMAND_TABLE } from '../../../src/cli/commands.ts';
import { loadCommands } from '../../../src/cli/frame/index.ts';
import { emptyDatabase, freshDatabase, type TestDatabase } from '../../support/database.ts';
import { databaseUrl } from '../../support/database-url.ts';
import { runRefill } from '../../support/run-refill.ts';

/**
 * One call of each command that is typed as it should be. `done` is its exit status on a database with one company,
 * Acme Corp (1), that has no workspace, cards, invoices or usage.
 */
const CALLS: Record<string, { args: string[]; done: 0 | 1 }> = {
  'company add': { args: ['--name', 'Beta & Sons', '--office', 'Oslo:NO'], done: 0 },
  'company list': { args: [], done: 0 },
  'company show': { args: ['--company', '1'], done: 0 },
  'company set': { args: ['--company', '1', '--max', '900'], done: 0 },
  'company link-code': { args: ['acme corp'], done: 0 },
  'company move': {
    args: ['--company', '1', '--to-workspace', 'T0123456789', '--admin', 'ana@acme.example'],
    done: 1,
  },
  'company suspend': { args: ['--company', '1', '--reason', 'unpaid'], done: 0 },
  'company resume': { args: ['--company', '1', '--reason', 'paid'], done: 0 },
  'company close': {
    args: ['--company', '1', '--credits', 'refund', '--reason', 'they left', '--dry-run'],
    done: 0,
  },
  'company export': { args: ['--company', '1', '--file', 'COMPANY'], done: 0 },
  // This database has the company.
  'company import': { args: ['--file', 'COMPANY'], done: 1 },
  'people list': { args: ['--company', '1'], done: 0 },
  'people grant': {
    args: ['--company', '1', '--user', 'U0123ABCD', '--role', 'company-admin'],
    done: 1,
  },
  'people revoke': { args: ['--company', '1', '--user', 'ana@acme.example', '--force'], done: 1 },
  'people remove': { args: ['--company', '1', '--person', 'ana@acme.example', '--force'], done: 1 },
  'people erase': { args: ['--company', '1', '--person', 'ana@acme.example', '--reason', 'asked'], done: 1 },
  'channel set': { args: ['--company', 'acme-corp', 'C0123456789'], done: 1 },
  'approval set-limit': { args: ['--company', '1', '250', '--force'], done: 0 },
  'approval list': { args: [], done: 0 },
  'approval answer': { args: ['--company', '1', '1', '--decline', '--reason', 'no budget'], done: 1 },
  'dispute clear': { args: ['--company', 'Acme Corp', '--reason', 'settled by phone'], done: 1 },
  'card unlock': { args: ['--company', '1', '4242'], done: 1 },
  'credit grant': {
    args: [
      '--company',
      '1',
      '--office',
      'headquarters',
      '--amount',
      '20',
      '--reason',
      'brought along',
      '--opening',
    ],
    done: 0,
  },
  'credit deduct': {
    args: ['--company', '1', '--office', 'Headquarters', '--amount', '2.5', '--reason', 'given twice'],
    done: 0,
  },
  'bundle add': {
    args: ['--name', 'Calling 150', '--kind', 'calling', '--credit', '150', '--price', '120'],
    done: 0,
  },
  'bundle list': { args: [], done: 0 },
  'bundle retire': { args: ['1'], done: 0 },
  'limit list': { args: ['--company', '1'], done: 0 },
  'limit end': { args: ['--company', '1', '--reason', 'agreed', '999'], done: 1 },
  'recurring list': { args: [], done: 0 },
  'recurring end': { args: ['--company', '1', '--reason', 'agreed', '999'], done: 1 },
  'order list': { args: ['--open'], done: 0 },
  'order show': { args: ['--company', '1', 'P-000001'], done: 1 },
  'order resolve': { args: ['P-000001', '--paid', '--reason', 'seen at the processor'], done: 1 },
  'order retry': { args: ['P-000001'], done: 1 },
  'order refund': { args: ['P-000001', '--reason', 'asked for'], done: 1 },
  statement: { args: ['--company', '1', '--from', '2026-11-01', '--to', '2026-11-30'], done: 0 },
  explain: { args: ['--company', '1', 'call-1'], done: 1 },
  'limit set': {
    args: ['--company', '1', '--office', 'Headquarters', '--amount', '50', '--reason', 'agreed'],
    done: 0,
  },
  'recurring add': { args: ['--company', '1', '--amount', '50', '--free'], done: 0 },
  'invoice list': { args: ['--company', '1'], done: 0 },
  'invoice set-email': { args: ['--company', '1', 'billing@acme.example'], done: 0 },
  'invoice mark-paid': { args: ['INV-2026-0042'], done: 1 },
  'invoice void': { args: ['INV-2026-0042'], done: 1 },
  'rates import': { args: ['DECK', '--dry-run'], done: 0 },
  'rates list': { args: [], done: 0 },
  'rates price': { args: ['--deck', 'DECK'], done: 0 },
  'rates re-rate': { args: ['--company', '1', '--from', '2026-11-01', '--to', '2026-12-01'], done: 0 },
  'api-key create': {
    args: ['--company', '1', '--scope', 'holds:write', '--scope', 'balance:read', '--capture', 'posts'],
    done: 0,
  },
  'api-key rotate': { args: ['--company', '1', 'rk_none', '--hours', '2'], done: 1 },
  'api-key list': { args: ['--company', '1'], done: 0 },
  'api-key revoke': { args: ['--company', '1', 'rk_none'], done: 1 },
  'webhook create': { args: ['--company', '1'], done: 0 },
  'webhook list': { args: ['--company', '1'], done: 0 },
  'webhook revoke': { args: ['--company', '1', 'https://example.com/none'], done: 1 },
  'endpoint add': { args: ['--company', '1', '--url', 'https://phones.example.com/refill'], done: 0 },
  'endpoint list': { args: ['--company', '1'], done: 0 },
  'endpoint test': { args: ['--company', '1', 'ep_none'], done: 1 },
  'endpoint remove': { args: ['--company', '1', 'ep_none'], done: 1 },
  'phone-system subscribe': {
    args: ['--company', '1', '--key-file', 'KEY', '--url', 'http://127.0.0.1:9'],
    done: 1,
  },
  'directory connect': {
    args: ['--company', '1', '--key-file', 'KEY', '--url', 'http://127.0.0.1:9'],
    done: 0,
  },
  'directory disconnect': { args: ['--company', '1'], done: 0 },
  'directory import': { args: ['--company', '1', '--offices', 'OFFICES'], done: 0 },
  'directory sync': { args: ['--company', '1', '--dry-run'], done: 1 },
  'directory unmatched': { args: ['--company', '1'], done: 0 },
  'directory status': { args: ['--company', '1'], done: 0 },
  'usage import': { args: ['--company', '1', 'USAGE', '--dry-run'], done: 0 },
  'usage reconcile': { args: ['--company', '1', '--file', 'USAGE'], done: 0 },
  'usage inbox': { args: ['--company', '1'], done: 0 },
  'usage unrated': { args: ['--company', '1'], done: 0 },
  'usage accept': { args: ['--company', '1', '1'], done: 1 },
  'usage drop': { args: ['--company', '1', '1', '--reason', 'sent by mistake'], done: 1 },
  'usage unattributed': { args: ['--company', '1'], done: 0 },
  'usage repair': { args: ['--company', '1'], done: 0 },
  'usage refund': { args: ['--company', '1', 'call-1', '--reason', 'a bad line'], done: 1 },
  'usage erase-number': { args: ['--company', '1', '+442079460000', '--reason', 'asked for'], done: 0 },
  'notice list': { args: ['--state', 'failed'], done: 0 },
  'notice resend': { args: ['--company', '1', '1'], done: 1 },
  'job list': { args: ['--state', 'dead'], done: 0 },
  'job retry': { args: ['999999999'], done: 1 },
  'job purge': { args: ['--all'], done: 0 },
  'audit list': { args: ['--company', '1', '--from', '2026-11-01', '--csv'], done: 0 },
  'operator list': { args: ['--all'], done: 0 },
  'operator resolve': { args: ['1'], done: 1 },
  doctor: { args: [], done: 1 },
  'books digest': { args: ['--company', '1', '--day', '2026-11-28'], done: 1 },
  'secrets rotate': { args: [], done: 0 },
  migrate: { args: [], done: 0 },
  backup: { args: ['BACKUP'], done: 0 },
  // This database has a company.
  restore: { args: ['BACKUP'], done: 1 },
  verify: { args: ['--since'], done: 0 },
  reconcile: { args: ['--from', '2026-11-01', '--to', '2026-11-28'], done: 1 },
};

/** Commands that need no database, and those that speak of the database itself. */
const WITHOUT_DATABASE = new Set(['rates price', 'doctor']);
const names = (await loadCommands(COMMAND_TABLE)).map(({ name }) => name);
/** Where the frame answers for all alike, one that writes, one that reads and one that opens the database by itself. */
const SOME = ['approval set-limit', 'company list', 'verify'];
const onDatabase = names.filter((name) => !WITHOUT_DATABASE.has(name));

let database: TestDatabase;
let folder: string;
let files: Record<string, string>;

beforeAll(async () => {
  database = await freshDatabase();
  folder = await mkdtemp(path.join(tmpdir(), 'refill-cli-'));
  files = {
    DECK: path.join(folder, 'deck.csv'),
    OFFICES: path.join(folder, 'offices.csv'),
    USAGE: path.join(folder, 'usage.csv'),
    KEY: path.join(folder, 'key'),
    BACKUP: path.join(folder, 'refill.backup'),
    COMPANY: path.join(folder, 'acme.company'),
  };
  await writeFile(files.KEY ?? '', 'phone-system-key\n');
  await writeFile(files.DECK ?? '', 'prefix,destination,rate\n44,UK,0.02\n');
  await writeFile(files.OFFICES ?? '', 'name,id,country\nHeadquarters,1,US\n');
  await writeFile(
    files.USAGE ?? '',
    'id,kind,direction,external_number,internal_number,answered_at,duration_seconds\n',
  );
  const added = await runRefill(['company', 'add', '--name', 'Acme Corp', '--office', 'Headquarters'], env());
  expect(added).toMatchObject({ status: 0 });
});
afterAll(async () => {
  await database.close();
  await rm(folder, { recursive: true, force: true });
});

const env = (url = database.url) => ({ DATABASE_URL: url, REFILL_DATA: path.join(folder, 'none') });
const argsOf = (name: string): string[] => (CALLS[name]?.args ?? []).map((text) => files[text] ?? text);
const run = (name: string, more: string[] = [], environment: Record<string, string> = env()) =>
  runRefill([...name.split(' '), ...argsOf(name), ...more], environment);

it('every command has a call here', () => {
  expect(Object.keys(CALLS).sort()).toEqual([...names].sort());
});

describe('what each command answers', () => {
  it('ends with its status, and with --json prints one JSON value and nothing else', async () => {
    // `bundle retire 1` needs a bundle; the calls run in the order of the table, where `bundle add` stands before it.
    const outcomes: Record<string, unknown> = {};
    for (const name of names) {
      const { status, stdout, stderr } = await run(name, ['--json', '--as', 'anna']);
      outcomes[name] = status;
      const value: unknown = JSON.parse(stdout);
      expect(value, name).toBeTypeOf('object');
      if (status === 0) expect(value, name).not.toHaveProperty('error');
      expect(stderr, name).not.toMatch(/\n\s+at /);
    }
    expect(outcomes).toEqual(Object.fromEntries(names.map((name) => [name, CALLS[name]?.done])));
  }, 240_000);

  it('audits everything the operator did under the name that was given', async () => {
    await run('approval set-limit', ['--as', 'anna']);
    const audits = await database.db.audit.findMany({
      where: { companyId: 1n },
      select: { actor: true, action: true },
    });
    const actors = new Set(
      audits.filter(({ action }) => action !== 'company-added').map(({ actor }) => actor),
    );
    expect([...actors]).toEqual(['operator:anna']);
    expect(audits.find(({ action }) => action === 'company-added')?.actor).toMatch(/^operator:.+/);
  });
});

describe('what an operator can get wrong', () => {
  it('unknown company: status 1 and a sentence that says where to look', async () => {
    for (const name of onDatabase) {
      const args = argsOf(name);
      const place = name === 'company link-code' ? 0 : args.indexOf('--company') + 1;
      if (place === 0 && name !== 'company link-code') continue;
      const { status, stderr } = await runRefill([...name.split(' '), ...args.with(place, 'nowhere')], env());
      expect([name, status, stderr.split('\n').slice(1).join('')]).toEqual([
        name,
        1,
        'There is no company "nowhere" in this database. See: refill company list',
      ]);
    }
  });

  it('wrong options: status 2, before any database is opened', async () => {
    const nowhere = env('postgres://nobody@127.0.0.1:1/none');
    for (const name of names) {
      const { status, stdout, stderr } = await run(name, ['--no-such-option', '--json'], nowhere);
      expect([name, status, stderr]).toEqual([
        name,
        2,
        "Unknown option '--no-such-option'. See: refill --help\n",
      ]);
      expect(JSON.parse(stdout)).toEqual({
        error: { code: 'wrong-usage', message: "Unknown option '--no-such-option'. See: refill --help" },
      });
    }
    const token = ['webhook', 'revoke', '--company', 'Acme'];
    expect(await runRefill([...token, '-abc'], nowhere)).toMatchObject({
      status: 2,
      stderr: "Unknown option '-abc'. A value that begins with a dash goes after `--`. See: refill --help\n",
    });
    // Past the command line's own words, where no database answers.
    expect(await runRefill([...token, '--', '-abc'], nowhere)).toMatchObject({ status: 1 });
    const several = await runRefill(['bundle', 'add', '--kind', 'fax', '--credit', 'ten'], nowhere);
    expect(several).toEqual({
      status: 2,
      stdout: '',
      stderr:
        '--name is required.\n--kind is one of calling, ai, not "fax".\n' +
        '--credit takes an amount of dollars like 500 or 12.50, not "ten".\n--price is required.\n' +
        'See: refill bundle add --help\n',
    });
  });

  it('no database, one that is not there, a wrong password: status 1, one sentence, and none is created', async () => {
    const wrongPassword = new URL(database.url);
    wrongPassword.password = 'wrong';
    const cases: [Record<string, string>, RegExp][] = [
      [{ REFILL_DATA: path.join(folder, 'none') }, /^No database: DATABASE_URL is not set/],
      [env('postgres://nobody@127.0.0.1:1/none'), /^Nothing answers for/],
      [env(databaseUrl(database.url, 'no_such_database')), /no_such_database/],
      [env(wrongPassword.href), /refuses the password/],
    ];
    // `restore` alone creates the local database that is not there.
    const withoutRestore = onDatabase.filter((name) => name !== 'restore');
    const askedAt = (index: number) => [withoutRestore, onDatabase][index] ?? SOME;
    for (const [index, [environment, sentence]] of cases.entries())
      for (const name of askedAt(index)) {
        const { status, stdout, stderr } = await run(name, ['--json'], environment);
        const lines = stderr.trim().split('\n');
        const said = lines.filter((line) => !line.startsWith('Database: '));
        expect([name, status, said.length], stderr).toEqual([name, 1, 1]);
        expect(said[0]).toMatch(sentence);
        expect(JSON.parse(stdout)).toMatchObject({ error: { message: said[0] } });
      }
  });

  it('an empty, older or newer schema is refused by every command but `migrate`', async () => {
    const bare = await emptyDatabase();
    const expectRefused = async (asked: readonly string[], sentence: RegExp) => {
      for (const name of asked) {
        const { status, stderr } = await run(name, [], env(bare.url));
        expect([name, status]).toEqual([name, 1]);
        expect(stderr.split('\n')[1]).toMatch(sentence);
      }
    };
    try {
      await expectRefused(SOME, /^The database is empty: .* run: refill migrate$/);
      expect(await runRefill(['migrate', '--status'], env(bare.url))).toMatchObject({ status: 1 });
      expect(await runRefill(['migrate'], env(bare.url))).toMatchObject({ status: 0 });
      expect(await runRefill(['migrate', '--status', '--json'], env(bare.url))).toMatchObject({
        status: 0,
        stdout: '{"state":"current","pending":[],"applied":[]}\n',
      });
      const client = new pg.Client({ connectionString: bare.url });
      await client.connect();
      try {
        await client.query(
          'CREATE TABLE kept AS SELECT * FROM _prisma_migrations ORDER BY migration_name DESC LIMIT 1',
        );
        await client.query('DELETE FROM _prisma_migrations WHERE id IN (SELECT id FROM kept)');
        await expectRefused(
          onDatabase.filter((name) => name !== 'migrate'),
          /^The database is older than this version of Refill: 1 migration .* run: refill migrate$/,
        );
        await client.query('INSERT INTO _prisma_migrations SELECT * FROM kept');
        await client.query(`UPDATE kept SET id = 'later', migration_name = '99991231000000_later'`);
        await client.query('INSERT INTO _prisma_migrations SELECT * FROM kept');
        await expectRefused(SOME, /^The database was migrated by a newer version of Refill/);
      } finally {
        await client.end();
      }
    } finally {
      await bare.close();
    }
  });

  it('a read-only database: what changes something says so, and nothing is changed', async () => {
    const readOnly = new URL(database.url);
    const before = await database.db.audit.count();
    await database.db.$executeRawUnsafe(
      `ALTER DATABASE "${readOnly.pathname.slice(1)}" SET default_transaction_read_only = on`,
    );
    try {
      const { status, stderr } = await run('approval set-limit');
      expect([status, stderr.split('\n')[1]]).toEqual([
        1,
        'The database is read-only, so nothing was changed: it may be a replica, or set so. Use the address of the primary server.',
      ]);
      expect(await run('company list')).toMatchObject({ status: 0 });
    } finally {
      await database.db.$executeRawUnsafe(`SET default_transaction_read_only = off`);
      await database.db.$executeRawUnsafe(
        `ALTER DATABASE "${readOnly.pathname.slice(1)}" RESET default_transaction_read_only`,
      );
    }
    expect(await database.db.audit.count()).toBe(before);
  });

  it('a name of before says its new one', async () => {
    for (const [former, present] of Object.entries(COMMAND_TABLE.renamed))
      expect(await runRefill([...former.split(' '), '1'], env())).toEqual({
        status: 2,
        stdout: '',
        stderr: `\`refill ${former}\` is now \`refill ${present}\`.\n`,
      });
  });
});

describe('how a company is named', () => {
  it('by number, name in any case, or short name; the answer repeats which one it was', async () => {
    for (const typed of ['1', 'ACME CORP', 'acme-corp']) {
      const { stdout } = await runRefill(['usage', 'inbox', '--company', typed], env());
      expect(stdout).toBe('Acme Corp (1): Nothing waits.\n');
    }
    const { stdout } = await runRefill(['usage', 'inbox', '--company', '1', '--json'], env());
    expect(JSON.parse(stdout)).toEqual({
      company: { id: '1', name: 'Acme Corp', slug: 'acme-corp' },
      records: [],
    });
  });

  it('a name that two companies have is refused with their numbers', async () => {
    for (const name of ['Twin Ltd', 'Twin, Ltd.'])
      await runRefill(['company', 'add', '--name', name, '--office', 'Main'], env());
    const { status, stderr } = await runRefill(['usage', 'inbox', '--company', 'twin-ltd'], env());
    expect(status).toBe(1);
    expect(stderr).toMatch(
      /"twin-ltd" names several companies: Twin Ltd \(\d+\), Twin, Ltd\. \(\d+\)\. Use the number\./,
    );
  });
});

it('the database is named on standard error, without its password', async () => {
  const { host, pathname, password } = new URL(database.url);
  const { stdout, stderr } = await run('company list');
  expect(stderr).toBe(`Database: ${host}${pathname}\n`);
  expect(password === '' || !`${stdout}${stderr}`.includes(password)).toBe(true);
});

it('`verify` of a database without a company is an error, not books that hold', async () => {
  const none = await freshDatabase();
  try {
    const { status, stderr } = await runRefill(['verify'], env(none.url));
    expect([status, stderr.split('\n')[1]]).toEqual([
      1,
      'This database has no company, so nothing was verified. Check that it is the one the app uses.',
    ]);
  } finally {
    await none.close();
  }
});

it('help and version are answers; no command is wrong usage', async () => {
  expect(await runRefill(['--version'], {})).toMatchObject({ status: 0, stdout: '0.0.0-test\n' });
  const help = await runRefill(['bundle', 'add', '--help'], {});
  expect(help.status).toBe(0);
  expect(help.stdout).toMatch(/--price <dollars> .*\(required\)/);
  expect(await runRefill([], {})).toMatchObject({ status: 2 });
  expect(await runRefill(['company'], {})).toMatchObject({ status: 2 });
});
