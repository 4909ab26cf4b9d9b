import { afterAll, afterEach, beforeAll, describe, it } from 'vitest';
import { browserIsHere, startBrowser, type TestBrowser } from '../support/browser.ts';
import { startTestTryOut, type TryOut } from '../support/try-out.ts';
import { makeTrouble, setWalkLimits } from './walks/prepare.ts';
import { type CompanyState, NO_ACCESS, type Screen } from './walks/screen.ts';
import { SCREENS } from './walks/screens.ts';
import { type Role, VISITORS, Visitor } from './walks/visitor.ts';

/** How each company begins. Two months of usage and purchases, so that there is something on every screen. */
const COMPANIES: Readonly<Record<CompanyState, () => Promise<TryOut>>> = {
  async ordinary() {
    const tryOut = await startTestTryOut({ historyDays: 60 });
    await setWalkLimits(tryOut);
    return tryOut;
  },
  empty: () => startTestTryOut({ demo: 'empty' }),
  async troubled() {
    const tryOut = await startTestTryOut({ historyDays: 14 });
    await makeTrouble(tryOut);
    return tryOut;
  },
};

/** The screens that a role sees of a company, and those that refuse it. */
const screensOf = (company: CompanyState, role: Role): Screen[] =>
  SCREENS.filter(
    (screen) =>
      screen.company === company && (screen.sees[role] !== undefined || screen.refused !== undefined),
  );

describe.skipIf(!browserIsHere()).each(['ordinary', 'troubled', 'empty'] as const)(
  'a company, %s',
  (company) => {
    let tryOut: TryOut;
    let browser: TestBrowser;

    beforeAll(async () => {
      [tryOut, browser] = await Promise.all([COMPANIES[company](), startBrowser()]);
      await tryOut.sandbox.workspace.driver.setStanding('jo', 'member');
    }, 240_000);

    afterAll(async () => {
      await browser?.close();
      await tryOut?.close();
    });

    const roles = (Object.keys(VISITORS) as Role[]).filter((role) => screensOf(company, role).length > 0);

    describe.each(roles)('as %s', (role) => {
      let visitor: Visitor;

      beforeAll(async () => {
        visitor = await Visitor.enter(browser, tryOut, role);
      });
      afterEach(async () => await visitor?.tidyUp());
      afterAll(async () => await visitor?.leave());

      it.each(screensOf(company, role).map((screen) => [screen.name, screen] as const))(
        'finds on %s the figure, the next step and nothing wrong',
        async (name, { go, sees, refused, isWideOnly = false }) => {
          const sight = sees[role];
          if (sight !== undefined) return await visitor.look(name, await go(visitor), sight, { isWideOnly });
          if (refused === undefined) return;
          const sentence = role === 'nobody' ? NO_ACCESS : refused.sentence;
          await visitor.look(`${name}-refused`, await visitor.answerTo(refused.command), [sentence, null]);
        },
      );
    });
  },
);
