import { dayOf, daysPeriod, monthAround, type Period } from '../../calendar.ts';
import type { Db } from '../../db/index.ts';
import { RefillError } from '../../errors.ts';
import { type Explanation, explainBalance, readBalance, type StatementEntry } from '../../ledger/index.ts';
import { findCompany, listOffices } from '../../org/index.ts';
import { faultOfDay } from '../../read-time.ts';
import {
  companyOption,
  defineCommand,
  exactAmount,
  findOffice,
  optional,
  signedAmount,
  text,
} from '../frame/index.ts';

export const statementCommand = defineCommand({
  name: 'statement',
  summary:
    'what was credited and charged in a period, entry by entry, from the opening to the closing balance',
  params: {
    company: companyOption(),
    office: optional('--office <name>', 'one office; all wallets where left out', text),
    from: optional('--from <day>', 'first day, in the company’s time zone; this month where left out', text),
    to: optional('--to <day>', 'last day, with it; today where left out', text),
  },
  async run({ db, clock, stream, isJson }, { company: ref, office, from, to }) {
    const company = await findCompany(db, ref.id);
    if (company === null) throw new RefillError('company-unknown', `There is no company ${ref.name}.`);
    const at = clock.now();
    const period = readDays(from, to, at, company.timeZone);
    const officeId = await findOffice(db, company.id, office);
    const offices = await listOffices(db, company.id);
    const { wallets } = await readBalance(db, company.id, at);
    const statements = [];
    for (const { walletId, officeId: of } of wallets) {
      if (office !== undefined && of !== officeId) continue;
      const wallet = offices.find(({ id }) => id === of)?.name ?? 'shared credits';
      const entries: StatementEntry[] = [];
      let last: Explanation | undefined;
      for await (const page of pages(db, { companyId: company.id, walletId, ...period })) {
        if (last === undefined)
          await stream(`${wallet}: opening balance ${exactAmount(page.opening.balance)}\n`);
        for (const entry of page.entries) await stream(`${describe(entry)}\n`);
        if (isJson) entries.push(...page.entries);
        last = page;
      }
      if (last === undefined) continue;
      const { opening, closing } = last;
      await stream(`${wallet}: closing balance ${exactAmount(closing.balance)}\n`);
      statements.push({ wallet, opening, closing, entries });
    }
    return { lines: [], value: { ...period, statements } };
  },
});

/** A wallet's entries, a page at a time. */
async function* pages(
  db: Db,
  question: Omit<Parameters<typeof explainBalance>[1], 'after'>,
): AsyncGenerator<Explanation> {
  let page = await explainBalance(db, question);
  while (page !== null) {
    yield page;
    page = page.next === null ? null : await explainBalance(db, { ...question, after: page.next });
  }
}

function readDays(from: string | undefined, to: string | undefined, at: Date, timeZone: string): Period {
  if (from === undefined && to === undefined) return monthAround(at, timeZone);
  for (const [name, day] of [
    ['--from', from],
    ['--to', to],
  ] as const) {
    const fault = day === undefined ? null : faultOfDay(day);
    if (fault !== null)
      throw new RefillError('bad-argument', `${name} takes a day like 2026-11-01: ${fault}.`);
  }
  const first = from ?? `${dayOf(at, timeZone).slice(0, 7)}-01`;
  const last = to ?? dayOf(at, timeZone);
  const period = daysPeriod(first, last, timeZone);
  if (period !== null) return period;
  throw new RefillError(
    'bad-argument',
    `--from and --to take days like 2026-11-01, the first before the last, not "${first}" and "${last}".`,
  );
}

function describe(entry: StatementEntry): string {
  const what = entry.category === null ? entry.type : `${entry.type} ${entry.category}`;
  return [
    `  ${entry.postedAt.toISOString().slice(0, 19)}Z`,
    what,
    `${entry.source} ${entry.reference}`,
    signedAmount(entry.amount),
    `balance ${exactAmount(entry.balanceAfter)}`,
    ...(entry.reason === null ? [] : [entry.reason]),
  ].join('  ');
}
