import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { resumeCompany, suspendCompany } from '../../src/billing/index.ts';
import { systemClock } from '../../src/clock.ts';
import { issueLinkCode } from '../../src/org/index.ts';
import { type Driver, visibleText } from '../../src/stand-ins/local-workspace/index.ts';
import { startTestTryOut, type TryOut } from '../support/try-out.ts';

const CHANNEL = '#phone-credits';
const TEAM = 'T0ACME0001';
let tryOut: TryOut;
let driver: Driver;

beforeAll(async () => {
  tryOut = await startTestTryOut();
  driver = tryOut.sandbox.workspace.driver;
});

afterAll(() => tryOut?.close());

const answer = async (user: string, text: string, words: RegExp): Promise<string> => {
  const before = (await driver.messages(user, CHANNEL)).length;
  await driver.command(user, CHANNEL, text);
  return await driver.eventually(async () => {
    const message = (await driver.messages(user, CHANNEL)).slice(before).at(-1);
    const said = `${message?.text}\n${visibleText(message?.blocks)}`;
    return words.test(said) && said;
  });
};

describe('a guest', () => {
  it('is refused whatever role was once given to them', async () => {
    const admin = await tryOut.app.db.roleAssignment.findFirstOrThrow({ where: { role: 'company_admin' } });
    await tryOut.app.db.roleAssignment.create({
      data: {
        companyId: admin.companyId,
        teamId: TEAM,
        userId: 'U0GUEST001',
        role: 'company_admin',
        grantedBy: 'test',
        grantedAt: new Date(),
      },
    });
    for (const text of ['/credits', '/credits add 50']) {
      const said = await answer('jo', text, /Guests.*can’t see or add credits/);
      expect(said).not.toMatch(/\$\d/);
    }
    expect(await driver.views('jo')).toEqual([]);
  });
});

describe('the Home tab', () => {
  it('shows an admin the balance with its button, and follows a purchase begun there', async () => {
    await driver.openHome('li');
    await driver.eventually(async () => /Available balance/.test(visibleText(await driver.home('li'))));
    await driver.click('li', { kind: 'home' }, { label: 'Add credits' });
    await driver.eventually(async () => (await driver.views('li')).at(-1)?.submit === 'Review');
    await driver.submit('li', { choice: '20.00' });
    await driver.submit('li');
    // Home is published once in ten seconds.
    await driver.eventually(async () => /\$38\.25/.test(visibleText(await driver.home('li'))));
  });

  it('shows a member their own calls and how to request credits, and no figure', async () => {
    await driver.openHome('priya');
    const said = await driver.eventually(async () => visibleText(await driver.home('priya')));
    expect(said).toMatch(/Request credits\nMy usage/);
    expect(said).not.toMatch(/\$\d/);
  });
});

describe('a suspended company', () => {
  it('can be looked at by its people, who are told that nothing can be bought or changed', async () => {
    const { db } = tryOut.app;
    const { id } = await db.company.findFirstOrThrow();
    await suspendCompany({ db, clock: systemClock }, id, 'unpaid');
    try {
      const said = await answer('ana', '/credits', /Available balance/);
      expect(said).toMatch(/Your provider has suspended your company\. You can look/);
      await answer('ana', '/credits add 50', /Your provider has suspended your company\. You can look/);
      await driver.command('ana', CHANNEL, '/credits settings');
      await driver.eventually(async () => (await driver.views('ana')).at(-1)?.submit === 'Save');
      await driver.submit('ana');
      await driver.eventually(async () =>
        /Your provider has suspended your company/.test(
          visibleText((await driver.views('ana')).at(-1)?.blocks),
        ),
      );
    } finally {
      await resumeCompany({ db, clock: systemClock }, id, 'paid');
    }
    await driver.close('ana', { all: true });
  });
});

describe('a closed company', () => {
  it('tells its people so on the balance and Home, offers nothing to buy, and refuses what is typed', async () => {
    const { db } = tryOut.app;
    const { id } = await db.company.findFirstOrThrow();
    const at = systemClock.now();
    const closed = { suspendedAt: at, suspendedReason: 'they left', closingAt: at, closedAt: at };
    await db.company.update({ where: { id }, data: closed });
    try {
      const told = /Your provider has closed your company’s account\. You can look/;
      const balance = await answer('ana', '/credits', told);
      expect(balance).toMatch(/Available balance/);
      expect(balance).not.toMatch(/Add credits|Auto-recharge/);
      await answer('ana', '/credits add 50', told);
      await driver.openHome('ana');
      const home = await driver.eventually(async () => {
        const text = visibleText(await driver.home('ana'));
        return told.test(text) && text;
      });
      expect(home).not.toMatch(/Add credits|Turn on|Turn off/);
    } finally {
      const open = { suspendedAt: null, suspendedReason: null, closingAt: null, closedAt: null };
      await db.company.update({ where: { id }, data: open });
    }
  });
});

describe('a workspace that is not linked', () => {
  let companyId: bigint;

  beforeEach(async () => {
    const workspace = await tryOut.app.db.workspace.findUniqueOrThrow({ where: { teamId: TEAM } });
    companyId = workspace.companyId ?? companyId;
    await tryOut.app.db.workspace.update({
      where: { teamId: TEAM },
      data: { companyId: null, boundAt: null },
    });
  });

  it('is told what to do', async () => {
    for (const text of ['/credits', '/credits add 50'])
      await answer('ana', text, /isn’t linked to a company yet\. Ask your provider for a code/);
    await answer('ana', '/credits link', /Add the code from your provider/);
  });

  it('is linked by the operator’s code, once, by somebody who is no guest', async () => {
    const { code } = await issueLinkCode({ db: tryOut.app.db, clock: tryOut.sandbox.clock }, companyId);
    await answer('jo', `/credits link ${code}`, /Guests.*can’t/);
    await answer('priya', '/credits link AAAA-AAAA-AAAA', /That code isn’t valid/);
    await answer(
      'priya',
      `/credits link ${code.toLowerCase()}`,
      /linked to \*Acme Corp\*, and you’re its first company admin/,
    );
    await answer('priya', '/credits', /Available balance/);
    await answer('priya', `/credits link ${code}`, /already used/);
  });
});

describe('a revoked token', () => {
  const PLACE = `workspace.bot_token_encrypted ${TEAM}`;
  const isForgotten = () =>
    driver.eventually(async () => {
      const { secrets, db } = tryOut.app;
      const { botTokenEncrypted } = await db.workspace.findUniqueOrThrow({ where: { teamId: TEAM } });
      return secrets.open(botTokenEncrypted, PLACE) === '';
    });

  it('is forgotten, and the app says nothing with it any more', async () => {
    await driver.event({ type: 'tokens_revoked', tokens: { oauth: ['U0ANA00001'], bot: [] } });
    await answer('ana', '/credits help', /What you can do with Refill/);
    await driver.event({ type: 'tokens_revoked', tokens: { oauth: [], bot: ['U0REFILL01'] } });
    await isForgotten();
  });

  it('is forgotten, too, where the app is uninstalled', async () => {
    const { secrets, db } = tryOut.app;
    const botTokenEncrypted = secrets.seal(tryOut.sandbox.botToken, PLACE);
    await db.workspace.updateMany({ where: { teamId: TEAM }, data: { botTokenEncrypted } });
    await driver.event({ type: 'app_uninstalled' });
    await isForgotten();
  });
});
