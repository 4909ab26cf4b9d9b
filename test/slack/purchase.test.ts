import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { readBalance } from '../../src/ledger/index.ts';
import { type Driver, visibleText } from '../../src/stand-ins/local-workspace/index.ts';
import { startTestTryOut, type TryOut } from '../support/try-out.ts';
import { untilIdle } from '../support/until-idle.ts';

const CHANNEL = '#phone-credits';
let tryOut: TryOut;
let driver: Driver;

beforeAll(async () => {
  tryOut = await startTestTryOut();
  driver = tryOut.sandbox.workspace.driver;
});

afterAll(() => tryOut?.close());

beforeEach(async () => {
  tryOut.sandbox.card.setBehaviour('approve');
  tryOut.sandbox.card.setWebhooks({ paused: false });
  tryOut.sandbox.workspace.faults.clear();
  for (const user of ['ana', 'li']) await driver.close(user, { all: true }).catch(() => undefined);
});

const windowText = async (user: string): Promise<string> => {
  const view = (await driver.views(user)).at(-1);
  return view === undefined ? '' : `${view.title}\n${visibleText(view.blocks)}`;
};
const windowSays = (user: string, words: RegExp): Promise<string> =>
  driver.eventually(async () => {
    const text = await windowText(user);
    return words.test(text) && text;
  });
const lastMessage = async (user: string, channel = CHANNEL): Promise<string> => {
  const message = (await driver.messages(user, channel)).at(-1);
  return message === undefined ? '' : `${message.text}\n${visibleText(message.blocks)}`;
};
const lastMessageSays = (user: string, words: RegExp, channel = CHANNEL): Promise<string> =>
  driver.eventually(async () => {
    const text = await lastMessage(user, channel);
    return words.test(text) && text;
  });

async function general(office: string): Promise<string> {
  const { db } = tryOut.app;
  const { companyId, id } = await db.office.findFirstOrThrow({ where: { name: office } });
  const { wallets } = await readBalance(db, companyId, new Date());
  return wallets.find(({ officeId }) => officeId === id)?.general.toFixed(2) ?? '';
}

async function toReview(user: string, values: Record<string, unknown> = {}): Promise<void> {
  await driver.command(user, CHANNEL, '/credits add');
  await driver.eventually(async () => (await driver.views(user)).at(-1)?.submit === 'Review');
  const scope = user === 'ana' ? { scope: await scopeOf('San Francisco') } : {};
  expect(await driver.submit(user, { ...scope, ...values })).toEqual({ ok: true });
  await windowSays(user, /Review purchase/);
}

describe('/credits', () => {
  it('shows an admin the balance, privately', async () => {
    await driver.command('ana', CHANNEL, '/credits');
    const text = await lastMessageSays('ana', /Available balance/);
    expect(text).toMatch(/Available balance: \$50\.65/);
    expect(text).toMatch(/San Francisco\* \(primary\) {2}\$32\.40/);
    expect(text).toMatch(/as of .* P[SD]T/);
    expect(await lastMessage('li')).not.toMatch(/Available balance/);
  });

  it('shows an office admin their own office only', async () => {
    await driver.command('li', CHANNEL, '/credits');
    const text = await lastMessageSays('li', /Available balance/);
    expect(text).toMatch(/\$18\.25/);
    expect(text).not.toMatch(/San Francisco|32\.40/);
  });

  it.each([
    ['priya', /Only admins can see and add credits\. Ask <@U0ANA00001>/],
    ['marco', /Only admins can see and add credits/],
    ['jo', /Guests, people from other workspaces/],
  ])('tells %s, who may not, whom to ask, and no figure', async (user, words) => {
    await driver.command(user, CHANNEL, '/credits');
    expect(await lastMessageSays(user, words)).not.toMatch(/\$\d/);
    await driver.command(user, CHANNEL, '/credits add 50');
    await lastMessageSays(user, words);
    expect(await driver.views(user)).toEqual([]);
  });

  it('answers an unknown subcommand with what was probably meant', async () => {
    await driver.command('ana', CHANNEL, '/credits adn');
    await lastMessageSays('ana', /I don’t know `\/credits adn`\. Did you mean `\/credits add`\?/);
    await driver.command('ana', CHANNEL, '/credits <!channel>');
    await lastMessageSays('ana', /&lt;!channel&gt;/);
  });

  it.each(['0', '-5', '1e9', '12.345', 'abc', '4.99', '$1,000.01'])(
    'answers a typed amount of %s in words, and opens no review',
    async (typed) => {
      await driver.command('li', CHANNEL, `/credits add ${typed}`);
      await lastMessageSays('li', /isn’t a valid amount|smallest purchase|largest purchase/);
      expect(await driver.views('li')).toEqual([]);
    },
  );

  it.each([
    '/credits add 50 New York',
    '/credits buy $50 for new york',
    '/credits 50 NEW YORK',
    '/credits add New York 50',
  ])('goes straight to the review of what is clear: %s', async (typed) => {
    await driver.command('ana', CHANNEL, typed);
    expect(await windowSays('ana', /Review purchase/)).toMatch(
      /\*Credits\*\n\$50\.00\n\*For\*\nNew York\n\*Paid with\*\nVisa •••• 4242/,
    );
    expect((await driver.views('ana')).at(-1)?.submit).toBe('Pay $50.00');
  });

  it('asks for the office alone where none is named, and never turns into the review by itself: a click on Review charges nothing', async () => {
    await driver.command('ana', CHANNEL, '/credits 62.50');
    await driver.eventually(async () => (await driver.views('ana')).at(-1)?.submit === 'Review');
    const form = (await driver.views('ana')).at(-1);
    const source = JSON.stringify(form?.blocks);
    expect(source).toContain('"initial_value":"62.50"');
    expect(source).not.toMatch(/initial_option|radio_buttons/);
    expect(source).not.toContain('dispatch_action');
    await driver.submit('ana', { scope: await scopeOf('New York') });
    expect(await windowSays('ana', /Review purchase/)).toMatch(/\$62\.50\n\*For\*\nNew York/);
  });

  it('buys for several offices at once: one charge, one receipt', async () => {
    const before = [Number(await general('San Francisco')), Number(await general('New York'))];
    const charges = await tryOut.app.db.paymentAttempt.count();
    await driver.command('ana', CHANNEL, '/credits add');
    await driver.eventually(async () => (await driver.views('ana')).at(-1)?.submit === 'Review');
    const viewId = (await driver.views('ana')).at(-1)?.id ?? '';
    await driver.click('ana', { kind: 'view', viewId }, { label: 'Several offices' });
    await windowSays('ana', /Enter an amount for each office/);
    const [sf, ny] = [await scopeOf('San Francisco'), await scopeOf('New York')];
    expect(await driver.submit('ana', {})).toMatchObject({
      fieldErrors: { [`line:${sf}`]: expect.stringMatching(/at least one office/) },
    });
    expect(await driver.submit('ana', { [`line:${sf}`]: '20', [`line:${ny}`]: 'x' })).toMatchObject({
      fieldErrors: { [`line:${ny}`]: expect.stringMatching(/dollar amount/) },
    });
    expect(await driver.submit('ana', { [`line:${sf}`]: '20', [`line:${ny}`]: '30' })).toEqual({ ok: true });
    expect(await windowSays('ana', /Review purchase/)).toMatch(
      /\$50\.00\n\*For\*\nSan Francisco \(\$20\.00\), New York \(\$30\.00\)/,
    );
    await driver.click('ana', { kind: 'view', viewId }, { label: 'Back' });
    await windowSays('ana', /Enter an amount for each office/);
    await driver.submit('ana', {});
    await windowSays('ana', /Review purchase/);
    await driver.submit('ana');
    await windowSays('ana', /\$50\.00 added/);
    expect(await tryOut.app.db.paymentAttempt.count()).toBe(charges + 1);
    const after = [Number(await general('San Francisco')), Number(await general('New York'))];
    expect(after.map((figure, index) => (figure - (before[index] ?? 0)).toFixed(2))).toEqual([
      '20.00',
      '30.00',
    ]);
  });

  it('takes several offices as they are typed', async () => {
    await driver.command('ana', CHANNEL, '/credits add 20 San Francisco, 30 new york');
    await windowSays('ana', /San Francisco \(\$20\.00\), New York \(\$30\.00\)/);
    expect((await driver.views('ana')).at(-1)?.submit).toBe('Pay $50.00');
  });

  it('names the offices where it does not know the one that was typed', async () => {
    await driver.command('ana', CHANNEL, '/credits add 50 Mars');
    await lastMessageSays(
      'ana',
      /I couldn’t find an office called “Mars”\. You can add credits for San Francisco or New York\./,
    );
    expect(await driver.views('ana')).toEqual([]);
  });

  it('is told at once, without a form, that purchases are paused', async () => {
    const { db } = tryOut.app;
    const { companyId, id: orderId } = await db.purchaseOrder.findFirstOrThrow();
    const dispute = { companyId, orderId, processorId: 'dp_paused', amountMicros: 1_000_000n, state: 'open' };
    const { id } = await db.dispute.create({ data: { ...dispute, openedAt: new Date() } });
    await driver.command('li', CHANNEL, '/credits add');
    await lastMessageSays(
      'li',
      /A payment is disputed at the bank, so purchases and auto-recharge are paused/,
    );
    expect(await driver.views('li')).toEqual([]);
    await db.dispute.delete({ where: { companyId_id: { companyId, id } } });
  });
});

describe('adding credits', () => {
  it('goes choose → review → confirm → receipt, and the books agree', async () => {
    const before = await general('San Francisco');
    await toReview('ana', { choice: '100.00' });
    const review = await windowText('ana');
    expect(review).toMatch(/Visa •••• 4242/);
    expect(review).toMatch(/\$100\.00/);
    expect(review).toMatch(new RegExp(`\\$${before} → \\$${(Number(before) + 100).toFixed(2)}`));
    await driver.submit('ana');
    const result = await windowSays('ana', /\$100\.00 added/);
    const receipt = /R-\d{6}/.exec(result)?.[0] ?? 'none';
    await lastMessageSays(
      'li',
      new RegExp(`<@U0ANA00001> added \\*\\$100\\.00\\* to San Francisco.*${receipt}`),
    );
    expect(await general('San Francisco')).toBe((Number(before) + 100).toFixed(2));
  });

  it.each([
    ['0', /above zero/],
    ['-5', /above zero/],
    ['1e9', /dollar amount, like 50/],
    ['12.345', /two decimal places/],
    ['abc', /dollar amount, like 50/],
    ['4.99', /smallest purchase is \$5\.00/],
    ['1000.01', /largest purchase is \$1,000\.00/],
  ])('tells what is wrong with %s on the field, before the review', async (typed, words) => {
    await driver.command('ana', CHANNEL, '/credits add');
    await driver.eventually(async () => (await driver.views('ana')).at(-1)?.submit === 'Review');
    const scope = await scopeOf('New York');
    const answer = await driver.submit('ana', { other: typed, scope });
    expect(answer).toMatchObject({ ok: false, fieldErrors: { other: expect.stringMatching(words) } });
  });

  it('takes $1,000.00 and full-width digits as amounts', async () => {
    await toReview('ana', { other: '$1,000.00' });
    expect(await windowText('ana')).toMatch(/\$1,000\.00/);
    await driver.close('ana', { all: true });
    await toReview('ana', { other: '５０' });
    expect(await windowText('ana')).toMatch(/\$50\.00/);
  });

  it('charges once when confirm is clicked twice and delivered twice', async () => {
    const before = Number(await general('New York'));
    await toReview('li', { choice: '20.00' });
    tryOut.sandbox.workspace.faults.set({ kind: 'duplicate-delivery', times: 2 });
    await Promise.all([driver.submit('li'), driver.submit('li').catch(() => undefined)]);
    await windowSays('li', /\$20\.00 added/);
    await untilIdle(tryOut);
    expect(Number(await general('New York'))).toBe(before + 20);
  });

  it('says that a declined card was not charged, and another try succeeds', async () => {
    const before = Number(await general('New York'));
    tryOut.sandbox.card.setBehaviour('decline');
    await toReview('li', { choice: '20.00' });
    await driver.submit('li');
    await windowSays('li', /was declined \(insufficient funds\)\. You weren’t charged\./);
    expect(Number(await general('New York'))).toBe(before);
    tryOut.sandbox.card.setBehaviour('approve');
    const viewId = (await driver.views('li')).at(-1)?.id ?? '';
    await driver.click('li', { kind: 'view', viewId }, { label: 'Try again' });
    await windowSays('li', /\$20\.00 added/);
    expect(Number(await general('New York'))).toBe(before + 20);
  });

  it('leaves the card window alone that the buyer opened after a decline', async () => {
    tryOut.sandbox.card.setBehaviour('decline');
    await toReview('ana', { choice: '20.00' });
    await driver.submit('ana');
    await windowSays('ana', /You weren’t charged/);
    const viewId = (await driver.views('ana')).at(-1)?.id ?? '';
    await driver.click('ana', { kind: 'view', viewId }, { label: 'Use another card' });
    await windowSays('ana', /secure payment page/);
    await untilIdle(tryOut);
    expect(await windowText('ana')).toMatch(/secure payment page/);
  });

  it('tells an office admin whose cards they are', async () => {
    tryOut.sandbox.card.setBehaviour('decline');
    await toReview('li', { choice: '20.00' });
    await driver.submit('li');
    await windowSays('li', /You weren’t charged/);
    const viewId = (await driver.views('li')).at(-1)?.id ?? '';
    await driver.click('li', { kind: 'view', viewId }, { label: 'Use another card' });
    await windowSays('li', /Only company admins can manage cards\. Ask/);
  });

  it('says that it does not know after a time-out, and finds out', async () => {
    const before = Number(await general('New York'));
    tryOut.sandbox.card.setBehaviour('timeout-after-charge');
    // The processor's own news of the charge would end the not knowing before it can be seen.
    tryOut.sandbox.card.setWebhooks({ paused: true });
    await toReview('li', { choice: '20.00' });
    await driver.submit('li');
    await windowSays('li', /Still processing/);
    tryOut.sandbox.card.setBehaviour('approve');
    tryOut.sandbox.clock.advance(60_000);
    await windowSays('li', /\$20\.00 added/);
    expect(Number(await general('New York'))).toBe(before + 20);
  });

  it('tells a buyer who closed the window directly when the card was declined', async () => {
    tryOut.sandbox.card.setBehaviour('timeout-before-charge');
    await toReview('li', { choice: '20.00' });
    await driver.submit('li');
    await driver.close('li', { all: true });
    tryOut.sandbox.card.setBehaviour('decline');
    tryOut.sandbox.clock.advance(60_000);
    await lastMessageSays('li', /was declined \(insufficient funds\)/, 'dm');
  });

  it('shows the second of two admins what the first just bought', async () => {
    await toReview('ana', { choice: '20.00', scope: await scopeOf('New York') });
    await toReview('li', { choice: '20.00' });
    await driver.submit('ana');
    await windowSays('ana', /\$20\.00 added/);
    await driver.submit('li');
    await windowSays('li', /<@U0ANA00001> added \$20\.00 just now.*You weren’t charged for yours/s);
  });

  it('waits for the bank, and credits once the buyer approved it there', async () => {
    const before = Number(await general('New York'));
    tryOut.sandbox.card.setBehaviour('needs-action');
    await toReview('li', { choice: '20.00' });
    await driver.submit('li');
    await windowSays('li', /Your bank needs you to verify/);
    const url = /"url":"([^"]+)"/.exec(JSON.stringify((await driver.views('li')).at(-1)?.blocks))?.[1] ?? '';
    const bank = await (await fetch(url)).text();
    const action = /<form[^>]*action="([^"]+)"/.exec(bank)?.[1] ?? '';
    const approve = /<button[^>]*name="([^"]+)"[^>]*value="([^"]+)"/.exec(bank);
    const body = new URLSearchParams({ [approve?.[1] ?? 'outcome']: approve?.[2] ?? 'approve' });
    await fetch(new URL(action, url), { method: 'POST', body, redirect: 'manual' });
    await windowSays('li', /\$20\.00 added/);
    expect(Number(await general('New York'))).toBe(before + 20);
  });

  it('left open for a day is closed, and confirming it charges nothing', async () => {
    const before = await general('New York');
    await toReview('li', { choice: '20.00' });
    tryOut.sandbox.clock.advance(25 * 3_600_000);
    await driver.eventually(() =>
      tryOut.app.db.purchaseOrder.findFirst({ where: { state: 'abandoned' }, orderBy: { id: 'desc' } }),
    );
    await driver.submit('li');
    await windowSays('li', /closed before it was paid/);
    expect(await general('New York')).toBe(before);
  });

  it('brings the balance that the purchase began from up to date', async () => {
    await driver.command('li', CHANNEL, '/credits');
    await lastMessageSays('li', /Available balance/);
    const message = (await driver.messages('li', CHANNEL)).at(-1);
    if (message === undefined) throw new Error('no balance');
    const container = { kind: 'message', conversationId: message.conversationId, ts: message.ts } as const;
    await driver.click('li', container, { label: 'Add credits' });
    await driver.eventually(async () => (await driver.views('li')).at(-1)?.submit === 'Review');
    await driver.submit('li', { choice: '20.00' });
    await windowSays('li', /Review purchase/);
    await driver.submit('li');
    await windowSays('li', /\$20\.00 added/);
    const now = await general('New York');
    await driver.eventually(async () =>
      (await driver.messages('li', CHANNEL)).some(
        ({ ts, blocks }) => ts === message.ts && visibleText(blocks).includes(`$${now}`),
      ),
    );
  });
});

async function scopeOf(office: string): Promise<string> {
  const { id } = await tryOut.app.db.office.findFirstOrThrow({ where: { name: office } });
  return `office:${id}`;
}

describe('what comes in over the wire', () => {
  it('is refused with 401 and no word when its signature is forged or old', async () => {
    const body = 'command=%2Fcredits&text=&user_id=U0ANA00001&team_id=T0ACME0001';
    const now = Math.floor(Date.now() / 1000);
    for (const timestamp of [now, now - 3_600]) {
      const answer = await fetch(`${tryOut.appUrl}/slack/events`, {
        method: 'POST',
        body,
        headers: {
          'content-type': 'application/x-www-form-urlencoded',
          'x-slack-request-timestamp': String(timestamp),
          'x-slack-signature': `v0=${'0'.repeat(64)}`,
        },
      });
      expect([answer.status, await answer.text()]).toEqual([401, '']);
    }
  });

  it('cannot take the app down: unknown paths and oversized bodies are answered', async () => {
    expect((await fetch(`${tryOut.appUrl}/slack/unknown`)).status).toBe(404);
    const huge = await fetch(`${tryOut.appUrl}/slack/events`, {
      method: 'POST',
      body: 'x'.repeat(2_000_000),
    });
    expect(huge.status).toBeGreaterThanOrEqual(400);
    expect((await fetch(`${tryOut.appUrl}/health`)).status).toBe(200);
  });
});
