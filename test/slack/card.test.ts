import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Driver, visibleText } from '../../src/sandbox/slack/index.ts';
import { startTestTryOut, type TryOut } from '../support/try-out.ts';

const CHANNEL = '#phone-credits';
const WEEK_MS = 7 * 24 * 3_600_000;

let tryOut: TryOut;
let driver: Driver;

beforeAll(async () => {
  tryOut = await startTestTryOut();
  driver = tryOut.sandbox.workspace.driver;
});

afterAll(() => tryOut?.close());

const lastMessage = async (user: string, channel: string) => {
  const message = (await driver.messages(user, channel)).at(-1);
  return message === undefined
    ? null
    : { ...message, said: `${message.text}\n${visibleText(message.blocks)}` };
};

async function says(user: string, channel: string, words: RegExp) {
  return await driver.eventually(async () => {
    const message = await lastMessage(user, channel);
    return message !== null && words.test(message.said) && message;
  }, 8_000);
}

type Seen = Awaited<ReturnType<Driver['messages']>>[number];

async function click(user: string, message: Seen, label: string): Promise<void> {
  await driver.click(
    user,
    { kind: 'message', conversationId: message.conversationId, ts: message.ts },
    { label },
  );
}

/** Adds a card on the processor's hosted page, as the person who asked for it, and answers the question about it. */
async function addCard(number: string): Promise<void> {
  await driver.command('ana', CHANNEL, '/credits card');
  await click('ana', await says('ana', CHANNEL, /Cards/), 'Add a card');
  const link = await says('ana', CHANNEL, /works for 15 minutes/);
  const url = /http:\/\/127[^"]*\/billing\/card\/[\w-]+/.exec(JSON.stringify(link.blocks))?.[0] ?? '';
  const page = await fetch(url, { redirect: 'manual' });
  const form = new URLSearchParams({
    number,
    expiry: '12 / 34',
    cvc: number.startsWith('37') ? '1234' : '123',
  });
  const typed = await fetch(page.headers.get('location') ?? '', {
    method: 'POST',
    body: form,
    redirect: 'manual',
  });
  const back = await fetch(typed.headers.get('location') ?? '');
  expect(await back.text()).toMatch(/Refill sent you a message/);
}

/** The charge as the card's bank shows it. */
async function readStatement(): Promise<string> {
  const page = await (await fetch(`${tryOut.sandbox.stripe.apiUrl}/statement`)).text();
  return /Card check, refunded[\s\S]*?\$(\d\.\d\d)/.exec(page)?.[1] ?? '';
}

async function defaultCard(): Promise<string | undefined> {
  return (await tryOut.app.db.card.findFirst({ where: { isDefault: true } }))?.last4;
}

const answer = async (amount: string) => await driver.submit('ana', { card_amount: amount });
const anotherThan = (amount: string): string => (amount === '0.77' ? '0.78' : '0.77');

async function openAmountWindow(): Promise<void> {
  const notice = await says('ana', CHANNEL, /was added by/);
  await click('ana', notice, 'Enter the amount');
  await driver.eventually(async () => (await driver.views('ana')).at(-1)?.submit === 'Confirm card');
}

describe('a new card', () => {
  it('is asked about, checked by a small charge, confirmed by its amount, and only then charged for credits', async () => {
    await addCard('5555 5555 5555 4444');
    expect(await defaultCard()).toBe('4242');
    const question = await says('ana', 'dm', /Is it yours\?/);
    await click('ana', question, 'Yes, it ends in 4444');
    await says('ana', 'dm', /between \$0\.50 and \$1\.99/);
    const amount = await driver.eventually(async () => await readStatement(), 8_000);
    await driver.eventually(
      async () => (await tryOut.app.db.cardCheck.count({ where: { state: 'waiting' } })) === 1,
    );
    await openAmountWindow();
    expect(await answer(anotherThan(amount))).toEqual({
      ok: false,
      fieldErrors: { card_amount: 'That is not the amount we charged. 2 tries are left.' },
    });
    expect(await defaultCard()).toBe('4242');
    expect(await answer(amount)).toEqual({ ok: true });
    expect(await defaultCard()).toBe('4444');
    await says('ana', CHANNEL, /is confirmed and charged for credits from now on/);
    await driver.eventually(
      async () => (await tryOut.app.db.cardCheck.count({ where: { refundedAt: null } })) === 0,
      8_000,
    );
    const told = JSON.stringify([
      await driver.messages('ana', CHANNEL),
      await driver.messages('ana', 'dm'),
      (await tryOut.app.db.audit.findMany()).map(({ details }) => details),
    ]);
    expect(told).not.toContain(`$${amount}`);
    expect(told).not.toContain(`"${amount}"`);
  });

  it('is not used when whoever opened the page says that it is not theirs', async () => {
    await addCard('3782 822463 10005');
    const question = await says('ana', 'dm', /•••• 0005\*\. Is it yours\?/);
    await click('ana', question, 'No, remove it');
    await says('ana', 'dm', /Nothing was charged to it/);
    expect(await defaultCard()).toBe('4444');
  });

  it('that nobody confirms within a week is not used, and what was charged is given back', async () => {
    await addCard('3782 822463 10005');
    await click('ana', await says('ana', 'dm', /•••• 0005\*\. Is it yours/), 'Yes, it ends in 0005');
    await driver.eventually(
      async () => (await tryOut.app.db.cardCheck.count({ where: { state: 'waiting' } })) === 1,
      8_000,
    );
    tryOut.sandbox.clock.advance(WEEK_MS + 60_000);
    await says('ana', CHANNEL, /was not confirmed within a week/);
    await driver.eventually(
      async () => (await tryOut.app.db.cardCheck.count({ where: { refundedAt: null } })) === 0,
      8_000,
    );
  });

  it('is locked after three wrong amounts, and what was charged is given back', async () => {
    await addCard('3782 822463 10005');
    await click('ana', await says('ana', 'dm', /•••• 0005\*\. Is it yours/), 'Yes, it ends in 0005');
    await driver.eventually(
      async () => (await tryOut.app.db.cardCheck.count({ where: { state: 'waiting' } })) === 1,
      8_000,
    );
    const check = await tryOut.app.db.cardCheck.findFirstOrThrow({ where: { state: 'waiting' } });
    const wrong = check.amountMicros === 770_000n ? '0.78' : '0.77';
    await says('ana', CHANNEL, /0005.* was added by/);
    await openAmountWindow();
    await answer(wrong);
    expect(await answer('3.10')).toMatchObject({ ok: false });
    await answer(wrong);
    expect(await answer(wrong)).toEqual({ ok: true });
    await says('ana', CHANNEL, /0005.* is locked after too many wrong amounts/);
    await driver.eventually(
      async () => (await tryOut.app.db.cardCheck.count({ where: { refundedAt: null } })) === 0,
      8_000,
    );
    expect(await defaultCard()).toBe('4444');
  });

  it('that its bank declines is not used, and the team is told that nothing was charged', async () => {
    await addCard('4000 0000 0000 0341');
    await click('ana', await says('ana', 'dm', /•••• 0341\*\. Is it yours/), 'Yes, it ends in 0341');
    await says('ana', CHANNEL, /0341 was declined\. You weren’t charged/);
    const told = await says('ana', 'dm', /0341 was declined\. You weren’t charged\. The card isn’t used/);
    expect(visibleText(told.blocks)).not.toMatch(/Enter the amount/);
  });
});

describe('cards', () => {
  it('are the company admins’: an office admin is told whom to ask', async () => {
    await driver.command('li', CHANNEL, '/credits card');
    await says('li', CHANNEL, /Cards are the company admins’/);
  });

  it('can be chosen between, and one that is removed is not charged again', async () => {
    await driver.command('ana', CHANNEL, '/credits card');
    const list = await says('ana', CHANNEL, /Visa •••• 4242/);
    await click('ana', list, 'Charge this one');
    await driver.eventually(async () => (await defaultCard()) === '4242');
  });
});
