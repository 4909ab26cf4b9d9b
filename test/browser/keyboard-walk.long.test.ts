import type { Locator } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  accessibilityFaults,
  browserIsHere,
  settled,
  startBrowser,
  type TestBrowser,
} from '../support/browser.ts';
import { startTestTryOut, type TryOut } from '../support/try-out.ts';
import { FORM_SCREENS } from './walks/form-screens.ts';
import { PURCHASE_SCREENS } from './walks/purchase-screens.ts';
import { textOf } from './walks/read-page.ts';
import type { Screen } from './walks/screen.ts';
import { type Role, Visitor } from './walks/visitor.ts';

/** Every screen with fields or choices that a role opens as a modal. */
const formsOf = (role: Role): Screen[] =>
  [...FORM_SCREENS, ...PURCHASE_SCREENS].filter(({ sees }) => sees[role] !== undefined);

describe.skipIf(!browserIsHere())('with the keyboard alone', () => {
  let tryOut: TryOut;
  let browser: TestBrowser;

  beforeAll(async () => {
    [tryOut, browser] = await Promise.all([startTestTryOut({ historyDays: 3 }), startBrowser()]);
  }, 240_000);
  afterAll(async () => {
    await browser?.close();
    await tryOut?.close();
  });

  describe.each(['company-admin', 'office-admin', 'manager', 'member'] as const)('as %s', (role) => {
    let visitor: Visitor;

    beforeAll(async () => {
      visitor = await Visitor.enter(browser, tryOut, role, { hasMouse: false });
    });
    afterEach(async () => await visitor?.tidyUp());
    afterAll(async () => await visitor?.leave());

    it.each(formsOf(role).map((screen) => [screen.name, screen] as const))(
      'opens %s, reaches and uses every control, and is back where they were after Escape',
      async (_name, { go, sees }) => {
        const form = await go(visitor);
        // Where reading takes long, the modal opens without its fields.
        await expect.poll(() => textOf(form)).toMatch(sees[role]?.[0] ?? /./);
        await expect.poll(() => hasFocus(form)).toBe(true);
        // While it fades in, its words have less contrast.
        await settled(visitor.page);
        expect(await accessibilityFaults(visitor.page)).toEqual([]);
        await tabThrough(visitor, form);
        await useMenus(visitor, form);
        await leaveBy(visitor);
        // The opener has the focus again: a composer to type in, or the button that led here.
        await expect
          .poll(() => visitor.page.evaluate(() => document.activeElement?.tagName))
          .toMatch(/^(TEXTAREA|INPUT|BUTTON)$/);
      },
    );
  });
});

const hasFocus = (form: Locator): Promise<boolean> =>
  form.evaluate((dialog) => dialog.contains(document.activeElement));

/** Presses Tab from control to control: each is reached, and none outside. */
async function tabThrough({ page }: Visitor, form: Locator): Promise<void> {
  const mark = () =>
    form.evaluate((dialog) => {
      const active = document.activeElement;
      if (active === null || !dialog.contains(active)) return 'outside';
      // A time field has stops of its own: hours, minutes, AM or PM.
      if (active.getAttribute('data-reached') === 'last') return 'new';
      if (active.hasAttribute('data-reached')) return 'again';
      dialog.querySelector('[data-reached=last]')?.setAttribute('data-reached', '');
      active.setAttribute('data-reached', 'last');
      return 'new';
    });
  let reached = await mark();
  while (reached === 'new') {
    await page.keyboard.press('Tab');
    reached = await mark();
  }
  expect(reached).toBe('again');
  const missed = await form
    .locator('button:not([tabindex="-1"]), a[href], input:not([type=radio]), textarea, [role=combobox]')
    .evaluateAll((all) =>
      all.filter((each) => !each.hasAttribute('data-reached')).map((each) => each.outerHTML.slice(0, 160)),
    );
  expect(missed).toEqual([]);
}

/** Opens each menu with Enter, moves in it with an arrow, and closes it with Escape, which leaves the form open. */
async function useMenus(visitor: Visitor, form: Locator): Promise<void> {
  const { page } = visitor;
  for (const menu of await form.getByRole('combobox').all()) {
    await visitor.tabTo(menu);
    if ((await menu.getAttribute('aria-expanded')) !== 'true') await page.keyboard.press('Enter');
    await page.getByRole('listbox').waitFor();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Escape');
    await page.getByRole('listbox').waitFor({ state: 'detached' });
    expect(await form.isVisible()).toBe(true);
  }
}

/** Presses Escape until every modal is closed. */
async function leaveBy({ page, dialog }: Visitor): Promise<void> {
  for (let depth = 0; depth < 3 && (await dialog.count()) > 0; depth += 1) {
    const title = await dialog.getByRole('heading').first().innerText();
    await page.keyboard.press('Escape');
    await dialog.getByRole('heading', { name: title, exact: true }).waitFor({ state: 'detached' });
  }
  expect(await dialog.count()).toBe(0);
}
