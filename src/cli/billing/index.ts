import type { Command } from 'commander';
import {
  addBundle,
  addRecurring,
  type BundleOffer,
  type InvoiceSummary,
  listBundles,
  listInvoices,
  resolveInvoice,
  retireBundle,
  setInvoiceEmail,
  setOperatorApprovalLimit,
} from '../../billing/index.ts';
import { systemClock } from '../../clock.ts';
import type { Db } from '../../db/index.ts';
import { RefillError } from '../../errors.ts';
import { formatDollars, type Money, parseDollars } from '../../money.ts';

interface Tools {
  /** Runs a command's work on the app's database. */
  withDb: (work: (db: Db) => Promise<void>) => Promise<void>;
  readId: (text: string) => bigint;
  say: (line: string) => void;
}

interface BundleWords {
  name: string;
  kind: string;
  credit: string;
  price: string;
  period: string;
}

/** Adds `refill bundle …`, `refill recurring …`, `refill invoice …` and `refill approval-limit`. */
export function addBillingCommands(program: Command, tools: Tools): void {
  addBundleCommands(program, tools);
  addRecurringCommands(program, tools);
  addInvoiceCommands(program, tools);
  addApprovalCommand(program, tools);
}

function addApprovalCommand(program: Command, { withDb, readId, say }: Tools): void {
  program
    .command('approval-limit')
    .description('above which amount a company needs a second admin; the company’s own limit may be lower')
    .argument('<company>', 'the company’s number')
    .argument('<dollars>', 'an amount like 250, or none')
    .option('--own', 'set the company’s own limit instead, where no second admin is left to agree')
    .action((company: string, amount: string, { own = false }: { own?: boolean }) =>
      withDb(async (db) => {
        const limit = amount === 'none' ? null : readAmount('<dollars>', amount);
        const at = systemClock.now();
        await setOperatorApprovalLimit(db, { companyId: readId(company), limit, at, isOwn: own });
        if (own) return say('That is the company’s own limit now; yours stays as it is.');
        say(
          limit === null
            ? 'Only the company’s own limit counts now.'
            : `A second admin approves what is above ${formatDollars(limit)}.`,
        );
      }),
    );
}

function addBundleCommands(program: Command, { withDb, readId, say }: Tools): void {
  const bundle = program.command('bundle').description('the bundles on sale');
  bundle
    .command('add')
    .description('put a bundle on sale to all companies')
    .requiredOption('--name <name>')
    .requiredOption('--kind <kind>', 'calling or ai')
    .requiredOption('--credit <dollars>', 'what is credited each period')
    .requiredOption('--price <dollars>', 'what a period costs')
    .option('--period <period>', 'monthly or annual', 'monthly')
    .action((words: BundleWords) =>
      withDb(async (db) => {
        const { id } = await addBundle(db, { ...readBundle(words), at: systemClock.now() });
        say(`Bundle ${id} is on sale.`);
      }),
    );
  bundle
    .command('list')
    .description('the bundles on sale')
    .action(() =>
      withDb(async (db) => {
        for (const { id, name, kind, period, credit, price } of await listBundles(db))
          say(`${id}  ${name}  ${kind}  ${period}  ${formatDollars(credit)} for ${formatDollars(price)}`);
      }),
    );
  bundle
    .command('retire')
    .description('take a bundle off sale; who has it keeps it')
    .argument('<bundle>', 'its number')
    .action((id: string) =>
      withDb(async (db) => {
        await retireBundle(db, readId(id), systemClock.now());
        say('It is off sale now.');
      }),
    );
}

function addRecurringCommands(program: Command, { withDb, readId, say }: Tools): void {
  program
    .command('recurring')
    .description('credits that come every billing period')
    .command('add')
    .description('give a company general credits at the start of every billing period, from now on')
    .requiredOption('--company <number>')
    .requiredOption('--amount <dollars>')
    .option('--charged', 'the company pays for them')
    .option('--free', 'they are a present')
    .action((words: { company: string; amount: string; charged?: boolean; free?: boolean }) =>
      withDb(async (db) => {
        if ((words.charged === true) === (words.free === true))
          throw new RefillError('bad-argument', 'Say either --charged or --free.');
        const { outcome } = await addRecurring(
          { db, clock: systemClock },
          {
            companyId: readId(words.company),
            amount: readAmount('--amount', words.amount),
            isCharged: words.charged === true,
          },
        );
        say(
          outcome === 'added'
            ? 'They come every billing period from now on.'
            : 'They are above the approval limit, so the company’s admins are asked in their channel first.',
        );
      }),
    );
}

function addInvoiceCommands(program: Command, { withDb, readId, say }: Tools): void {
  const invoice = program.command('invoice').description('invoices of the companies that pay by invoice');
  invoice
    .command('list')
    .description('the newest invoices')
    .option('--company <number>', 'of one company only')
    .action(({ company }: { company?: string }) =>
      withDb(async (db) => {
        const of = company === undefined ? {} : { companyId: readId(company) };
        const rows = await listInvoices(db, of);
        if (rows.length === 0) say('No invoices yet.');
        for (const row of rows)
          say(
            `${row.number}  company ${row.companyId}  ${formatDollars(row.total)}  ${row.state}  due before ${row.dueAt.toISOString().slice(0, 16)}Z${describeMirror(row.mirror)}`,
          );
      }),
    );
  invoice
    .command('email')
    .description('where the processor sends a company’s invoices, where they are mirrored to it')
    .argument('<company>', 'the company’s number')
    .argument('<address>', 'like billing@example.com')
    .action((company: string, email: string) =>
      withDb(async (db) => {
        await setInvoiceEmail(db, { companyId: readId(company), email, at: systemClock.now() });
        say(`Invoices are sent to ${email}.`);
      }),
    );
  for (const [name, state] of [
    ['paid', 'paid'],
    ['void', 'void'],
  ] as const)
    invoice
      .command(name)
      .description(state === 'paid' ? 'an invoice was paid' : 'take an invoice back: nothing is owed for it')
      .argument('<number>', 'like INV-2026-0042')
      .action((number: string) =>
        withDb(async (db) => {
          await resolveInvoice(db, { number, state, at: systemClock.now() });
          say(`Invoice ${number} is ${state}.`);
        }),
      );
}

function describeMirror(mirror: InvoiceSummary['mirror']): string {
  if (mirror === null) return '';
  return `  at the processor: ${mirror.state}${mirror.error === null ? '' : ` (${mirror.error})`}`;
}

function readBundle(words: BundleWords): Omit<BundleOffer, 'id'> {
  const { kind, period, name } = words;
  if (kind !== 'calling' && kind !== 'ai')
    throw new RefillError('bad-argument', `--kind is calling or ai, not "${kind}".`);
  if (period !== 'monthly' && period !== 'annual')
    throw new RefillError('bad-argument', `--period is monthly or annual, not "${period}".`);
  return {
    name,
    kind,
    period,
    credit: readAmount('--credit', words.credit),
    price: readAmount('--price', words.price),
  };
}

function readAmount(option: string, text: string): Money {
  const read = parseDollars(text);
  if (!('fault' in read)) return read.amount;
  throw new RefillError(
    'bad-argument',
    `${option} takes an amount of dollars like 500 or 12.50, not "${text}".`,
  );
}
