import type { Locator, Page } from 'playwright-core';
import { expect } from 'vitest';
import { NARROW, send, type TestBrowser, type WatchedPage, WIDE } from '../../support/browser.ts';
import type { TryOut } from '../../support/try-out.ts';
import { amountFaults, textOf } from './read-page.ts';

/** Who walks, by role: the name and the id in the workspace. */
export const VISITORS = {
  'company-admin': { user: 'ana', id: 'U0ANA00001' },
  'office-admin': { user: 'li', id: 'U0LI000001' },
  manager: { user: 'marco', id: 'U0MARCO001' },
  member: { user: 'priya', id: 'U0PRIYA001' },
  nobody: { user: 'jo', id: 'U0GUEST001' },
} as const;
export type Role = keyof typeof VISITORS;

/** What a picture has to say: its figure (or its sentence), and the button of the next step; null where there is none. */
export type Sight = readonly [figure: RegExp, next: string | null];

/** Tall enough that most screens need no scrolling in their picture. */
const SIZES = [
  ['wide', { ...WIDE, height: 1_100 }],
  ['narrow', { ...NARROW, height: 1_200 }],
] as const;

/** Long enough for a machine that does much else. */
const STEP_TIMEOUT_MS = 30_000;
/** More than any screen has. */
const MAX_TABS = 250;

/** A person at the page of the local workspace. */
export class Visitor {
  readonly role: Role;
  readonly page: Page;
  readonly tryOut: TryOut;
  readonly #watched: WatchedPage;
  readonly #hasMouse: boolean;

  private constructor(tryOut: TryOut, role: Role, watched: WatchedPage, hasMouse: boolean) {
    this.#hasMouse = hasMouse;
    this.tryOut = tryOut;
    this.role = role;
    this.#watched = watched;
    this.page = watched.page;
  }

  /** Opens the page as this person; without a mouse everything from then on is done with the keyboard. */
  static async enter(
    browser: TestBrowser,
    tryOut: TryOut,
    role: Role,
    { hasMouse = true } = {},
  ): Promise<Visitor> {
    const url = `${tryOut.sandbox.pageUrl}?as=${VISITORS[role].id}`;
    const watched = await browser.open(url, { viewport: SIZES[0][1] });
    const visitor = new Visitor(tryOut, role, watched, hasMouse);
    watched.page.setDefaultTimeout(STEP_TIMEOUT_MS);
    await visitor.#composer.waitFor();
    await watched.page.getByRole('article').or(watched.page.getByText('Nothing here yet')).first().waitFor();
    return visitor;
  }

  get #composer(): Locator {
    return this.page.getByRole('textbox', { name: 'Message #phone-credits' });
  }

  get dialog(): Locator {
    return this.page.getByRole('dialog');
  }

  /** Uses a button: clicks it, or goes to it with Tab and presses Enter. */
  async press(within: Locator | Page, name: string | RegExp): Promise<void> {
    const isExact = typeof name === 'string';
    const button = within.getByRole('button', { name, ...(isExact ? { exact: true } : {}) }).first();
    await button.waitFor();
    if (this.#hasMouse) return await button.click();
    await this.tabTo(button);
    await this.page.keyboard.press('Enter');
  }

  /** Presses Tab until this has the focus. */
  async tabTo(target: Locator): Promise<void> {
    for (let steps = 0; steps < MAX_TABS; steps += 1) {
      if (await target.evaluate((element) => element === document.activeElement)) return;
      await this.page.keyboard.press('Tab');
    }
    throw new Error(`the keyboard does not reach ${target}`);
  }

  async #goToChannel(): Promise<void> {
    if (await this.#composer.isVisible()) return;
    await this.press(this.page, /phone-credits/);
    await this.#composer.waitFor();
  }

  /** Types a command in the channel and sends it. */
  async type(command: string): Promise<void> {
    await this.#goToChannel();
    if (this.#hasMouse) return await send(this.page, command);
    await this.tabTo(this.#composer);
    await this.page.keyboard.type(command);
    await this.page.keyboard.press('Enter');
  }

  /** Sends a command that is answered by a message to this person alone. @returns that message */
  async answerTo(command: string): Promise<Locator> {
    const answers = this.page.getByRole('article').filter({ hasText: 'Only visible to you' });
    const newest = async () =>
      (await answers.count()) === 0 ? null : await answers.last().getAttribute('data-ts');
    const before = await newest();
    await this.type(command);
    await expect
      .poll(newest, { timeout: STEP_TIMEOUT_MS, message: `an answer to ${command}` })
      .not.toBe(before);
    return this.page.locator(`article[data-ts="${await newest()}"]`);
  }

  /** Sends a command that opens a modal. @returns the modal, once its title is this */
  async open(command: string, title: string): Promise<Locator> {
    await this.type(command);
    return await this.sees(title);
  }

  /** The modal on top, once its title is this. */
  async sees(title: string): Promise<Locator> {
    await this.dialog
      .getByRole('heading', { name: title, exact: true })
      .waitFor({ timeout: STEP_TIMEOUT_MS });
    return this.dialog;
  }

  /** Clicks a button of the open modal. @returns the modal that follows */
  async goOn(button: string, title: string): Promise<Locator> {
    await this.press(this.dialog, button);
    return await this.sees(title);
  }

  /** Shows last month's usage, and narrows it to one type. @returns its message */
  async narrow(type: string): Promise<Locator> {
    const usage = await this.answerTo('/credits usage last month');
    await usage.getByRole('combobox', { name: 'All types' }).click();
    await this.page.getByRole('option', { name: type }).click();
    await usage.getByText(`Only ${type}`).waitFor();
    return usage;
  }

  async home(): Promise<Locator> {
    const home = this.page.getByRole('region', { name: 'Refill home' });
    await this.press(this.page, /^Refill/);
    // Where a message is unread, the app opens with its messages.
    const tabs = this.page.getByRole('navigation', { name: /tabs$/ });
    await tabs.waitFor();
    if ((await tabs.getByRole('button', { name: 'Home' }).getAttribute('aria-current')) === null)
      await this.press(tabs, 'Home');
    await home.waitFor();
    return home;
  }

  /** The newest message of the channel that says this. */
  async message(words: RegExp): Promise<Locator> {
    await this.#goToChannel();
    const message = this.page.getByRole('article').filter({ hasText: words }).last();
    await message.waitFor({ timeout: STEP_TIMEOUT_MS });
    return message;
  }

  /** Photographs a screen at both widths; each time it says its figure and its next step, and nothing about it is wrong. */
  async look(
    name: string,
    subject: Locator,
    [figure, next]: Sight,
    { isWideOnly = false } = {},
  ): Promise<void> {
    const { page } = this;
    for (const [label, size] of isWideOnly ? SIZES.slice(0, 1) : SIZES) {
      await page.setViewportSize(size);
      await expect
        .poll(() => textOf(subject), { timeout: STEP_TIMEOUT_MS, message: `the figure of ${name}, ${label}` })
        .toMatch(figure);
      await subject.scrollIntoViewIfNeeded();
      await this.#watched.photo(`${name}-${this.role}-${label}`);
      if (next !== null)
        expect(await subject.getByRole('button', { name: next }).count(), `${name}: ${next}`).toBeGreaterThan(
          0,
        );
      expect(await amountFaults(subject), `${name}, ${label}`).toEqual([]);
      expect(await this.#watched.faults(), `${name}, ${label}`).toEqual([]);
    }
    await page.setViewportSize(SIZES[0][1]);
  }

  /** Closes every modal and puts every private answer away, so that the next screen begins as on a fresh page. */
  async tidyUp(): Promise<void> {
    const { driver } = this.tryOut.sandbox.workspace;
    await this.page.setViewportSize(SIZES[0][1]);
    if ((await driver.views(VISITORS[this.role].user)).length > 0)
      await driver.close(VISITORS[this.role].user, { all: true });
    await this.dialog.waitFor({ state: 'detached' });
    const dismiss = this.page.getByRole('button', { name: 'Dismiss' });
    while ((await dismiss.count()) > 0) {
      const before = await dismiss.count();
      await dismiss.last().click();
      await expect.poll(() => dismiss.count()).toBeLessThan(before);
    }
  }

  async leave(): Promise<void> {
    await this.#watched.close();
  }
}
