import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  actAs,
  browserIsHere,
  NARROW,
  send,
  startBrowser,
  type TestBrowser,
  type WatchedPage,
  WIDE,
} from '../support/browser.ts';
import { startTestTryOut, type TryOut } from '../support/try-out.ts';

let tryOut: TryOut;
let browser: TestBrowser;
let watched: WatchedPage;
let page: Page;

describe.skipIf(!browserIsHere())('the main job, in a browser', () => {
  beforeAll(async () => {
    [tryOut, browser] = await Promise.all([startTestTryOut(), startBrowser()]);
  });

  afterAll(async () => {
    await browser?.close();
    await tryOut?.close();
  });

  beforeEach(() => tryOut.sandbox.card.setBehaviour('approve'));

  afterEach(async () => {
    await watched?.close();
    // A window outlives the page it was open on, as in Slack.
    for (const user of ['ana', 'li']) {
      await tryOut.sandbox.workspace.driver.close(user, { all: true }).catch(() => undefined);
    }
  });

  async function visit(size = WIDE, as = 'Ana Reyes'): Promise<void> {
    watched = await browser.open(tryOut.sandbox.pageUrl, { viewport: size });
    page = watched.page;
    await page.getByRole('textbox', { name: /^Message/ }).waitFor();
    if (as !== 'Ana Reyes') await actAs(page, as);
  }

  const dialog = () => page.getByRole('dialog');
  const press = (name: string) => dialog().getByRole('button', { name }).click();
  const chooseOffice = async (): Promise<void> => {
    await dialog().getByRole('combobox').click();
    await page.getByRole('option', { name: /San Francisco/ }).click();
  };

  it.each([
    ['wide', WIDE],
    ['narrow', NARROW],
  ])('goes from the balance to the receipt (%s)', async (name, size) => {
    await visit(size);
    await watched.photo(`${name}-1-empty`);
    await send(page, '/credits ');
    await page.getByText('Available balance').last().waitFor();
    await watched.photo(`${name}-2-balance`);
    await page.getByRole('button', { name: 'Add credits' }).last().click();
    await chooseOffice();
    await dialog().getByRole('radio', { name: '$100' }).check();
    await watched.photo(`${name}-3-add`);
    await press('Review');
    await dialog().getByText('Review purchase').waitFor();
    await dialog().getByText('Visa •••• 4242').waitFor();
    await watched.photo(`${name}-4-review`);
    await press('Pay $100.00');
    await dialog()
      .getByText(/\$100\.00 added to/)
      .waitFor();
    await watched.photo(`${name}-5-done`);
    expect(await watched.faults()).toEqual([]);
    await dialog().getByRole('button', { name: 'Close' }).last().click();
    await page
      .getByText(/Ana Reyes added \$100\.00 to/)
      .last()
      .waitFor();
    await watched.photo(`${name}-6-receipt`);
    expect(await watched.faults()).toEqual([]);
  });

  it('lets the world be played while a window is open', async () => {
    await visit({ width: 1400, height: 900 });
    await send(page, '/credits add 20');
    await dialog().getByRole('button', { name: 'Review' }).waitFor();
    await chooseOffice();
    await page.getByRole('radio', { name: 'Declined: insufficient funds' }).check();
    await press('Review');
    await press('Pay $20.00');
    await dialog().getByText('insufficient funds').waitFor();
    expect(await watched.faults()).toEqual([]);
  });

  it('tells a wrong amount under its field, and a declined card in words', async () => {
    await visit();
    tryOut.sandbox.card.setBehaviour('decline');
    await send(page, '/credits add ');
    await chooseOffice();
    const other = dialog().getByRole('textbox', { name: /another amount/ });
    await other.fill('12.345');
    await press('Review');
    await dialog()
      .getByText(/at most two decimal places/)
      .waitFor();
    await watched.photo('error-on-the-field');
    expect(await watched.faults()).toEqual([]);
    await other.fill('25');
    await press('Review');
    await dialog().getByText('Review purchase').waitFor();
    await press('Pay $25.00');
    await dialog().getByText('You weren’t charged.').waitFor();
    await watched.photo('declined');
    expect(await watched.faults()).toEqual([]);
    tryOut.sandbox.card.setBehaviour('approve');
    await press('Try again');
    await dialog()
      .getByText(/\$25\.00 added to/)
      .waitFor();
  });

  it('shows that it is working while the charge takes its time', async () => {
    await visit();
    tryOut.sandbox.card.setBehaviour('timeout-before-charge');
    await send(page, '/credits add ');
    await chooseOffice();
    await press('Review');
    await press('Pay $50.00');
    await dialog()
      .getByText(/Adding \$50\.00 of credits/)
      .waitFor();
    await watched.photo('loading');
    await dialog()
      .getByText(/Still processing \$/)
      .waitFor();
    await watched.photo('unknown');
    expect(await watched.faults()).toEqual([]);
  });

  it('tells somebody who may not buy whom to ask', async () => {
    await visit(WIDE, 'Priya Nair');
    await send(page, '/credits ');
    await page
      .getByText(/Only admins can see and add credits/)
      .last()
      .waitFor();
    await watched.photo('not-allowed');
    expect(await watched.faults()).toEqual([]);
  });

  it('can be done with the keyboard alone', async () => {
    await visit(WIDE, 'Li Wei');
    await page.getByRole('textbox', { name: /Message/ }).focus();
    await page.keyboard.type('/credits add 20');
    await page.keyboard.press('Enter');
    await dialog().getByText('Review purchase').waitFor();
    await tabTo('Pay $20.00');
    await page.keyboard.press('Enter');
    await dialog()
      .getByText(/\$20\.00 added to/)
      .waitFor();
    await page.keyboard.press('Escape');
    await dialog().waitFor({ state: 'detached' });
    await page
      .getByText(/added \$20\.00 to New York/)
      .last()
      .waitFor();
    expect(await watched.faults()).toEqual([]);
  });

  async function tabTo(name: string): Promise<void> {
    for (let steps = 0; steps < 20; steps += 1) {
      const isThere = await dialog()
        .getByRole('button', { name })
        .evaluate((element) => element === document.activeElement);
      if (isThere) return;
      await page.keyboard.press('Tab');
    }
    throw new Error(`the keyboard does not reach ${name}`);
  }

  it('is paid with another card four clicks after a decline', async () => {
    await visit();
    tryOut.sandbox.card.setBehaviour('decline');
    await send(page, '/credits add 50');
    await chooseOffice();
    await press('Review');
    await press('Pay $50.00');
    await dialog().getByText('You weren’t charged.').waitFor();
    tryOut.sandbox.card.setBehaviour('approve');
    await press('Use another card');
    const opened = page.waitForEvent('popup');
    await dialog().getByText('Open secure payment page').click();
    const cardPage = await opened;
    await cardPage.getByRole('textbox', { name: 'Card number' }).fill('5555 5555 5555 4444');
    await cardPage.getByRole('textbox', { name: 'Expiry' }).fill('12 / 34');
    await cardPage.getByRole('textbox', { name: 'Security code' }).fill('123');
    await cardPage.getByRole('button', { name: 'Save card' }).click();
    await cardPage.getByText('Confirm there').waitFor();
    await cardPage.close();
    await dialog().getByText('Is it yours?').waitFor();
    await watched.photo('another-card');
    await press('Yes, it ends in 4444');
    await press('Pay $50.00 with Mastercard •••• 4444');
    await dialog()
      .getByText(/\$50\.00 added to/)
      .waitFor();
    expect(await watched.faults()).toEqual([]);
  });
});
