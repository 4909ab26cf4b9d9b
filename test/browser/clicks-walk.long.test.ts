import type { Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { dayOf } from '../../src/calendar.ts';
import { browserIsHere, startBrowser, type TestBrowser } from '../support/browser.ts';
import { startTestTryOut, type TryOut } from '../support/try-out.ts';
import { textOf } from './walks/read-page.ts';
import { type Role, VISITORS, Visitor } from './walks/visitor.ts';

/** The most clicks from Home to each wish (`docs/measured/clicks.md`). */
const MAX_CLICKS = 6;

/**
 * Someone who clicks and types no command: each press of a button, choice from a menu and submission counts as one click,
 * and opening a menu belongs to its choice.
 */
class Clicker {
  count = 0;
  readonly #page: Page;

  constructor(page: Page) {
    this.#page = page;
  }

  async press(within: Locator, name: string | RegExp): Promise<void> {
    this.count += 1;
    await within
      .getByRole('button', { name, ...(typeof name === 'string' ? { exact: true } : {}) })
      .first()
      .click();
  }

  async choose(within: Locator, menu: string, option: string | RegExp): Promise<void> {
    this.count += 1;
    await within.getByRole('combobox', { name: menu }).first().click();
    await this.#page.getByRole('option', { name: option }).first().click();
  }
}

/** The month before this one, where the demo company is. */
function lastMonth(): string {
  const now = tryOut.sandbox.clock.now();
  const [year = 0, month = 0] = dayOf(now, 'America/Los_Angeles').split('-').map(Number);
  return new Date(Date.UTC(year, month - 2, 1)).toLocaleDateString('en-US', {
    month: 'long',
    year: 'numeric',
    timeZone: 'UTC',
  });
}

let tryOut: TryOut;

describe.skipIf(!browserIsHere())('what people wish, from Home and without a command', () => {
  let browser: TestBrowser;
  let visitor: Visitor;
  let clicker: Clicker;

  beforeAll(async () => {
    [tryOut, browser] = await Promise.all([startTestTryOut({ historyDays: 60 }), startBrowser()]);
  }, 240_000);
  afterAll(async () => {
    await browser?.close();
    await tryOut?.close();
  });
  afterEach(async () => {
    expect(clicker.count).toBeGreaterThan(0);
    expect(clicker.count).toBeLessThanOrEqual(MAX_CLICKS);
    await tryOut.sandbox.workspace.driver
      .close(VISITORS[visitor.role].user, { all: true })
      .catch(() => undefined);
    await visitor.leave();
  });

  async function enter(role: Role): Promise<Locator> {
    visitor = await Visitor.enter(browser, tryOut, role);
    clicker = new Clicker(visitor.page);
    return await visitor.home();
  }

  it('“make sure New York never runs out” takes two clicks', async () => {
    const home = await enter('company-admin');
    const newYork = home.locator('.section').filter({ hasText: 'Auto-recharge for New York: off' }).last();
    await clicker.press(newYork, 'Turn on');
    const form = await visitor.sees('Auto-recharge');
    expect(await textOf(form)).toContain('New York');
    await clicker.press(form, 'Save');
    const { driver } = tryOut.sandbox.workspace;
    await driver.eventually(async () =>
      (await driver.messages('ana', '#phone-credits')).some(({ text }) =>
        /set auto-recharge for New York/.test(text),
      ),
    );
    expect(clicker.count).toBe(2);
  });

  it.each(['office-admin', 'manager'] as const)(
    '“who spent so much last week?” takes a %s three',
    async (role) => {
      const home = await enter(role);
      await clicker.press(home, 'Usage');
      await clicker.press(home, 'Open Messages');
      const answer = visitor.page.getByRole('article').last();
      await answer
        .getByText('Top users')
        .or(answer.getByText(/No usage/))
        .first()
        .waitFor();
      await clicker.choose(answer, 'Choose a period', 'Last week');
      await answer.getByText('Top users').waitFor();
      expect(await answer.innerText()).toMatch(/\$\d/);
      expect(clicker.count).toBe(3);
    },
  );

  it('“send last month to accounting” takes four', async () => {
    const home = await enter('manager');
    await clicker.press(home, 'Export');
    const form = await visitor.sees('Export usage');
    await clicker.choose(form, 'Period', lastMonth());
    await clicker.choose(form, 'Send the file to', /phone-credits/);
    await clicker.press(form, 'Export');
    await visitor.dialog.getByText(/Preparing your export/).waitFor();
    expect(clicker.count).toBe(4);
  });
});
