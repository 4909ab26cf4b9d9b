import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { monthOf } from '../../src/calendar.ts';
import { DAY_MS } from '../../src/durations.ts';
import { type NewUsage, postUsage, usageTotals } from '../../src/ledger/index.ts';
import { dollars, formatDollars } from '../../src/money.ts';
import { type Driver, visibleText } from '../../src/stand-ins/local-workspace/index.ts';
import { encodeQuery } from '../../src/usage/index.ts';
import { barrier } from '../support/barrier.ts';
import { numberKey } from '../support/number-key.ts';
import { quietClient } from '../support/slack-workspace.ts';
import { startTestTryOut, type TryOut } from '../support/try-out.ts';
import { untilIdle } from '../support/until-idle.ts';

const CHANNEL = '#phone-credits';
let tryOut: TryOut;
let driver: Driver;
let companyId: bigint;
let offices: { id: bigint; name: string }[];
let members: { id: bigint; name: string; officeId: bigint }[];
/**
 * Noon in Los Angeles of the day before yesterday: the month is this one or the last, the ledger takes it, and the two minutes of
 * records are of one day, whenever the test is run.
 */
const AT = new Date(Math.floor(Date.now() / DAY_MS) * DAY_MS - 2 * DAY_MS + (20 * DAY_MS) / 24);
const DAY = new Intl.DateTimeFormat('en-CA', { timeZone: 'America/Los_Angeles' }).format(AT);

beforeAll(async () => {
  tryOut = await startTestTryOut({ exportLimits: { records: 1_000, packAboveBytes: 1_000_000 } });
  driver = tryOut.sandbox.workspace.driver;
  const { db } = tryOut.app;
  offices = await db.office.findMany({ orderBy: { id: 'asc' } });
  companyId = (await db.company.findFirstOrThrow()).id;
  members = await db.member.findMany();
  const records = Array.from({ length: 120 }, (_, i): NewUsage => {
    const member = members[i % members.length];
    return {
      source: 'api',
      externalId: `call-${i}`,
      officeId: member?.officeId ?? null,
      departmentId: null,
      memberId: member?.id ?? null,
      class: 'calls',
      category: i % 2 === 0 ? 'international' : 'sms',
      direction: 'outbound',
      externalNumber: '+442071838750',
      internalNumber: '+14155550100',
      usageAt: new Date(AT.getTime() + i * 1_000),
      durationMs: 60_000,
      billedSeconds: 60,
      quantity: 1,
      cost: dollars('0.0123'),
      price: '=HYPERLINK("http://evil.example")',
    };
  });
  await postUsage(db, { numberKey, companyId, at: new Date(), records });
});

afterAll(() => tryOut?.close());

beforeEach(async () => {
  tryOut.sandbox.workspace.faults.clear();
  for (const user of ['ana', 'li', 'marco']) await driver.close(user, { all: true }).catch(() => undefined);
});

const messages = async (user: string, channel: string) =>
  (await driver.messages(user, channel)).map((message) => ({
    ...message,
    said: `${message.text}\n${visibleText(message.blocks)}`,
  }));
const lastSays = (user: string, channel: string, words: RegExp) =>
  driver.eventually(async () => {
    const last = (await messages(user, channel)).at(-1);
    return last !== undefined && words.test(last.said) && last;
  });
const openForm = async (user: string, text = '/credits export', channel = CHANNEL) => {
  await driver.command(user, channel, text);
  return await driver.eventually(async () => {
    const view = (await driver.views(user)).at(-1);
    return view?.submit === 'Export' && view;
  });
};
const blocksOf = (view: { blocks: unknown }) =>
  (view.blocks as { block_id?: string }[]).map((b) => b.block_id);
const choosePeriod = async (user: string, period: string) => {
  const view = (await driver.views(user)).at(-1);
  const inside = { kind: 'view', viewId: view?.id ?? '' } as const;
  await driver.click(user, inside, { actionId: 'export_period' }, period);
  return await driver.eventually(async () => {
    const now = (await driver.views(user)).at(-1);
    return now !== undefined && blocksOf(now).includes('export_from') === (period === 'dates') && now;
  });
};
const openDates = async (user: string) => {
  await openForm(user);
  return await choosePeriod(user, 'dates');
};
const days = { export_period: 'dates', export_from: DAY, export_to: DAY };
const fileOf = async (message: { files: { url: string }[] }): Promise<string> => {
  const url = new URL(message.files[0]?.url ?? '', tryOut.sandbox.workspace.pageUrl);
  return await (await fetch(url)).text();
};
const filesIn = async (user: string, channel: string): Promise<number> =>
  (await driver.messages(user, channel)).flatMap(({ files }) => files).length;
const office = (name: string): bigint => offices.find((each) => each.name === name)?.id ?? 0n;

describe('/credits export', () => {
  it('brings the file to the asker, with the figures of the ledger over it', async () => {
    await openForm('ana', `/credits export ${DAY}`);
    expect(await driver.submit('ana', { export_name: 'Calls & texts' })).toEqual({ ok: true });
    expect(visibleText((await driver.views('ana')).at(-1)?.blocks)).toMatch(/Preparing your export for/);
    const shown = await lastSays('ana', 'dm', /exported by/);
    const { from, to } = { from: new Date(`${DAY}T00:00:00-09:00`), to: new Date(AT.getTime() + 86_400_000) };
    const around = { companyId, from: floor(from), to: floor(to), by: [] };
    const [screen] = await usageTotals(tryOut.app.db, around);
    expect(shown.said).toContain(
      `${screen?.records} records · ${formatDollars(screen?.cost ?? dollars('0'))} · times are in Pacific Time`,
    );
    expect(shown.files[0]?.name).toBe('Calls & texts.csv');
    const rows = (parse(await fileOf(shown), { bom: true }) as string[][]).slice(1);
    expect(rows).toHaveLength(screen?.records ?? 0);
    expect(rows[0]?.[12]).toBe(`'=HYPERLINK("http://evil.example")`);
    const progress = await driver.eventually(async () => {
      const said = (await messages('ana', 'dm')).at(-2)?.said ?? '';
      return /Usage for .*The file is in the next message/.test(said) && said;
    });
    expect(progress).not.toMatch(/Cancel|Preparing/);
  });

  it('brings it to the channel it was asked in, narrowed to offices, people and kinds', async () => {
    const [member] = members.filter(({ officeId }) => officeId === office('New York'));
    await openDates('ana');
    await driver.submit('ana', {
      ...days,
      export_offices: [String(office('New York'))],
      export_people: [String(member?.id)],
      export_kinds: ['sms'],
      export_zone: 'Australia/Lord_Howe',
      export_deliver: 'channel',
      export_from: '2026-01-01' < DAY ? addDays(DAY, -1) : DAY,
      export_to: addDays(DAY, 1),
    });
    const shown = await lastSays('li', CHANNEL, /exported by/);
    expect(shown.said).toMatch(/times are in Lord Howe Time/);
    expect(shown.said).toContain(`Offices: New York · People: ${member?.name} · Types: SMS`);
    const rows = (parse(await fileOf(shown), { bom: true }) as string[][]).slice(1);
    expect(rows.length).toBeGreaterThan(0);
    expect(new Set(rows.map((row) => `${row[1]} ${row[3]} ${row[0]?.slice(-6)}`))).toEqual(
      new Set([`SMS ${member?.name} +11:00`]),
    );
  });

  it('says in words that there is no such usage, and sends no file', async () => {
    const before = await filesIn('ana', 'dm');
    await openDates('ana');
    await driver.submit('ana', { ...days, export_kinds: ['fax'] });
    await lastSays('ana', 'dm', /No usage for .*so there’s no file\. Types: Fax/);
    expect(await filesIn('ana', 'dm')).toBe(before);
  });

  it('asks for dates only where a custom range is chosen, and keeps what else was filled in', async () => {
    const form = await openForm('ana');
    expect(blocksOf(form)).not.toContain('export_from');
    await driver.click('ana', { kind: 'view', viewId: form.id }, { actionId: 'export_kinds' }, ['sms']);
    const dated = await choosePeriod('ana', 'dates');
    expect([dated.submit, dated.id]).toEqual([form.submit, form.id]);
    expect(visibleText(dated.blocks)).toContain('To #phone-credits');
    await choosePeriod('ana', monthOf(AT, 'America/Los_Angeles'));
    await choosePeriod('ana', 'dates');
    await driver.submit('ana', { export_from: DAY, export_to: DAY });
    expect(visibleText((await driver.views('ana')).at(-1)?.blocks)).toMatch(/Preparing your export for/);
    await lastSays('ana', 'dm', /Types: SMS/);
  });

  it('tells it on the period where the dates were not shown yet', async () => {
    await openForm('ana');
    expect(await driver.submit('ana', { export_period: 'dates' })).toMatchObject({
      ok: false,
      fieldErrors: { export_period: 'Choose a start date and an end date.' },
    });
  });

  it.each([
    [{ ...days, export_from: null }, 'export_from', /Choose a day|complete this required field/i],
    [
      { ...days, export_period: monthOf(AT, 'America/Los_Angeles') },
      'export_period',
      /Choose “Custom range” to use the dates below, or clear them/,
    ],
    [{ ...days, export_to: '2026-01-01' }, 'export_to', /before the start date/],
    [{ ...days, export_from: '2020-01-01' }, 'export_period', /up to 13 months/],
    [{ ...days, export_name: '///' }, 'export_name', /can’t have this name/],
  ])('tells what is wrong on its field: %j', async (values, field, words) => {
    await openDates('ana');
    const answer = await driver.submit('ana', values);
    expect(answer).toMatchObject({ ok: false, fieldErrors: { [field]: expect.stringMatching(words) } });
  });

  it('answers a period that is none', async () => {
    await driver.command('ana', CHANNEL, '/credits export next year');
    await lastSays('ana', CHANNEL, /I couldn’t find that period/);
  });
});

describe('rights', () => {
  it.each(['priya', 'jo'])('%s, who may see no usage, is told whom to ask', async (user) => {
    await driver.command(user, CHANNEL, '/credits export');
    await lastSays(
      user,
      CHANNEL,
      /Only admins and managers can export usage|Guests, people from other workspaces/,
    );
    expect(await driver.views(user)).toEqual([]);
  });

  it('a manager gets their own office, also where the form is forged', async () => {
    const view = await openForm('marco');
    expect(JSON.stringify(view.blocks)).not.toContain('New York');
    await choosePeriod('marco', 'dates');
    await driver.submit('marco', days);
    const shown = await lastSays('marco', 'dm', /exported by/);
    const rows = (parse(await fileOf(shown), { bom: true }) as string[][]).slice(1);
    expect(new Set(rows.map((row) => row[5]))).toEqual(new Set(['San Francisco']));
    await driver.close('marco', { all: true }).catch(() => undefined);
    const before = await tryOut.app.db.usageExport.count({ where: { state: { not: 'draft' } } });
    await openForm('marco');
    await choosePeriod('marco', 'dates');
    await tryOut.app.db.roleAssignment.updateMany({
      where: { companyId, role: 'manager' },
      data: { role: 'member', officeId: null },
    });
    await driver.submit('marco', days);
    expect(visibleText((await driver.views('marco')).at(-1)?.blocks)).toMatch(/Only admins and managers/);
    await tryOut.app.db.roleAssignment.updateMany({
      where: { companyId, role: 'member', userId: 'U0MARCO001' },
      data: { role: 'manager', officeId: office('San Francisco') },
    });
    expect(await tryOut.app.db.usageExport.count({ where: { state: { not: 'draft' } } })).toBe(before);
  });

  it('a button that names what its clicker may not see opens the window without it', async () => {
    const client = quietClient(tryOut.sandbox.slack.apiUrl ?? '', tryOut.sandbox.botToken);
    const value = encodeQuery({
      from: new Date('2026-11-01T07:00:00Z'),
      to: new Date('2026-11-02T07:00:00Z'),
      officeIds: [office('San Francisco'), 999_999n],
    });
    await client.chat.postMessage({
      channel: 'C0CREDITS1',
      text: 'usage',
      blocks: [
        {
          type: 'actions',
          elements: [
            {
              type: 'button',
              action_id: 'usage_export_open',
              text: { type: 'plain_text', text: 'Export CSV' },
              value: value ?? '',
            },
          ],
        },
      ],
    });
    const message = (await driver.messages('li', CHANNEL)).at(-1);
    const container = { kind: 'message' as const, conversationId: 'C0CREDITS1', ts: message?.ts ?? '' };
    await driver.click('li', container, { label: 'Export CSV' });
    const view = await driver.eventually(async () =>
      (await driver.views('li')).find(({ submit }) => submit !== null),
    );
    expect(view?.submit).toBe('Export');
    expect(JSON.stringify(view?.blocks)).not.toContain('San Francisco');
    expect(JSON.stringify(view?.blocks)).toContain('"initial_date":"2026-11-01"');
  });
});

/** What waits for its time is due at once. */
function passTimeUntil(at: Date | null): void {
  const { clock } = tryOut.sandbox;
  const ms = (at?.getTime() ?? 0) - clock.now().getTime();
  if (ms > 0) clock.advance(ms);
}

describe('on a bad day', () => {
  it('429 and 503 on every step lead to one file', async () => {
    const before = await filesIn('ana', 'dm');
    const { faults } = tryOut.sandbox.workspace;
    faults.set({ kind: 'rate-limit', method: 'files.getUploadURLExternal', retryAfterSeconds: 1 });
    faults.set({ kind: 'unavailable', method: 'upload', when: 'after' });
    faults.set({ kind: 'rate-limit', method: 'upload', retryAfterSeconds: 1 });
    faults.set({ kind: 'unavailable', method: 'files.completeUploadExternal', when: 'after' });
    await openForm('ana');
    await choosePeriod('ana', 'dates');
    await driver.submit('ana', days);
    await driver.eventually(async () => {
      const row = await tryOut.app.db.usageExport.findFirst({ orderBy: { id: 'desc' } });
      // A run that broke off waits for its time; one that is under way is left alone.
      if (row?.state === 'queued') passTimeUntil(row.nextRunAt);
      return row?.drawnState === 'done';
    });
    expect(await filesIn('ana', 'dm')).toBe(before + 1);
  });

  it('a channel without the app is said to the asker, with what to do', async () => {
    await openForm('ana', '/credits export', '#general');
    await choosePeriod('ana', 'dates');
    await driver.submit('ana', { ...days, export_deliver: 'channel' });
    const said = await lastSays('ana', 'dm', /Refill can’t post in/);
    expect(said.said).toMatch(/Invite it there .*No file was made.*Reference/s);
  });

  it('a cancel by its asker stops it; anybody else’s does not', async () => {
    const before = await filesIn('ana', CHANNEL);
    const { opened, open } = barrier();
    tryOut.sandbox.workspace.faults.set({
      kind: 'slow',
      method: 'files.getUploadURLExternal',
      until: opened,
    });
    await openForm('ana');
    await choosePeriod('ana', 'dates');
    await driver.submit('ana', { ...days, export_deliver: 'channel' });
    const preparing = await lastSays('li', CHANNEL, /Preparing usage/);
    const container = { kind: 'message' as const, conversationId: 'C0CREDITS1', ts: preparing.ts };
    await driver.click('li', container, { label: 'Cancel' });
    await lastSays('li', CHANNEL, /Only the person who requested an export/);
    await driver.click('ana', container, { label: 'Cancel' });
    await driver.eventually(
      async () =>
        (await tryOut.app.db.usageExport.findFirst({ orderBy: { id: 'desc' } }))?.cancelledBy ?? null,
    );
    open();
    await driver.eventually(async () =>
      (await messages('ana', CHANNEL)).some(({ said }) => /cancelled by <@U0ANA00001>/.test(said)),
    );
    await untilIdle(tryOut);
    expect(await filesIn('ana', CHANNEL)).toBe(before);
  });
});

function floor(at: Date): Date {
  return new Date(Math.floor(at.getTime() / 900_000) * 900_000);
}

function addDays(day: string, count: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + count * 86_400_000).toISOString().slice(0, 10);
}
