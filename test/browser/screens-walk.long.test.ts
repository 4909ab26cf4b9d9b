import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { adjustCredits } from '../../src/billing/index.ts';
import { inTransaction } from '../../src/db/index.ts';
import { setLimit } from '../../src/limits/index.ts';
import { dollars, fromMicros } from '../../src/money.ts';
import { type NoticeFacts, postNotice } from '../../src/notices/index.ts';
import {
  actAs,
  browserIsHere,
  choose,
  NARROW,
  send,
  startBrowser,
  type TestBrowser,
  type WatchedPage,
  WIDE,
} from '../support/browser.ts';
import { startTestTryOut, type TryOut } from '../support/try-out.ts';

/** Two months of usage and purchases, so that there is something on every screen. */
const DAYS = 60;
const SIZES = [
  ['wide', WIDE],
  ['narrow', NARROW],
] as const;

const low = (scopeLabel: string, available: string, isBack = false) => ({
  kind: 'low_balance' as const,
  scopeLabel,
  scope: scopeLabel,
  class: 'calls' as const,
  level: Number(available) > 0 ? ('low' as const) : ('out' as const),
  available,
  alertAt: '25',
  token: '',
  isRechargeOn: false,
  toAdd: null,
  isEnforced: true,
  recovered: isBack ? { at: '2026-11-20T09:30:00.000Z', balance: '50' } : null,
  since: '2026-11-20T09:00:00.000Z',
  timeZone: 'America/Los_Angeles',
});
const cost = (spent: string, before: string) => ({ cost: spent, before });
const LINES = [
  low('New York', '-12.4'),
  low('London', '0'),
  low('Berlin', '4.99'),
  low('Singapore', '17.2'),
  low('Austin', '20', true),
];
const DIGEST: NoticeFacts = {
  kind: 'digest',
  every: 'week',
  from: '2026-11-16T08:00:00.000Z',
  to: '2026-11-23T08:00:00.000Z',
  timeZone: 'America/Los_Angeles',
  ...cost('141.8', '96.1'),
  kinds: [
    { category: 'international', ...cost('98.4', '51.2') },
    { category: 'domestic', ...cost('31.1', '33.5') },
    { category: 'sms', ...cost('12.3', '11.4') },
  ],
  offices: [
    { name: 'New York', ...cost('90.8', '41.1') },
    { name: 'San Francisco', ...cost('51', '55') },
  ],
  movers: [{ category: 'international', office: 'New York', ...cost('80', '31') }],
  runway: { office: 'New York', isAi: false, days: 9.2, range: { low: 7.4, high: 11.6 }, usageDays: 14 },
  overdrawn: [{ name: 'London', amount: '12.4' }],
  waiting: { approvals: 1, requests: 2, pausedRecharges: 1 },
};
/** What the walk posts itself: its name, words of it, and its facts. */
const NOTICES: readonly [string, RegExp, NoticeFacts][] = [
  [
    'many-low',
    /2 offices out of credits/,
    { kind: 'low_balance_summary', lines: LINES, counts: { out: 2, low: 2, recovered: 1 } },
  ],
  [
    'quiet-hours',
    /Since quiet hours began/,
    {
      kind: 'quiet_hours_summary',
      endedAt: '2026-11-20T15:00:00.000Z',
      timeZone: 'America/Los_Angeles',
      items: [
        low('San Francisco', '17.2'),
        {
          kind: 'settings',
          byUserId: null,
          changes: [{ field: 'billing_day', scopeLabel: null, from: '1', to: '15' }],
        },
        {
          kind: 'receipt',
          amount: '50',
          lines: [{ scopeLabel: 'New York', amount: '50', balance: '62.5' }],
          receipt: 'R-000042',
          byUserId: 'U0LI0000001',
          payBy: { method: 'invoice' },
          at: '2026-11-20T11:00:00.000Z',
          timeZone: 'America/Los_Angeles',
        },
      ],
      more: 0,
    },
  ],
  ['digest', /\$141\.80/, DIGEST],
  [
    'surprise',
    /Unusual: San Francisco/,
    {
      kind: 'surprise',
      token: '1',
      officeName: 'San Francisco',
      part: 'country',
      value: 'CU',
      rule: 'new_country',
      amount: '60',
      calls: 12,
      usual: null,
      from: '2026-11-20T09:00:00.000Z',
      to: '2026-11-20T09:12:00.000Z',
      since: '2026-11-20T09:00:00.000Z',
      timeZone: 'America/Los_Angeles',
      spenders: [{ name: '+14155550101', amount: '60' }],
      expectedByUserId: null,
      mutedUntil: null,
      pausedByUserId: null,
    },
  ],
];

let tryOut: TryOut;
let browser: TestBrowser;
let watched: WatchedPage;
let page: Page;

describe.skipIf(!browserIsHere())('the screens, as each role sees them', () => {
  beforeAll(async () => {
    [tryOut, browser] = await Promise.all([startTestTryOut({ historyDays: DAYS }), startBrowser()]);
  }, 120_000);

  afterAll(async () => {
    await browser?.close();
    await tryOut?.close();
  });

  afterEach(async () => {
    await watched?.close();
    const { driver } = tryOut.sandbox.workspace;
    for (const user of ['ana', 'li', 'marco', 'priya'])
      await driver.close(user, { all: true }).catch(() => undefined);
  });

  async function visit(size: typeof WIDE, as: string): Promise<void> {
    watched = await browser.open(tryOut.sandbox.pageUrl, { viewport: size });
    page = watched.page;
    await page.getByRole('textbox', { name: /^Message/ }).waitFor();
    if (as !== 'Ana Reyes') await actAs(page, as);
  }

  const dialog = () => page.getByRole('dialog');

  /** A limit of each office and one of a department: one is reached, one nearly. */
  async function setLimits(): Promise<void> {
    const { db } = tryOut.app;
    const { clock } = tryOut.sandbox;
    const offices = await db.office.findMany({ orderBy: { id: 'asc' } });
    const department = await db.department.findFirst();
    const subjects = [
      ...offices.map(({ id: officeId }) => ({ kind: 'office' as const, officeId })),
      ...(department === null ? [] : [{ kind: 'department' as const, departmentId: department.id }]),
    ];
    for (const [index, subject] of subjects.entries()) {
      const of = { companyId: offices[0]?.companyId ?? 0n, reason: 'For the walk' };
      const choice = {
        subject,
        period: 'month' as const,
        amount: dollars(index === 0 ? '5' : '400'),
        levels: [50, 80],
      };
      await setLimit({ db, clock }, of, choice);
    }
  }

  /** New York has nothing left, so that the phone system of the try-out pauses it. */
  async function runOut(): Promise<void> {
    const { db, billing } = tryOut.app;
    const office = await db.office.findFirstOrThrow({ where: { name: 'New York' } });
    const wallet = await db.wallet.findFirstOrThrow({ where: { officeId: office.id } });
    const amount = fromMicros(wallet.generalMicros);
    if (amount.isZero()) return;
    await inTransaction(db, (tx) =>
      adjustCredits(tx, {
        companyId: office.companyId,
        officeId: office.id,
        kind: 'deduction',
        amount,
        reason: 'For the walk',
        actor: 'operator',
        at: billing.clock.now(),
      }),
    );
  }

  /** Takes a picture of what is there, in which nothing may be wrong. */
  async function look(name: string): Promise<void> {
    await watched.photo(name);
    expect(await watched.faults(), name).toEqual([]);
  }

  async function ask(command: string, answer: RegExp, name: string): Promise<void> {
    await send(page, command);
    await page.getByText(answer).last().waitFor();
    await look(name);
  }

  async function form(command: string, title: string, name: string): Promise<void> {
    await send(page, command);
    await dialog().getByRole('heading', { name: title }).waitFor();
    await look(name);
    await page.keyboard.press('Escape');
    await dialog().waitFor({ state: 'detached' });
  }

  /** Looks at the modal on top. */
  async function seeDialog(title: string, name: string): Promise<void> {
    await dialog().getByRole('heading', { name: title, exact: true }).waitFor();
    await look(name);
  }

  /** Closes every modal. */
  async function shut(): Promise<void> {
    const { driver } = tryOut.sandbox.workspace;
    await driver.close('ana', { all: true });
    await dialog().waitFor({ state: 'detached' });
  }

  async function notify(key: string, facts: NoticeFacts): Promise<void> {
    const { db } = tryOut.app;
    const { id: companyId } = await db.company.findFirstOrThrow();
    await postNotice(db, { companyId, dedupeKey: `walk:${key}`, facts, at: tryOut.sandbox.clock.now() });
  }

  async function seeHome(size: typeof WIDE, name: string): Promise<void> {
    if (size === NARROW)
      await page
        .getByRole('button', { name: /menu|channels|workspace/i })
        .first()
        .click();
    await page
      .getByRole('button', { name: /^Refill/ })
      .first()
      .click();
    await page.getByText(/^as of /).waitFor();
    await look(name);
  }

  describe.each(SIZES)('%s', (width, size) => {
    it('a company admin: money, usage down to the records of a type, receipts, forms', async () => {
      await visit(size, 'Ana Reyes');
      await ask('/credits ', /Available balance/, `ana-${width}-balance`);
      await ask('/credits usage', /Top users/, `ana-${width}-usage`);
      await choose(page, 'All types', 'International calls');
      await page.getByText('Only International calls').waitFor();
      await look(`ana-${width}-usage-of-a-type`);
      await page.getByRole('button', { name: 'View records' }).click();
      await page.getByText(/newest first: 1–15 of/).waitFor();
      await look(`ana-${width}-records`);
      if (size === WIDE) expect(await cutColumns()).toEqual([]);
      await ask('/credits receipts', /R.00000\d/, `ana-${width}-receipts`);
      await form('/credits export', 'Export usage', `ana-${width}-export`);
      await form('/credits settings', 'Settings', `ana-${width}-settings`);
      await form('/credits people', 'People', `ana-${width}-people`);
      await form('/credits add 50 New York', 'Review purchase', `ana-${width}-add`);
      await seeHome(size, `ana-${width}-home`);
    });

    it('a company admin: what is posted in the channel, and the forms behind it', async () => {
      await visit(size, 'Ana Reyes');
      await setLimits();
      await runOut();
      for (const [name, words, facts] of NOTICES) {
        await notify(`${width}-${name}`, facts);
        await page.getByText(words).last().scrollIntoViewIfNeeded();
        await look(`ana-${width}-notice-${name}`);
      }
      await page.getByRole('button', { name: 'Set a limit' }).last().click();
      await seeDialog('Add spending limit', `ana-${width}-limit-form`);
      await shut();
      await send(page, '/credits limits');
      await seeDialog('Spending limits', `ana-${width}-limits`);
      await shut();
      await send(page, '/credits export');
      await dialog().getByRole('button', { name: 'Scheduled exports' }).click();
      await seeDialog('Scheduled exports', `ana-${width}-schedules`);
      await dialog().getByRole('button', { name: 'Schedule export' }).click();
      await seeDialog('Schedule export', `ana-${width}-schedule-form`);
      await shut();
      await send(page, '/credits settings');
      await dialog().getByRole('button', { name: 'Change quiet hours' }).click();
      await seeDialog('Quiet hours', `ana-${width}-quiet-hours`);
      await shut();
      const simulator = page.getByRole('button', { name: 'Simulator', exact: true });
      if ((await simulator.getAttribute('aria-expanded')) === 'false') await simulator.click();
      await page.getByText(/are paused at: New York/).scrollIntoViewIfNeeded();
      await look(`ana-${width}-simulator`);
    });

    it('an office admin: the same, of the own office', async () => {
      await visit(size, 'Li Wei');
      await form('/credits limits', 'Spending limits', `li-${width}-limits`);
      await ask('/credits ', /out of credits/, `li-${width}-balance`);
      await ask('/credits usage', /Top users/, `li-${width}-usage`);
      await form('/credits settings', 'Settings', `li-${width}-settings`);
      await seeHome(size, `li-${width}-home`);
    });

    it('a manager and a member: usage with and without its cost', async () => {
      await visit(size, 'Marco Bianchi');
      await form('/credits limits', 'Spending limits', `marco-${width}-limits`);
      await ask('/credits usage', /Top users/, `marco-${width}-usage`);
      await seeHome(size, `marco-${width}-home`);
      await watched.close();
      await visit(size, 'Priya Nair');
      await ask('/credits usage', /Your .*records? of/, `priya-${width}-usage`);
      await seeHome(size, `priya-${width}-home`);
    });
  });

  it('usage is narrowed, and its records turned, with the keyboard alone', async () => {
    await visit(WIDE, 'Ana Reyes');
    await page.getByRole('textbox', { name: /^Message/ }).focus();
    await page.keyboard.type('/credits usage');
    await page.keyboard.press('Enter');
    await page.getByText('Top users').waitFor();
    await page.getByRole('combobox', { name: 'All types' }).focus();
    await page.keyboard.press('Enter');
    await page.keyboard.type('SMS');
    await page.keyboard.press('Enter');
    await page.getByText('Only SMS').waitFor();
    for (const name of ['View records', 'Older']) {
      await page.getByRole('button', { name }).focus();
      await page.keyboard.press('Enter');
      await page.getByText(name === 'Older' ? /: 16–30 of/ : /: 1–15 of/).waitFor();
    }
    expect(await watched.faults()).toEqual([]);
  });

  /** The headers of the last table that its frame cuts off. */
  async function cutColumns(): Promise<string[]> {
    const table = page.getByRole('table').last();
    return await table.getByRole('columnheader').evaluateAll((headers) =>
      headers.flatMap((header) => {
        let frame = header.parentElement;
        while (frame !== null && !['auto', 'scroll'].includes(getComputedStyle(frame).overflowX))
          frame = frame.parentElement;
        const end = frame?.getBoundingClientRect().right ?? Number.POSITIVE_INFINITY;
        return header.getBoundingClientRect().right > end + 1 ? [header.textContent ?? ''] : [];
      }),
    );
  }
});
