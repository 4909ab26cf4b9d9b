import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
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

    it('an office admin: the same, of the own office', async () => {
      await visit(size, 'Li Wei');
      await ask('/credits ', /Available balance/, `li-${width}-balance`);
      await ask('/credits usage', /Top users/, `li-${width}-usage`);
      await form('/credits settings', 'Settings', `li-${width}-settings`);
      await seeHome(size, `li-${width}-home`);
    });

    it('a manager and a member: usage with and without its cost', async () => {
      await visit(size, 'Marco Bianchi');
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
