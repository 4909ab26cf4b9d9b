import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { causeChecks } from '../../src/billing/index.ts';
import { dayOf } from '../../src/calendar.ts';
import { createDemoCompany } from '../../src/demo/index.ts';
import { readBalance, verifyLedger } from '../../src/ledger/index.ts';
import { visibleText } from '../../src/stand-ins/local-workspace/index.ts';
import { startTestTryOut, type TryOut } from '../support/try-out.ts';

/** Enough for a pace and for what was bought; `npm start` begins with the month before this one. */
const DAYS = 18;
const CHANNEL = '#phone-credits';
let tryOut: TryOut;

beforeAll(async () => {
  tryOut = await startTestTryOut({ historyDays: DAYS });
});
afterAll(() => tryOut?.close());

describe('the history of the demo company', () => {
  it('ends at the present, with books that verify, everything settled and nothing nearly out', async () => {
    const { app, sandbox } = tryOut;
    expect(sandbox.clock.aheadMs).toBe(0);
    const companyId = (await app.db.company.findFirstOrThrow()).id;
    const findings: unknown[] = [];
    await verifyLedger(app.db, { checks: causeChecks, onFinding: (finding) => findings.push(finding) });
    expect(findings).toEqual([]);
    const states = await app.db.purchaseOrder.findMany({ distinct: ['state'], select: { state: true } });
    expect(states).toEqual([{ state: 'settled' }]);
    const { wallets } = await readBalance(app.db, companyId, sandbox.clock.now());
    for (const { officeId, freeGeneral } of wallets)
      if (officeId !== null) expect(freeGeneral.toNumber()).toBeGreaterThan(5);
  });

  it('is told on the screens: how long it lasts, what was used, why the balance is what it is', async () => {
    const { driver } = tryOut.sandbox.workspace;
    const ask = async (text: string, pattern: RegExp) => {
      await driver.command('ana', CHANNEL, text);
      return await driver.eventually(async () => {
        const said = visibleText((await driver.messages('ana', CHANNEL)).at(-1)?.blocks);
        return pattern.test(said) && said;
      });
    };
    expect(await ask('/credits', /Available balance/)).toMatch(/(about|more than) .+ left/i);
    const [from, to] = [9, 1].map((days) =>
      dayOf(new Date(tryOut.sandbox.clock.now().getTime() - days * 86_400_000), 'America/Los_Angeles'),
    );
    expect(await ask(`/credits usage ${from} to ${to}`, /Toll-free calls/)).toMatch(/International calls/);
    await driver.command('ana', CHANNEL, '/credits why');
    await driver.eventually(async () =>
      /toll-free calls/.test(visibleText((await driver.views('ana'))[0]?.blocks)),
    );
  });

  it.each([
    ['ana', [/Available balance: \$\d/, /Balance of the last 30 days/, /Offices/, /R-0000\d\d/, /\nPeople/]],
    ['li', [/Available balance: \$\d/, /Used this month/, /New York · R-0000\d\d/, /\nSettings/]],
    ['marco', [/Used this month: \$\d/, /Request credits\nUsage\nExport/]],
    ['priya', [/Your latest calls and messages/, /Request credits\nMy usage/]],
  ])('is told on the Home of %s as far as their role goes', async (user, shown) => {
    const { driver } = tryOut.sandbox.workspace;
    await driver.openHome(user);
    const said = await driver.eventually(async () => {
      const text = visibleText(await driver.home(user));
      return /as of/.test(text) && text;
    });
    for (const pattern of shown) expect(said).toMatch(pattern);
    if (user !== 'ana') expect(said).not.toMatch(/San Francisco/);
    if (user === 'marco') expect(said).not.toMatch(/Available balance|R-0/);
    if (user === 'priya') expect(said).not.toMatch(/\$/);
  });

  it('has its messages and receipts where they were, not all of them now', async () => {
    const longAgo = tryOut.sandbox.clock.now().getTime() - (DAYS - 2) * 86_400_000;
    const first = await tryOut.app.db.notice.findFirstOrThrow({ orderBy: { id: 'asc' } });
    expect(first.sentAt?.getTime()).toBeLessThan(longAgo);
    const [message] = await tryOut.sandbox.workspace.driver.messages('ana', CHANNEL);
    expect(Number(message?.ts) * 1_000).toBeLessThan(longAgo);
  });

  it('is not lived a second time', async () => {
    const { app, sandbox } = tryOut;
    const before = await app.db.entry.count();
    await createDemoCompany({ ...app.billing, secrets: app.secrets }, sandbox.botToken);
    expect(await app.db.entry.count()).toBe(before);
  });
});
