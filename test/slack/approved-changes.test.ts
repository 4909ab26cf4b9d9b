import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { addRecurring, setOperatorApprovalLimit } from '../../src/billing/index.ts';
import { dollars, toMicros } from '../../src/money.ts';
import { postNotice } from '../../src/notices/index.ts';
import { type Driver, visibleText } from '../../src/stand-ins/local-workspace/index.ts';
import { startTestTryOut, type TryOut } from '../support/try-out.ts';

const CHANNEL = '#phone-credits';
const TEAM = 'T0ACME0001';
const LIS = { teamId: TEAM, userId: 'U0LI000001' };

let tryOut: TryOut;
let driver: Driver;
let companyId: bigint;
let newYork: bigint;

beforeAll(async () => {
  tryOut = await startTestTryOut();
  driver = tryOut.sandbox.workspace.driver;
  ({ id: companyId } = await tryOut.app.db.company.findFirstOrThrow());
  ({ id: newYork } = await tryOut.app.db.office.findFirstOrThrow({ where: { name: 'New York' } }));
  await setOperatorApprovalLimit(tryOut.app.db, {
    companyId,
    limit: dollars('100'),
    at: new Date(),
    isForced: true,
  });
});

afterAll(() => tryOut?.close());

beforeEach(async () => {
  for (const user of ['ana', 'li', 'marco']) await driver.close(user, { all: true }).catch(() => undefined);
});

afterEach(async () => {
  await tryOut.app.db.roleAssignment.deleteMany({ where: { grantedBy: 'the test' } });
});

type Seen = Awaited<ReturnType<Driver['messages']>>[number];
const said = (message: Seen): string => `${message.text}\n${visibleText(message.blocks)}`;

async function says(user: string, channel: string, words: RegExp): Promise<Seen> {
  return await driver.eventually(async () => {
    const message = (await driver.messages(user, channel)).at(-1);
    return message !== undefined && words.test(said(message)) && message;
  });
}

async function window(user: string): Promise<string> {
  const view = (await driver.views(user)).at(-1);
  return view === undefined ? '' : `${view.title} ${view.submit ?? ''}\n${visibleText(view.blocks)}`;
}

async function windowSays(user: string, words: RegExp): Promise<string> {
  return await driver.eventually(async () => {
    const text = await window(user);
    return words.test(text) && text;
  });
}

const click = (user: string, message: Seen, label: string) =>
  driver.click(user, { kind: 'message', conversationId: message.conversationId, ts: message.ts }, { label });

async function becomes(question: Seen, words: RegExp): Promise<string> {
  return await driver.eventually(async () => {
    const found = (await driver.messages('ana', CHANNEL)).find(({ ts }) => ts === question.ts);
    return found !== undefined && words.test(said(found)) && said(found);
  });
}

const setting = () => tryOut.app.db.rechargeSetting.findFirst({ where: { companyId, officeId: newYork } });
const openQuestions = () => tryOut.app.db.approval.count({ where: { companyId, state: 'open' } });
const figures = async (): Promise<string[]> => {
  const row = await setting();
  return row === null ? [] : [row.amountMicros, row.capMicros].map((micros) => String(micros / 1_000_000n));
};

/** Li wants this much at a time for New York. */
async function askRecharge(amount: string): Promise<Seen> {
  await driver.command('li', CHANNEL, '/credits auto-recharge on');
  await windowSays('li', /Auto-recharge Save/);
  expect(await driver.submit('li', { amount, is_on: 'on' })).toEqual({ ok: true });
  await windowSays('li', /Request approval[\s\S]*Amounts over \$100\.00 need a second admin/);
  await driver.submit('li');
  await windowSays('li', /Waiting for approval[\s\S]*Nothing changes until an admin approves/);
  return await says('ana', CHANNEL, /Approval needed/);
}

const makeCompanyAdmin = (userId: string) =>
  tryOut.app.db.roleAssignment.create({
    data: {
      companyId,
      teamId: TEAM,
      userId,
      role: 'company_admin',
      grantedBy: 'the test',
      grantedAt: new Date(),
    },
  });

describe('auto-recharge above the approval limit', () => {
  it('is in force only once another admin approves, and is told by the one message alone', async () => {
    const question = await askRecharge('150');
    expect(said(question)).toMatch(
      /<@U0LI000001> requests approval to set auto-recharge for New York: \*\$150\.00\* when the balance drops below \$5\.00, up to \*\$500\.00\* a month/,
    );
    expect(await setting()).toBeNull();
    await click('li', question, 'Approve');
    await says('li', CHANNEL, /your own request, so another admin has to approve it/);
    expect(await setting()).toBeNull();
    await Promise.all([click('ana', question, 'Approve'), click('ana', question, 'Approve')]);
    expect(await becomes(question, /Approved/)).toMatch(/Approved\* by <@U0ANA00001> at/);
    expect(await figures()).toEqual(['150', '500']);
    await says(
      'li',
      'dm',
      /<@U0ANA00001> approved your request to set auto-recharge.*Auto-recharge is updated/,
    );
    const audits = await tryOut.app.db.audit.findMany({ where: { action: 'recharge-set' } });
    expect(audits).toHaveLength(1);
    expect(audits[0]?.details).toMatchObject({ approvedBy: `${TEAM}/U0ANA00001` });
    expect(await tryOut.app.db.notice.count({ where: { kind: 'recharge_settings' } })).toBe(0);
  });

  it('is answered on Home, too, with what it would change', async () => {
    const question = await askRecharge('175');
    await driver.openHome('ana');
    await driver.eventually(async () =>
      /requests approval to set auto-recharge for New York: \*\$175\.00\*.*\nApprove/.test(
        visibleText(await driver.home('ana')),
      ),
    );
    await driver.click('ana', { kind: 'home' }, { label: 'Decline' });
    expect(await becomes(question, /Declined/)).toMatch(/by <@U0ANA00001>/);
    expect(await figures()).toEqual(['150', '500']);
    await driver.close('li', { all: true });
  });

  it('needs nobody for what lets no more be charged, and asks nobody for a smaller amount', async () => {
    await driver.command('li', CHANNEL, '/credits auto-recharge');
    await windowSays('li', /Auto-recharge Save/);
    await driver.submit('li', { amount: '120', threshold: '10' });
    await windowSays('li', /Saved/);
    expect([await figures(), await openQuestions()]).toEqual([['120', '500'], 0]);
  });

  it('is overtaken when it is set otherwise meanwhile: a late yes changes nothing', async () => {
    const question = await askRecharge('250');
    await driver.close('li', { all: true });
    await driver.command('li', CHANNEL, '/credits auto-recharge');
    await windowSays('li', /Auto-recharge Save/);
    await driver.submit('li', { threshold: '7' });
    await becomes(question, /No longer needed/);
    expect([await figures(), await openQuestions()]).toEqual([['120', '500'], 0]);
  });

  it('leaves everything as it was when it is declined, or who asked may not any more', async () => {
    const question = await askRecharge('300');
    const role = await tryOut.app.db.roleAssignment.findFirstOrThrow({ where: { ...LIS, companyId } });
    await tryOut.app.db.roleAssignment.delete({ where: { companyId_id: { companyId, id: role.id } } });
    await click('ana', question, 'Approve');
    await says('ana', CHANNEL, /can no longer do this, so you can only decline/);
    const { id: _, ...again } = role;
    await tryOut.app.db.roleAssignment.create({ data: again });
    await click('ana', question, 'Decline');
    await becomes(question, /Declined\* by <@U0ANA00001>.*Nothing was changed/);
    expect(await figures()).toEqual(['120', '500']);
  });

  it('asks one question when two admins raise the cap at once, and a yes raises it', async () => {
    await makeCompanyAdmin('U0MARCO001');
    const notice = await postBlocked();
    for (const user of ['ana', 'marco']) {
      await click(user, notice, 'Increase limit');
      await windowSays(user, /Increase limit/);
    }
    await Promise.all(['ana', 'marco'].map((user) => driver.submit(user, { cap: '900' })));
    for (const user of ['ana', 'marco']) await windowSays(user, /recharge limit would be \$900\.00/);
    expect([await openQuestions(), await figures()]).toEqual([1, ['120', '500']]);
    const question = await says('ana', CHANNEL, /Approval needed/);
    await click('li', question, 'Approve');
    await says('li', CHANNEL, /Only company admins can answer this request/);
    const { askedBy } = await tryOut.app.db.approval.findFirstOrThrow({
      where: { companyId, state: 'open' },
    });
    await click(askedBy.endsWith('U0ANA00001') ? 'marco' : 'ana', question, 'Approve');
    await becomes(question, /Approved\* by/);
    expect(await figures()).toEqual(['120', '900']);
  });
});

/** The message that says that the cap is reached, as the outbox posts it. */
async function postBlocked(): Promise<Seen> {
  const wallet = await tryOut.app.db.wallet.findFirstOrThrow({ where: { companyId, officeId: newYork } });
  await postNotice(tryOut.app.db, {
    companyId,
    dedupeKey: 'the cap, by the test',
    at: new Date(),
    facts: {
      kind: 'recharge_blocked',
      reason: 'cap',
      token: wallet.id.toString(),
      scopeLabel: 'New York',
      scope: '',
      amount: '120.00',
      balance: '3.00',
      limit: '500.00',
      used: '480.00',
      at: new Date().toISOString(),
      timeZone: 'UTC',
      isOver: false,
    },
  });
  return await driver.eventually(async () =>
    (await driver.messages('ana', CHANNEL)).find((message) =>
      /recharge limit for \w+ is used/.test(said(message)),
    ),
  );
}

describe('a bundle above the approval limit', () => {
  it('is bought and paid once when another admin approves, and not before', async () => {
    await driver.command('ana', CHANNEL, '/credits bundles');
    const list = await says('ana', CHANNEL, /[Bb]undle/);
    await driver.click(
      'ana',
      { kind: 'message', conversationId: list.conversationId, ts: list.ts },
      { actionId: 'bundle_buy' },
    );
    await windowSays('ana', /Calling 150/);
    const { id } = await tryOut.app.db.bundle.findFirstOrThrow({ where: { name: 'Calling 150' } });
    await driver.submit('ana', { bundle: id.toString(), scope: `office:${newYork}` });
    await windowSays('ana', /Request approval[\s\S]*Amounts over \$100\.00 need a second admin/);
    await driver.submit('ana');
    await windowSays('ana', /Waiting for approval/);
    const question = await says(
      'ana',
      CHANNEL,
      /requests approval to buy \*Calling 150\* for New York: \*\$120\.00\* a month/,
    );
    expect(await tryOut.app.db.subscription.count()).toBe(0);
    await Promise.all([click('li', question, 'Approve'), click('li', question, 'Approve')]);
    await driver.eventually(async () =>
      (await tryOut.app.db.subscriptionPeriod.findMany()).some(({ state }) => state === 'credited'),
    );
    expect(await tryOut.app.db.subscription.count()).toBe(1);
    expect(await tryOut.app.db.purchaseOrder.count({ where: { kind: 'bundle' } })).toBe(1);
    await becomes(question, /Approved\* by <@U0LI000001>/);
  });

  it('of the operator’s own making is asked of the admins, and charged once one of them approves', async () => {
    const deps = { db: tryOut.app.db, clock: tryOut.sandbox.clock };
    const asked = await addRecurring(deps, { companyId, amount: dollars('140'), isCharged: true });
    expect(asked).toEqual({ outcome: 'asked' });
    const question = await says(
      'ana',
      CHANNEL,
      /Your provider requests approval to add \*\$140\.00\* to San Francisco every month/,
    );
    await click('ana', question, 'Approve');
    await becomes(question, /Approved\* by <@U0ANA00001>/);
    expect(await tryOut.app.db.subscription.count({ where: { bundleId: null } })).toBe(1);
  });
});

describe('the company’s own limit', () => {
  it('is lowered by one admin and raised or removed by two', async () => {
    const save = async (limit: string) => {
      await driver.command('ana', CHANNEL, '/credits settings');
      await windowSays('ana', /Settings Save/);
      expect(await driver.submit('ana', { 'setting:approval_limit': limit })).toEqual({ ok: true });
      const text = await window('ana');
      await driver.close('ana', { all: true });
      return text;
    };
    const refused = async (limit: string) => {
      await driver.command('ana', CHANNEL, '/credits settings');
      await windowSays('ana', /Settings Save/);
      const answer = await driver.submit('ana', { 'setting:approval_limit': limit });
      await driver.close('ana', { all: true });
      return JSON.stringify(answer);
    };
    const own = async () =>
      (await tryOut.app.db.company.findUniqueOrThrow({ where: { id: companyId } })).approvalLimitMicros;
    await tryOut.app.db.roleAssignment.deleteMany({ where: { userId: 'U0SAM00001' } });
    expect(await refused('50')).toMatch(/San Francisco needs a second admin who can approve/);
    await makeCompanyAdmin('U0MARCO001');
    expect(await save('50')).toMatch(/Saved/);
    expect(await save('80')).toMatch(/Waiting for approval:\* the approval limit from \$50\.00 to \$80\.00/);
    expect(await own()).toBe(toMicros(dollars('50')));
    const question = await says(
      'ana',
      CHANNEL,
      /requests approval to raise the approval limit from \$50\.00 to \*\$80\.00\*/,
    );
    await click('ana', question, 'Approve');
    await says('ana', CHANNEL, /your own request/);
    expect(await own()).toBe(toMicros(dollars('50')));
    await click('li', question, 'Approve');
    await says('li', CHANNEL, /Only company admins can answer this request\. Ask <@U0MARCO001>/);
    await click('marco', question, 'Approve');
    await becomes(question, /Approved\* by <@U0MARCO001>.*The approval limit is now \$80\.00/);
    expect(await own()).toBe(toMicros(dollars('80')));
    expect(await save('')).toMatch(/Waiting for approval/);
    const removal = await says(
      'ana',
      CHANNEL,
      /requests approval to remove the approval limit of \*\$80\.00\*/,
    );
    expect(await save('60')).toMatch(/Saved/);
    await becomes(removal, /No longer needed/);
    expect(await own()).toBe(toMicros(dollars('60')));
  });
});
