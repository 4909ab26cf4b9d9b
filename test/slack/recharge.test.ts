import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { decideRecharge } from '../../src/billing/index.ts';
import { setWatch } from '../../src/ledger/index.ts';
import { dollars } from '../../src/money.ts';
import { postNotice } from '../../src/notices/index.ts';
import { type Driver, visibleText } from '../../src/stand-ins/local-workspace/index.ts';
import { startTestTryOut, type TryOut } from '../support/try-out.ts';

const CHANNEL = '#phone-credits';
const TEAM = 'T0ACME0001';

let tryOut: TryOut;
let driver: Driver;
let companyId: bigint;
let newYork: bigint;
let walletId: bigint;

beforeAll(async () => {
  tryOut = await startTestTryOut();
  driver = tryOut.sandbox.workspace.driver;
  ({ id: companyId } = await tryOut.app.db.company.findFirstOrThrow());
  ({ id: newYork } = await tryOut.app.db.office.findFirstOrThrow({ where: { name: 'New York' } }));
  ({ id: walletId } = await tryOut.app.db.wallet.findFirstOrThrow({
    where: { companyId, officeId: newYork },
  }));
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

async function finds(user: string, words: RegExp, channel = CHANNEL): Promise<Seen> {
  return await driver.eventually(async () =>
    (await driver.messages(user, channel)).find((message) => words.test(said(message))),
  );
}

async function window(user: string): Promise<string> {
  const view = (await driver.views(user)).at(-1);
  return view === undefined ? '' : `${view.title} ${view.submit ?? ''}\n${visibleText(view.blocks)}`;
}

async function windowSays(user: string, words: RegExp): Promise<string> {
  let last = '';
  try {
    return await driver.eventually(async () => {
      last = await window(user);
      return words.test(last) && last;
    });
  } catch {
    throw new Error(`the modal of ${user} does not say ${words}:\n${last}`);
  }
}

const click = (user: string, message: Seen, label: string) =>
  driver.click(user, { kind: 'message', conversationId: message.conversationId, ts: message.ts }, { label });

async function open(user: string, typed = ''): Promise<void> {
  await driver.command(user, CHANNEL, `/credits auto-recharge ${typed}`);
  await windowSays(user, /Auto-recharge Save/);
}

async function faults(user: string, values: Record<string, unknown>): Promise<string[]> {
  const answer = await driver.submit(user, values);
  if (answer.ok || !('fieldErrors' in answer)) throw new Error(`no fault: ${JSON.stringify(answer)}`);
  return Object.entries(answer.fieldErrors).map(([id, sentence]) => `${id.replace(/:.*/, '')}: ${sentence}`);
}

const setting = () => tryOut.app.db.rechargeSetting.findFirst({ where: { companyId, walletId } });
const told = () => tryOut.app.db.notice.count({ where: { kind: 'recharge_settings' } });

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

const post = async (dedupeKey: string, facts: Parameters<typeof postNotice>[1]['facts']): Promise<void> => {
  await postNotice(tryOut.app.db, { companyId, dedupeKey, at: new Date(), facts });
};

describe('the auto-recharge window', () => {
  it('says what is wrong beside each field, and changes nothing', async () => {
    await open('li');
    expect(await faults('li', { threshold: 'a few', amount: '-3' })).toEqual([
      'threshold: Enter a dollar amount, like 50 or 12.50.',
      'amount: Enter an amount above zero.',
    ]);
    expect(await faults('li', { threshold: '5', amount: '4000' })).toEqual([
      'amount: The largest amount is $1,000.00.',
    ]);
    expect(await faults('li', { threshold: '60', amount: '50' })).toEqual([
      'amount: The recharge amount must be at least the threshold, $60.00.',
    ]);
    expect(await faults('li', { threshold: '5', amount: '600' })).toEqual([
      'amount: The recharge limit is $500.00 a month, and only company admins can increase it. Enter that or less.',
    ]);
    await open('ana');
    expect(await faults('ana', { threshold: '5', amount: '600' })).toEqual([
      'cap: The recharge limit must be at least the recharge amount, $600.00.',
    ]);
    expect([await setting(), await told()]).toEqual([null, 0]);
  });

  it('is saved once, told once, and charges nothing while there is enough', async () => {
    await open('li');
    await driver.submit('li', { is_on: 'on', threshold: '5', amount: '50' });
    await windowSays(
      'li',
      /Saved for [^*]*\.\* \$50\.00, or a multiple of it, when general credits fall below \$5\.00, up to \$500\.00 a month/,
    );
    await finds('ana', /<@U0LI000001> set auto-recharge for New York/);
    expect((await setting())?.isOn).toBe(true);
    expect(await tryOut.app.db.purchaseOrder.count()).toBe(0);
  });

  it('shows what it charges at once, with the cap and the gap, before anything is charged', async () => {
    await open('li');
    await driver.submit('li', { threshold: '40' });
    const review = await windowSays('li', /Review auto-recharge/);
    expect(review).toMatch(/\$50\.00 is charged now/);
    expect(review).toMatch(
      /Recharges run at least 10 minutes apart\. If one would exceed \$500\.00 in a month, we’ll ask in the channel first/,
    );
    expect(await tryOut.app.db.purchaseOrder.count()).toBe(0);
    const { token } = await tryOut.app.db.draft.findFirstOrThrow({
      where: { kind: 'recharge' },
      orderBy: { createdAt: 'desc' },
    });
    await Promise.all([driver.submit('li'), driver.submit('li').catch(() => undefined)]);
    await finds('ana', /Auto-recharge added \*\$50\.00\*/);
    expect(await tryOut.app.db.purchaseOrder.count()).toBe(1);
    expect(await tryOut.app.db.draft.count({ where: { token } })).toBe(0);
  });

  it('is turned off from Home, where the window opens switched off', async () => {
    await driver.openHome('li');
    await driver.eventually(async () => visibleText(await driver.home('li')).includes('Turn off'));
    await driver.click('li', { kind: 'home' }, { label: 'Turn off' });
    await windowSays('li', /Auto-recharge Save/);
    const state = (await driver.views('li')).at(-1)?.state ?? {};
    expect(state[`is_on:${walletId}`]).toMatchObject({ is_on: { selected_option: { value: 'off' } } });
    expect((await setting())?.isOn).toBe(true);
  });

  it('that a surprise paused is resumed from Home', async () => {
    await tryOut.app.db.rechargeSetting.updateMany({ data: { pausedFor: 'surprise' } });
    await driver.openHome('ana');
    await driver.eventually(async () =>
      visibleText(await driver.home('ana')).includes('Resume auto-recharge'),
    );
    await driver.click('ana', { kind: 'home' }, { label: 'Resume auto-recharge' });
    await finds('ana', /Auto-recharge for New York is on again/, 'dm');
    expect((await setting())?.pausedFor).toBeNull();
  });

  it('that a refund paused is resumed from its message, which says so and offers it no more', async () => {
    await tryOut.app.db.rechargeSetting.updateMany({
      where: { companyId, walletId },
      data: { pausedFor: 'refunded', pausedMicros: 50_000_000n },
    });
    await post('refund, by the test', {
      kind: 'refund',
      state: 'refunded',
      amount: '50.00',
      paid: '50.00',
      receipt: 'R-000001',
      ownReceipt: '',
      card: null,
      taken: '50.00',
      scopeLabel: 'New York',
      pausedToken: walletId.toString(),
      at: new Date().toISOString(),
      timeZone: 'UTC',
    });
    const message = await finds('ana', /Auto-recharge is paused: \$50\.00 was refunded/);
    await click('ana', message, 'Resume auto-recharge');
    const revised = await finds('ana', /Auto-recharge was paused, and is on again/);
    expect(revised.ts).toBe(message.ts);
    expect(said(revised)).not.toMatch(/Resume auto-recharge/);
  });

  it('turned on or off, revises what a message about low credits offers', async () => {
    const { db } = tryOut.app;
    const alert = { companyId, walletId, class: 'calls', level: 'low', isLow: true } as const;
    const at = new Date();
    const dedupeKey = 'low, by the test';
    await db.balanceAlert.create({ data: { ...alert, lowSince: at, toldAt: at, dedupeKey } });
    await setWatch(db, { companyId, walletId, calls: dollars('900') });
    await finds('ana', /New York is low(?!.*Auto-recharge is off)/);
    await open('li', 'off');
    await driver.submit('li');
    await driver.submit('li').catch(() => undefined);
    await finds('ana', /New York is low.*Auto-recharge is off/);
    await db.rechargeSetting.updateMany({ where: { companyId, walletId }, data: { isOn: true } });
  });

  it('is not set by members, nor by who lost the right while it was open', async () => {
    await driver.command('priya', CHANNEL, '/credits auto-recharge');
    await finds('priya', /Only admins can see and add credits/);
    await open('li');
    const before = await setting();
    const role = await tryOut.app.db.roleAssignment.findFirstOrThrow({ where: { userId: 'U0LI000001' } });
    await tryOut.app.db.roleAssignment.delete({ where: { companyId_id: { companyId, id: role.id } } });
    await driver.submit('li', { amount: '77' });
    expect(await window('li')).not.toMatch(/Saved/);
    const { id: _, ...again } = role;
    await tryOut.app.db.roleAssignment.create({ data: again });
    expect(await setting()).toEqual(before);
  });
});

describe('the monthly cap', () => {
  it('is raised once when two admins answer the same message at once', async () => {
    await makeCompanyAdmin('U0MARCO001');
    await post('the cap, by the test', {
      kind: 'recharge_blocked',
      reason: 'cap',
      token: walletId.toString(),
      scopeLabel: 'New York',
      scope: '',
      amount: '50.00',
      balance: '3.00',
      limit: '500.00',
      used: '480.00',
      at: new Date().toISOString(),
      timeZone: 'UTC',
      isOver: false,
    });
    const notice = await finds('ana', /recharge limit for \w+ is used/);
    await click('li', notice, 'Increase limit');
    await finds('li', /company admin/);
    const before = await told();
    for (const user of ['ana', 'marco']) {
      await click(user, notice, 'Increase limit');
      await windowSays(user, /Increase limit/);
    }
    expect(await faults('ana', { cap: '400' })).toEqual(['cap: The recharge limit is already $500.00.']);
    await Promise.all(['ana', 'marco'].map((user) => driver.submit(user, { cap: '700' })));
    for (const user of ['ana', 'marco']) await windowSays(user, /The recharge limit is now \$700\.00/);
    expect((await setting())?.capMicros).toBe(700_000_000n);
    expect(await told()).toBe(before + 1);
  });
});

describe('the word that credits are low', () => {
  const low = (isRechargeOn: boolean) =>
    ({
      kind: 'low_balance',
      scopeLabel: 'New York',
      scope: `office:${newYork}`,
      class: 'calls',
      level: 'low',
      available: '4.00',
      alertAt: '5.00',
      toAdd: null,
      token: walletId.toString(),
      isRechargeOn,
      recovered: null,
      since: new Date().toISOString(),
      timeZone: 'UTC',
    }) as const;

  it('offers to turn auto-recharge on for just these credits where it is off, and to look at it where it is on', async () => {
    await tryOut.app.db.rechargeSetting.updateMany({ data: { isOn: false } });
    await post('low, by the test', low(false));
    const notice = await finds('ana', /New York is low:\*[\s\S]*Turn on auto-recharge/);
    await click('ana', notice, 'Turn on auto-recharge');
    await windowSays('ana', /Auto-recharge Save/);
    const state = (await driver.views('ana')).at(-1)?.state ?? {};
    expect(state[`is_on:${walletId}`]).toMatchObject({ is_on: { selected_option: { value: 'on' } } });
    await post('low, by the test', low(true));
    await driver.eventually(async () => {
      const found = (await driver.messages('ana', CHANNEL)).find(({ ts }) => ts === notice.ts);
      return found !== undefined && !/Turn on/.test(said(found)) && /Auto-recharge/.test(said(found));
    });
  });

  it('adds credits to the office that it is about, also where another one is the first', async () => {
    await post('low, for adding', low(true));
    await click('ana', await finds('ana', /New York is low:\*/), 'Add credits');
    await driver.eventually(async () => (await driver.views('ana')).at(-1)?.submit === 'Review');
    expect((await driver.views('ana')).at(-1)?.state?.scope).toMatchObject({
      scope: { selected_option: { value: `office:${newYork}` } },
    });
    await driver.close('ana', { all: true });
  });
});

describe('a larger amount that a notice suggests', () => {
  it('is not taken from a notice whose recharge the books do not have', async () => {
    const before = await setting();
    await post('suggestion, by the test', {
      kind: 'recharge',
      status: 'added',
      card: null,
      verifyUntil: null,
      token: 'no such recharge',
      scopeLabel: 'New York',
      scope: `office:${newYork}`,
      amount: '50.00',
      balance: '60.00',
      since: new Date().toISOString(),
      at: new Date().toISOString(),
      timeZone: 'UTC',
      failureCode: null,
      nextTryAt: null,
      triesLeft: 0,
      receipt: 'R-000999',
      suggested: '100.00',
      actionUrl: null,
      isOff: false,
    });
    await click(
      'ana',
      await finds('ana', /Auto-recharge is running often here/),
      'Recharge $100.00 at a time',
    );
    await finds('ana', /This was already changed/);
    expect(await setting()).toEqual(before);
  });
});

describe('Verify payment', () => {
  it('leads who clicks to the bank, once however often it is clicked, and not who may not buy', async () => {
    const where = { companyId, walletId };
    const set = {
      isOn: true,
      pausedFor: null,
      blockedKey: null,
      thresholdMicros: 900_000_000n,
      amountMicros: 900_000_000n,
      capMicros: 9_000_000_000n,
    };
    const month = { monthStartsAt: new Date('2026-01-01'), monthEndsAt: new Date('2036-01-01') };
    await tryOut.app.db.rechargeSetting.upsert({
      where: { companyId_walletId: where },
      update: set,
      create: { ...where, ...set, ...month, officeId: newYork, setBy: 'the test', setAt: new Date() },
    });
    tryOut.sandbox.clock.advance(11 * 60_000);
    tryOut.sandbox.card.setBehaviour('needs-action');
    await decideRecharge(tryOut.app.billing, where);
    const notice = await finds('ana', /needs you to verify a payment.*Visa •••• 4242/s);
    await click('priya', notice, 'Verify payment');
    await finds('priya', /Only admins of these credits can verify this payment/);
    await driver.openHome('priya');
    await driver.openHome('li');
    await driver.eventually(async () => visibleText(await driver.home('li')).includes('Verify payment'));
    expect(visibleText(await driver.home('priya'))).not.toContain('Verify payment');
    await Promise.all([
      driver.click('li', { kind: 'home' }, { label: 'Verify payment' }),
      click('ana', notice, 'Verify payment'),
    ]);
    const answer = await driver.eventually(async () =>
      (await driver.messages('li', 'dm')).find((message) =>
        /Your bank needs you to verify \$900\.00 for New York/.test(said(message)),
      ),
    );
    await finds('ana', /Your bank needs you to verify \$900\.00 for New York/);
    expect(await tryOut.app.db.paymentAttempt.count({ where: { companyId, offSession: false } })).toBe(1);
    const url = /"url":"([^"]+)"/.exec(JSON.stringify(answer.blocks))?.[1] ?? '';
    const secret = new URL(url).searchParams.get('client_secret') ?? '';
    const body = new URLSearchParams({ client_secret: secret, decision: 'approve' });
    tryOut.sandbox.card.setBehaviour('approve');
    await fetch(url, { method: 'POST', body, redirect: 'manual' });
    await finds('ana', /Auto-recharge added \*\$900\.00\*/);
    await click('li', notice, 'Verify payment').catch(() => undefined);
    expect(
      await tryOut.app.db.purchaseOrder.count({ where: { companyId, amountMicros: 900_000_000n } }),
    ).toBe(1);
  });
});

describe('a dispute that the world plays', () => {
  const play = async (event: string): Promise<unknown> => {
    const url = tryOut.sandbox.pageUrl;
    const answer = await fetch(`${url}/workspace/world`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: url },
      body: JSON.stringify({ act: { type: 'dispute', event } }),
    });
    return await answer.json();
  };

  it('pauses purchases, said in one message that follows it to its end', async () => {
    expect(await play('open')).toEqual({ ok: true });
    const notice = await finds(
      'ana',
      /Purchases and auto-recharge are paused\*.*\$[\d,.]+ \(R-\d+\) is disputed/,
    );
    expect(await play('open')).toEqual({ ok: true });
    expect(await play('won')).toEqual({ ok: true });
    await driver.eventually(async () => {
      const found = (await driver.messages('ana', CHANNEL)).find(({ ts }) => ts === notice.ts);
      return found !== undefined && /settled in your provider’s favor/.test(said(found));
    });
    expect(await tryOut.app.db.dispute.count()).toBe(1);
  });
});
