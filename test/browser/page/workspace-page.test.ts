/** The workspace's page in a real browser, on the real workspace, with a real Bolt app behind it. */
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { toClientConfig } from '../../../src/stand-ins/database-place.ts';
import {
  actAs,
  browserIsHere,
  choose,
  NARROW,
  send,
  startBrowser,
  type TestBrowser,
  type WatchedPage,
} from '../../support/browser.ts';
import { type Showcase, serveShowcase } from '../../support/showcase-app.ts';
import { startHttpApp, startTestWorkspace, type TestWorkspace } from '../../support/slack-workspace.ts';

describe.skipIf(!browserIsHere())('the workspace page', () => {
  let workspace: TestWorkspace;
  let bolt: Awaited<ReturnType<typeof startHttpApp>>;
  let seen: Showcase;
  let browser: TestBrowser;
  let watched: WatchedPage;

  beforeAll(async () => {
    workspace = await startTestWorkspace({ pageFolder: 'dist/page' });
    bolt = await startHttpApp(workspace);
    seen = serveShowcase(bolt.app);
    browser = await startBrowser();
  });
  afterAll(async () => {
    await browser?.close();
    await bolt?.close();
    await workspace?.close();
  });
  beforeEach(async () => {
    seen.used.length = 0;
    // What the test before has posted is looked through for faults no second time.
    await emptyConversations();
    return async () => watched?.close();
  });

  const emptyConversations = async () => {
    const client = new pg.Client(toClientConfig(workspace.database));
    await client.connect();
    await client.query('DELETE FROM slack_message').finally(() => client.end());
    await workspace.client.chat.postMessage({ channel: 'C0GENERAL01', text: 'Good morning' });
  };
  const openPage = async (query = '', options = {}) => {
    watched = await browser.open(`${workspace.pageUrl}${query}`, options);
    await watched.page.getByRole('button', { name: /^You are/ }).waitFor();
    return watched.page;
  };
  /** Has the app post its blocks. @returns the newest message */
  const show = async (what: 'show' | 'data') => {
    const messages = watched.page.getByRole('article', { name: /^Tester/ });
    await watched.page.getByRole('region', { name: 'Messages' }).waitFor();
    const before = await messages.count();
    await send(watched.page, `/test ${what}`);
    await expect.poll(() => messages.count()).toBe(before + (what === 'show' ? 1 : 2));
    return messages.last();
  };
  const dialog = (name: string) => watched.page.getByRole('dialog', { name });

  test.each([
    ['light', undefined],
    ['dark', NARROW],
  ] as const)('every block is drawn without a fault, in %s, at %j', async (colorScheme, viewport) => {
    await openPage('', { colorScheme, ...(viewport && { viewport }) });
    const name = `${colorScheme}-${viewport?.width ?? 1280}`;
    await show('show');
    await watched.photo(`page-text-${name}`);
    await show('data');
    await watched.photo(`page-data-${name}`);
    expect(await watched.faults()).toEqual([]);
  });

  test('an answer that is private to the asker is seen by no one else, and gone when dismissed or when the page is loaded anew', async () => {
    const page = await openPage('?as=U0ANA000001');
    await send(page, '/test quiet');
    await page.getByText('Only visible to you').waitFor();
    await actAs(page, 'Li Wei');
    await expect.poll(() => page.getByText('Only visible to you').count()).toBe(0);
    await actAs(page, 'Ana Ng');
    await send(page, '/test quiet');
    await page.getByRole('button', { name: 'Dismiss' }).click();
    await expect.poll(() => page.getByText('Only visible to you').count()).toBe(0);
    await send(page, '/test quiet');
    await page.getByText('Only visible to you').waitFor();
    await page.reload();
    await page.getByRole('article').first().waitFor();
    expect(await page.getByText('Only visible to you').count()).toBe(0);
    expect(await watched.faults()).toEqual([]);
  });

  test('a click shows that it is under way and is sent once, however often it is clicked', async () => {
    await openPage();
    const message = await show('show');
    const button = message.getByRole('button', { name: 'Do it' });
    await button.click();
    await expect.poll(() => button.getAttribute('aria-busy')).toBe('true');
    await button.click({ force: true });
    await button.click({ force: true });
    await expect.poll(() => button.getAttribute('aria-busy')).toBe('false');
    expect(seen.used).toEqual(['Do it']);
  });

  test('a dangerous button asks first; saying no sends nothing', async () => {
    const page = await openPage();
    const message = await show('show');
    await message.getByRole('button', { name: 'Stop' }).click();
    const question = page.getByRole('alertdialog', { name: 'Stop it?' });
    await watched.photo('page-confirm');
    expect(await watched.faults()).toEqual([]);
    await question.getByRole('button', { name: 'Go on' }).click();
    await question.waitFor({ state: 'detached' });
    expect(seen.used).toEqual([]);
    await message.getByRole('button', { name: 'Stop' }).click();
    await question.getByRole('button', { name: 'Stop it' }).click();
    await expect.poll(() => seen.used).toEqual(['Stop']);
  });

  test('a form: wrong fields are told under them, an update keeps what was typed, a push can be taken back', async () => {
    const page = await openPage();
    await send(page, '/test form');
    await dialog('A form').waitFor();
    expect(await watched.faults()).toEqual([]);

    await dialog('A form').getByRole('button', { name: 'Review' }).click();
    const amount = page.getByRole('textbox', { name: 'Amount' });
    await page.getByText('Please complete this required field.').waitFor();
    expect(await amount.evaluate((field) => field === document.activeElement)).toBe(true);

    await amount.fill('3');
    await page.keyboard.press('Enter');
    await page.getByText('Enter at least $5.00.').waitFor();
    const described = await amount.getAttribute('aria-describedby');
    expect(described).toContain('-error');
    await watched.photo('page-form-wrong');
    expect(await watched.faults()).toEqual([]);

    await amount.fill('50');
    // Far down a long list, and back up: both by the mouse.
    await choose(page, 'For', 'Office 60');
    expect(await page.getByRole('combobox', { name: 'For' }).inputValue()).toBe('Office 60');
    await choose(page, 'For', 'Oakland');
    await choose(page, 'People', 'Li Wei');
    await page.keyboard.press('Escape');
    await page.getByRole('radio', { name: 'Later' }).check();
    await page.getByRole('button', { name: 'Change the note' }).click();
    await page.getByText('The note has changed').waitFor();
    expect(await amount.inputValue()).toBe('50');

    await page.getByRole('button', { name: 'Review' }).click();
    await dialog('Review').getByText('Charged now').waitFor();
    await watched.photo('page-form-pushed');
    await dialog('Review').getByRole('button', { name: 'Back' }).first().click();
    await dialog('A form').waitFor();
    expect(await amount.inputValue()).toBe('50');
    await page.getByRole('button', { name: 'Review' }).click();
    await dialog('Review').getByRole('button', { name: 'Confirm' }).click();
    await dialog('Review').waitFor({ state: 'detached' });
    await page.getByText('Done').last().waitFor();
    expect(seen.submitted).toMatchObject({
      for: { field: { selected_option: { value: 'Oakland' } } },
      amount: { field: { value: '50' } },
      pace: { field: { selected_option: { value: 'Later' } } },
      people: { field: { selected_users: ['U0LI0000001'] } },
    });
    expect(await watched.faults()).toEqual([]);
  });

  test('what was typed outlives an action and a reload of the page', async () => {
    const page = await openPage('?as=U0ANA000001');
    await send(page, '/test form');
    await page.getByRole('textbox', { name: 'Amount' }).fill('42');
    await page.getByRole('button', { name: 'Change the note' }).click();
    await page.getByText('The note has changed').waitFor();
    await page.reload();
    await dialog('A form').waitFor();
    expect(await page.getByRole('textbox', { name: 'Amount' }).inputValue()).toBe('42');
    await dialog('A form').getByRole('button', { name: 'Close' }).click();
    await dialog('A form').waitFor({ state: 'detached' });
  });

  test('the keyboard alone: complete a command, fill the form, leave it, and be back where one was', async () => {
    const page = await openPage();
    await page.getByRole('textbox', { name: /^Message/ }).focus();
    await page.keyboard.type('/te');
    await page.getByRole('option', { name: /\/test/ }).waitFor();
    await page.keyboard.press('Tab');
    await page.keyboard.type('form');
    await page.keyboard.press('Enter');
    await dialog('A form').waitFor();
    await page.keyboard.type('7');
    expect(await page.getByRole('textbox', { name: 'Amount' }).inputValue()).toBe('7');
    await page.keyboard.press('Shift+Tab');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    expect(await page.getByRole('combobox', { name: 'For' }).inputValue()).toBe('Oakland');
    for (let presses = 0; presses < 14; presses += 1) {
      await page.keyboard.press('Tab');
      expect(await page.evaluate(() => document.activeElement?.closest('[role=dialog]') !== null)).toBe(true);
    }
    await page.keyboard.press('Escape');
    await dialog('A form').waitFor({ state: 'detached' });
    const field = page.getByRole('textbox', { name: /^Message/ });
    await expect.poll(() => field.evaluate((each) => each === document.activeElement)).toBe(true);
    await page.keyboard.press('ArrowUp');
    expect(await field.inputValue()).toBe('/test form');
  });

  test('what happens elsewhere is marked as unread until it is opened', async () => {
    const page = await openPage('?as=U0ANA000001&c=C0ADMINS001');
    await page.getByRole('heading', { name: 'admins', exact: true }).waitFor();
    await workspace.client.chat.postMessage({ channel: 'C0GENERAL01', text: 'News' });
    const general = page.getByRole('button', { name: /^general/ });
    await expect.poll(() => general.textContent()).toContain('unread');
    await expect.poll(() => page.title()).toMatch(/^\(\d+\) #admins/);
    await general.click();
    await page.getByText('News').last().waitFor();
    await expect.poll(() => general.textContent()).not.toContain('unread');
    await page.goBack();
    await page.getByRole('heading', { name: 'admins', exact: true }).waitFor();
    await expect.poll(() => general.textContent()).not.toContain('unread');
  });

  test('Home is drawn as it was published, and an empty conversation says what to do', async () => {
    const page = await openPage('?as=U0ANA000001&c=home');
    await page.getByRole('heading', { name: /Everything that is drawn/ }).waitFor();
    await watched.photo('page-home');
    expect(await watched.faults()).toEqual([]);
    await page.goto(`${workspace.pageUrl}?as=U0ANA000001&c=C0NOAPP0001`);
    await page.getByText('Nothing here yet.').waitFor();
    await watched.photo('page-empty');
    expect(await watched.faults()).toEqual([]);
  });

  test('the app has its tabs, and its members page removes it from a channel and adds it again', async () => {
    const page = await openPage('?as=U0ANA000001&c=C0ADMINS001');
    await page.getByRole('button', { name: '2 members' }).click();
    await page.getByRole('dialog', { name: 'Members of #admins' }).waitFor();
    await watched.photo('page-members');
    expect(await watched.faults()).toEqual([]);
    await page.getByRole('button', { name: 'Remove Tester from #admins' }).click();
    await page.getByRole('button', { name: '1 member' }).click();
    await page.getByRole('button', { name: 'Add Tester to #admins' }).click();
    await page.getByRole('button', { name: '2 members' }).waitFor();
    await page
      .getByRole('navigation', { name: 'Workspace' })
      .getByRole('button', { name: /^Tester/ })
      .click();
    await page.getByRole('button', { name: 'About' }).click();
    await page.getByRole('heading', { name: 'Commands' }).waitFor();
    await watched.photo('page-about');
    expect(await watched.faults()).toEqual([]);
  });

  test('a step of the tour can be clicked, is ticked off once done, and stays so', async () => {
    const page = await openPage('?as=U0ANA000001');
    const tour = page.getByRole('region', { name: /Try this first/ });
    await tour.getByText('0 of 7 done').waitFor();
    await tour.getByRole('button', { name: 'Advance 6 hours' }).click();
    await tour.getByText('1 of 7 done').waitFor();
    await tour.getByRole('button', { name: 'Switch person' }).click();
    await page.getByRole('option', { name: /Li Wei/ }).click();
    await tour.getByText('2 of 7 done').waitFor();
    await page.reload();
    await tour.getByText('2 of 7 done').waitFor();
    await watched.photo('page-tour');
    expect(await watched.faults()).toEqual([]);
  });

  test('a narrow window keeps the channels in a drawer', async () => {
    const page = await openPage('?as=U0ANA000001', { viewport: NARROW });
    await page.getByRole('button', { name: 'Channels and messages' }).click();
    await watched.photo('page-drawer');
    expect(await watched.faults()).toEqual([]);
    await page.getByRole('button', { name: /^admins/ }).click();
    await page.getByRole('heading', { name: 'admins', exact: true }).waitFor();
    await page.getByRole('button', { name: 'Simulator' }).click();
    await page.getByRole('complementary', { name: 'Simulator' }).waitFor();
    await watched.photo('page-world-narrow');
    expect(await watched.faults()).toEqual([]);
    await page.keyboard.press('Escape');
    await page.getByRole('complementary', { name: 'Simulator' }).waitFor({ state: 'detached' });
  });

  test('an app that fails is told in words, and what was typed stays', async () => {
    const page = await openPage();
    await send(page, '/test fail');
    await page
      .getByRole('alert')
      .getByText(/did not respond/)
      .waitFor();
    expect(await page.getByRole('textbox', { name: /^Message/ }).inputValue()).toBe('/test fail');
    await watched.photo('page-toast');
    expect(await watched.faults()).toEqual([]);
  });

  test('loading, an unreachable workspace, and trying again', async () => {
    const page = await openPage();
    await page.route('**/workspace/bootstrap*', (route) => setTimeout(() => void route.continue(), 600));
    await page.reload();
    await page.getByRole('status', { name: 'Loading messages' }).waitFor();
    await watched.photo('page-loading');
    expect(await watched.faults()).toEqual([]);
    await page.unroute('**/workspace/bootstrap*');
    await page.route('**/workspace/bootstrap*', (route) => route.abort());
    await page.reload();
    await page.getByRole('heading', { name: 'The workspace can’t be reached' }).waitFor();
    await watched.photo('page-unreachable');
    await page.unroute('**/workspace/bootstrap*');
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.getByRole('region', { name: 'Messages' }).waitFor();
  });
});
