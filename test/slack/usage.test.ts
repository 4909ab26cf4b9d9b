import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type NewUsage, postUsage } from '../../src/ledger/index.ts';
import { dollars, formatDollars } from '../../src/money.ts';
import { type Driver, visibleText } from '../../src/stand-ins/local-workspace/index.ts';
import { numberKey } from '../support/number-key.ts';
import { interaction, sendAsSlack } from '../support/send-as-slack.ts';
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
    const third = await page(/: 31–45 of 50/);
    await click(third, 'Newest');
    await page(/newest first: 1–15 of 50/);
  });

  const choose = (message: { ts: string }, actionId: string, value: string, user = 'ana') =>
    driver.click(
      user,
      { kind: 'message', conversationId: 'C0CREDITS1', ts: message.ts },
      { actionId },
      value,
    );
  const now = async (user: string, wanted: (text: string) => boolean) =>
    await driver.eventually(async () => {
      const last = (await driver.messages(user, CHANNEL)).at(-1);
      return last !== undefined && wanted(textOf(last)) && last;
    });
  const countIn = (id: bigint) => records.filter(({ officeId }) => officeId === id).length;
  const rowsOf = (message: { blocks?: unknown }): string[][] =>
    ((message.blocks ?? []) as { type: string; rows?: { text: string }[][] }[])
      .find(({ type }) => type === 'data_table')
      ?.rows?.map((row) => row.map(({ text }) => text)) ?? [];

  it('drills down from the sums to a type, a person and the records of both, and back', async () => {
    const { db } = tryOut.app;
    const ofFax = records.filter(({ category }) => category === 'fax');
    const sender = await db.member.findFirstOrThrow({
      where: { id: { in: ofFax.flatMap(({ memberId }) => memberId ?? []) }, slackUserId: { not: null } },
    });
    const faxesOfOne = ofFax.filter(({ memberId }) => memberId === sender.id);
    const mention = `<@${sender.slackUserId}>`;
    const usage = await ask('ana', `/credits usage ${DAY}`);
    await choose(usage, 'usage_kind', 'fax');
    const faxes = await now('ana', (text) => text.includes('Only Fax'));
    expect(faxes.ts).toBe(usage.ts);
    expect(rowsOf(faxes)[0]).toEqual(['Person', 'Count', 'Cost', 'Billed minutes']);
    expect(rowsOf(faxes).at(-1)?.slice(1, 3)).toEqual([String(ofFax.length), sum(ofFax)]);
    await choose(faxes, 'usage_person', sender.id.toString());
    const ofOne = await now('ana', (text) => text.includes(`Only ${mention}, Fax`));
    expect(rowsOf(ofOne).at(-1)?.slice(1, 3)).toEqual([String(faxesOfOne.length), sum(faxesOfOne)]);
    await click(ofOne, 'View records');
    const page = await now('ana', (text) => text.includes('newest first'));
    expect(textOf(page)).toContain(`1–${faxesOfOne.length} of ${faxesOfOne.length}`);
    expect(rowsOf(page)).toHaveLength(faxesOfOne.length + 1);
    expect(rowsOf(page)[0]).not.toContain('Type');
    await choose(page, 'usage_kind', 'all');
    const all = await now('ana', (text) => text.includes('newest first') && !text.includes(', Fax'));
    expect(textOf(all)).toContain(`of ${records.filter(({ memberId }) => memberId === sender.id).length}`);
    await click(all, 'Back to summary');
    await now('ana', (text) => text.includes(`Only ${mention}`) && text.includes('View records'));
  });

  it('keeps the filters of the records on the next page and hands them to the export', async () => {
    const office = offices.toSorted((a, b) => countIn(b.id) - countIn(a.id))[0] ?? expect.fail();
    const there = countIn(office.id);
    const usage = await ask('ana', `/credits usage ${DAY}`);
    await click(usage, 'View records');
    const first = await now('ana', (text) => text.includes('1–15 of 50'));
    await choose(first, 'usage_office', office.id.toString());
    const inOne = await now('ana', (text) => text.includes(`1–15 of ${there}`));
    await click(inOne, 'Older');
    const next = await now('ana', (text) => text.includes(`16–${Math.min(30, there)} of ${there}`));
    expect(textOf(next)).toContain(`Only ${office.name}`);
    await click(next, 'Export CSV');
    const form = await driver.eventually(async () => {
      const view = (await driver.views('ana')).at(-1);
      return view !== undefined && JSON.stringify(view.blocks).includes('export_offices') && view;
    });
    const chosen = (
      form.blocks as { block_id?: string; element?: { initial_options?: { value: string }[] } }[]
    )
      .find(({ block_id }) => block_id === 'export_offices')
      ?.element?.initial_options?.map(({ value }) => value);
    expect(chosen).toEqual([office.id.toString()]);
    await driver.close('ana', { all: true });
  });

  it('narrows a manager to nothing that is not theirs, whatever a menu sends back', async () => {
    const ny = offices.find(({ name }) => name === 'New York')?.id ?? 0n;
    const { db } = tryOut.app;
    const stranger = await db.member.findFirstOrThrow({ where: { officeId: ny } });
    const own = await ask('marco', `/credits usage ${DAY}`);
    const bar = ((own.blocks ?? []) as { type: string; block_id: string }[]).find(({ block_id }) =>
      block_id.startsWith('sums;'),
    );
    expect(JSON.stringify(bar)).not.toContain('New York');
    expect(JSON.stringify(bar)).not.toContain(stranger.name);
    const send = async (action: string, value: string, block = bar?.block_id) =>
      await sendAsSlack(
        tryOut,
        interaction({
          type: 'block_actions',
          team: { id: 'T0ACME0001' },
          user: { id: 'U0MARCO001', team_id: 'T0ACME0001' },
          trigger_id: 'forged',
          container: { type: 'message', channel_id: 'C0CREDITS1', message_ts: own.ts, is_ephemeral: true },
          actions: [
            { type: 'static_select', action_id: action, block_id: block, selected_option: { value } },
          ],
        }),
      );
    const dm = async (wanted: RegExp) =>
      await driver.eventually(async () => {
        const last = (await driver.messages('marco', 'dm')).at(-1);
        return last !== undefined && wanted.test(textOf(last)) && last;
      });
    await send('usage_person', stranger.id.toString());
    expect(textOf(await dm(/No usage/))).not.toContain(stranger.name);
    await send('usage_office', ny.toString());
    await dm(/can’t do that anymore/);
    await send('usage_kind', 'all', `sums;zz;zzz;o=${ny}`);
    await dm(/can’t do that anymore/);
  });

  it('shows a month beside the month before, as a chart by week and in the table', async () => {
    const { db } = tryOut.app;
    const at = tryOut.sandbox.clock.now();
    const [year = 0, month = 0] = new Intl.DateTimeFormat('en-CA', {
      timeZone: 'America/Los_Angeles',
      year: 'numeric',
      month: '2-digit',
    })
      .format(at)
      .split('-')
      .map(Number);
    const name = (before: number) =>
      new Date(Date.UTC(year, month - 1 - before, 1)).toLocaleString('en-US', {
        month: 'long',
        timeZone: 'UTC',
      });
    // Noon of the last day of the month before, and now: both months have usage, whatever day this is.
    const months = [new Date(Date.UTC(year, month - 1, 0, 20)), at].map((usageAt, i) => ({
      ...(records[1] as NewUsage),
      externalId: `month-${i}`,
      officeId: null,
      usageAt,
    }));
    const companyId = (await db.company.findFirstOrThrow()).id;
    await postUsage(db, { numberKey, companyId, at, records: months });
    const message = await ask('ana', '/credits usage');
    const chart = (
      (message.blocks ?? []) as {
        type: string;
        chart?: { series: { name: string }[]; axis_config: { categories: string[] } };
      }[]
    ).find(({ type }) => type === 'data_visualization')?.chart;
    expect(chart?.series.map((series) => series.name)).toEqual([name(0), name(1)]);
    expect(chart?.axis_config.categories.slice(0, 2)).toEqual(['1–7', '8–14']);
    expect(rowsOf(message)[0]).toHaveLength(5);
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
      /someone whose calls are counted/,
    );
  });
});
