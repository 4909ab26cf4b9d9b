import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type NewUsage, postUsage } from '../../src/ledger/index.ts';
import { dollars, formatDollars } from '../../src/money.ts';
import { type Driver, visibleText } from '../../src/stand-ins/local-workspace/index.ts';
import { numberKey } from '../support/number-key.ts';
import { startTestTryOut, type TryOut } from '../support/try-out.ts';

const CHANNEL = '#phone-credits';
/** The day before yesterday: within what the ledger takes, whatever day this is. */
const AT = new Date(Date.now() - 2 * 86_400_000);
const DAY = new Intl.DateTimeFormat('en-CA', { timeZone: 'America/Los_Angeles' }).format(AT);
let tryOut: TryOut;
let driver: Driver;
let records: NewUsage[];
let offices: { id: bigint; name: string }[];

beforeAll(async () => {
  tryOut = await startTestTryOut();
  driver = tryOut.sandbox.workspace.driver;
  const { db } = tryOut.app;
  const companyId = (await db.company.findFirstOrThrow()).id;
  offices = await db.office.findMany({ orderBy: { id: 'asc' } });
  const members = await db.member.findMany();
  const kinds = ['international', 'sms', 'toll_free', 'fax'] as const;
  records = Array.from({ length: 50 }, (_, i): NewUsage => {
    const member = members[i % members.length];
    return {
      source: 'api',
      externalId: `record-${i}`,
      officeId: member?.officeId ?? null,
      departmentId: member?.departmentId ?? null,
      memberId: member?.id ?? null,
      class: 'calls',
      category: kinds[i % kinds.length] ?? 'sms',
      direction: 'outbound',
      externalNumber: '+442071838750',
      internalNumber: null,
      usageAt: AT,
      durationMs: i % 2 === 0 ? 61_000 : 0,
      billedSeconds: i % 2 === 0 ? 120 : 0,
      quantity: 1,
      cost: dollars('0.0123').times(i),
      price: `<!channel> price ${i}`,
    };
  });
  await postUsage(db, { numberKey, companyId, at: new Date(), records });
});

afterAll(() => tryOut?.close());

const ask = async (user: string, text: string) => {
  const before = (await driver.messages(user, CHANNEL)).length;
  await driver.command(user, CHANNEL, text);
  return await driver.eventually(async () => {
    const all = await driver.messages(user, CHANNEL);
    const last = all.at(-1);
    return all.length > before && last !== undefined && last;
  });
};
const click = (message: { ts: string }, label: string) =>
  driver.click('ana', { kind: 'message', conversationId: 'C0CREDITS1', ts: message.ts }, { label });
const textOf = (message: { text: string; blocks?: unknown }) =>
  `${message.text}\n${visibleText(message.blocks as never)}`;
const typesOf = (message: { blocks?: unknown }) =>
  ((message.blocks ?? []) as { type: string }[]).map(({ type }) => type);
const sum = (of: readonly NewUsage[]) =>
  formatDollars(of.reduce((all, { cost }) => all.plus(cost), dollars('0')));

describe('/credits usage', () => {
  it('shows the sums of the records themselves, in a table and in words, with the zone', async () => {
    const message = await ask('ana', `/credits usage ${DAY}`);
    expect(typesOf(message)).toContain('data_table');
    expect(textOf(message)).toContain(sum(records));
    expect(textOf(message)).toMatch(/calls, 13 texts, 12 faxes/);
    expect(textOf(message)).toContain('Pacific Time');
    for (const category of ['international', 'sms', 'toll_free', 'fax'])
      expect(textOf(message)).toContain(sum(records.filter((record) => record.category === category)));
  });

  it('draws a chart where there is more than a day, and narrows to people, offices and departments', async () => {
    const from = new Intl.DateTimeFormat('en-CA', { timeZone: 'America/Los_Angeles' }).format(
      new Date(AT.getTime() - 3 * 86_400_000),
    );
    const message = await ask('ana', `/credits usage New York ${from} to ${DAY}`);
    const ny = offices.find(({ name }) => name === 'New York')?.id;
    expect(typesOf(message)).toContain('data_visualization');
    expect(textOf(message)).toContain(sum(records.filter(({ officeId }) => officeId === ny)));
    expect(textOf(message)).toContain('Only New York');
  });

  it('is a manager’s for the own office, and nobody else’s', async () => {
    const sf = offices.find(({ name }) => name === 'San Francisco')?.id;
    const own = await ask('marco', `/credits usage ${DAY}`);
    expect(textOf(own)).toContain(sum(records.filter(({ officeId }) => officeId === sf)));
    expect(textOf(await ask('priya', '/credits usage New York'))).toMatch(/couldn’t find “New York”/);
    expect(textOf(await ask('marco', '/credits usage New York'))).toMatch(/couldn’t find “New York”/);
  });

  it('turns the pages of the records, each record once, the newest first', async () => {
    const usage = await ask('ana', `/credits usage ${DAY}`);
    await click(usage, 'View records');
    const page = (title: RegExp) =>
      driver.eventually(async () => {
        const last = (await driver.messages('ana', CHANNEL)).at(-1);
        return last !== undefined && title.test(textOf(last)) && last;
      });
    const pages = [await page(/newest first: 1–15 of 50/)];
    for (const next of [/: 16–30 of 50/, /: 31–45 of 50/, /: 46–50 of 50/]) {
      await click(pages.at(-1) ?? expect.fail(), 'Older');
      pages.push(await page(next));
    }
    const told = pages.flatMap((each) =>
      [...JSON.stringify(each.blocks).matchAll(/price (\d+)"/g)].map(([, i]) => i),
    );
    expect(new Set(told).size).toBe(50);
    expect(told).toHaveLength(50);
    await click(pages[3] ?? expect.fail(), 'Newer');
    expect(textOf(await page(/: 31–45 of 50/))).toContain('Newest');
  });

  it('finds offices and departments however Slack and keyboards dress their names', async () => {
    const { db } = tryOut.app;
    const [main] = offices;
    const companyId = (await db.company.findFirstOrThrow()).id;
    await db.department.create({ data: { companyId, officeId: main?.id ?? 0n, name: 'R&D' } });
    await db.department.create({ data: { companyId, officeId: main?.id ?? 0n, name: 'Booking.com' } });
    for (const name of ['R&D', 'r&d.', '“R&D”', '*R&D*', 'Booking.com', '"Booking.com"'])
      expect(textOf(await ask('ana', `/credits usage ${name} 2024‑02`))).toMatch(
        /No usage like that for February 2024/,
      );
    expect(textOf(await ask('ana', '/credits usage R&E'))).toMatch(/“R&amp;E”/);
  });

  it('says so where there is none, for months to come, for strangers and for words it does not know', async () => {
    expect(textOf(await ask('ana', '/credits usage 2024-02'))).toMatch(/No usage for February 2024/);
    expect(textOf(await ask('ana', '/credits usage 2031-02'))).toMatch(/has not begun/);
    expect(textOf(await ask('ana', '/credits usage <!channel> soon'))).toMatch(
      /couldn’t find “.*\/credits usage last month/,
    );
    expect(textOf(await ask('ana', '/credits usage <@U0GUEST001|jo>'))).toMatch(
      /somebody whose calls are counted/,
    );
  });
});
