import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLogger } from '../../src/log.ts';
import { type Driver, visibleText } from '../../src/stand-ins/local-workspace/index.ts';
import { dumpDatabase, type Ends, recordOutput } from '../support/record-output.ts';
import { startTestTryOut, type TryOut } from '../support/try-out.ts';

const CHANNEL = '#phone-credits';
const WEEK_MS = 7 * 24 * 3_600_000;

let tryOut: TryOut;
let driver: Driver;

const logged: string[] = [];

beforeAll(async () => {
  tryOut = await startTestTryOut({
    log: createLogger('trace', { write: (line) => void logged.push(line) }),
  });
  await tryOut.app.db.company.updateMany({ data: { cardCheck: 'every' } });
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
  });
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
  const link = await says('ana', CHANNEL, /link expires in 15 minutes/);
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
  expect(await back.text()).toMatch(/Confirm there that the card ending in/);
}

/** The newest charge as the card's bank shows it. */
async function readStatement(): Promise<{ amount: string; code: string } | null> {
  const page = await (await fetch(`${tryOut.sandbox.stripe.apiUrl}/statement`)).text();
  const [, code, amount] = /REFILL\* CHECK(\w{4})[\s\S]*?\$(\d\.\d\d)/.exec(page) ?? [];
  return code === undefined || amount === undefined ? null : { code, amount };
}

async function defaultCard(): Promise<string | undefined> {
  return (await tryOut.app.db.card.findFirst({ where: { isDefault: true } }))?.last4;
}

const enter = async (typed: string) => await driver.submit('ana', { card_amount: typed });
const anotherThan = (amount: string): string => (amount === '1.77' ? '1.78' : '1.77');

async function openCheck(): Promise<void> {
  const notice = await says('ana', CHANNEL, /added \*/);
  await click('ana', notice, 'Verify card');
  await driver.eventually(async () => (await driver.views('ana')).at(-1)?.submit === 'Verify card');
}

/** What the processor sends and gets, and what the workspace and people send to the app, does not leave the app. */
const portOf = (url: string): number => Number(new URL(url).port);
function isOutside({ remotePort = 0, localPort = 0 }: Ends): boolean {
  const { stripe, workspace } = tryOut.sandbox;
  const insiders = [stripe.apiUrl, tryOut.appUrl, tryOut.databaseUrl].map(portOf);
  const others = [stripe.apiUrl, workspace.apiUrl, workspace.pageUrl].map(portOf);
  return insiders.includes(remotePort) || others.includes(localPort);
}

/** Where a text has it, with what stands around it. */
const find = (text: string, what: RegExp): string[] =>
  [...text.matchAll(new RegExp(what, 'g'))].map(({ index }) => text.slice(index - 60, index + 60));

describe('a new card', () => {
  it('is asked about, verified by a small charge, and only then charged for credits; its amount and code leave the app nowhere', async () => {
    const output = recordOutput(isOutside);
    await addCard('5555 5555 5555 4444');
    expect(await defaultCard()).toBe('4242');
    const question = await says('ana', 'dm', /Is it yours\?/);
    await click('ana', question, 'Yes, it ends in 4444');
    const asked = await says('ana', 'dm', /`REFILL\* CHECK····`/);
    expect(visibleText(asked.blocks)).toMatch(/enter the amount or the last 4 characters/);
    const { amount, code } = (await readStatement()) ?? { amount: '', code: '' };
    await openCheck();
    expect(await enter(anotherThan(amount))).toEqual({
      ok: false,
      fieldErrors: { card_amount: 'That doesn’t match our charge. 2 attempts left.' },
    });
    expect(await enter('0.20')).toEqual({
      ok: false,
      fieldErrors: {
        card_amount: 'Enter an amount between $1.00 and $1.99, or the 4 characters after CHECK.',
      },
    });
    expect(await defaultCard()).toBe('4242');
    // As much as possible is said before the right answer, which is the only thing that may hold it.
    output.stop();
    expect(await enter(`check${code.toLowerCase()}`)).toEqual({ ok: true });
    expect(await defaultCard()).toBe('4444');
    await says('ana', CHANNEL, /is verified and is the default card now/);
    const verified = await says('ana', 'dm', /is verified/);
    expect(visibleText(verified.blocks)).not.toMatch(/Verify card/);
    await driver.eventually(
      async () => (await tryOut.app.db.cardCheck.count({ where: { refundedAt: null } })) === 0,
    );
    const messages = [await driver.messages('ana', CHANNEL), await driver.messages('ana', 'dm')];
    const everything = [
      output.text(),
      logged.join('\n'),
      JSON.stringify(messages),
      JSON.stringify(await driver.views('ana')),
      await dumpDatabase(tryOut.app.db, ['card_check.amount_micros']),
      await (await fetch(`${tryOut.appUrl}/metrics`)).text(),
    ]
      .join('\n')
      // The bounds are said to everybody, and are amounts that may be charged.
      .replaceAll('between $1.00 and $1.99', '')
      // A line height of 1.55 is no amount.
      .replaceAll(/<style.*?<\/style>/gs, '');
    expect(output.text()).toMatch(/chat\.update/);
    expect(find(everything, /REFILL\* CHECK····/)).not.toEqual([]);
    expect(find(everything, new RegExp(`CHECK${code}|(?<![\\w-])${code}(?![\\w-])`))).toEqual([]);
    const cents = amount.replace('.', '');
    const asMoney = `${amount.replace('.', '\\.')}0{0,4}`;
    expect(find(everything, new RegExp(`(?<![\\d.])(${asMoney}|${cents}0000)(?![\\d.])`))).toEqual([]);
  });

  it('is not used when whoever opened the page says that it is not theirs', async () => {
    await addCard('3782 822463 10005');
    const question = await says('ana', 'dm', /•••• 0005\*.*Is it yours\?/);
    await click('ana', question, 'No, remove it');
    await says('ana', 'dm', /was removed\. \*You weren’t charged/);
    expect(await defaultCard()).toBe('4444');
  });

  it('that nobody confirms within a week is not used, and what was charged is given back', async () => {
    await addCard('3782 822463 10005');
    await click('ana', await says('ana', 'dm', /•••• 0005\*.*Is it yours/), 'Yes, it ends in 0005');
    await driver.eventually(
      async () => (await tryOut.app.db.cardCheck.count({ where: { state: 'waiting' } })) === 1,
    );
    tryOut.sandbox.clock.advance(WEEK_MS + 60_000);
    await says('ana', CHANNEL, /wasn’t verified within a week/);
    await driver.eventually(
      async () => (await tryOut.app.db.cardCheck.count({ where: { refundedAt: null } })) === 0,
    );
  });

  it('is locked after three wrong entries, and what was charged is given back', async () => {
    await addCard('3782 822463 10005');
    await click('ana', await says('ana', 'dm', /•••• 0005\*.*Is it yours/), 'Yes, it ends in 0005');
    await driver.eventually(
      async () => (await tryOut.app.db.cardCheck.count({ where: { state: 'waiting' } })) === 1,
    );
    const check = await tryOut.app.db.cardCheck.findFirstOrThrow({ where: { state: 'waiting' } });
    const wrong = check.amountMicros === 1_770_000n ? '1.78' : '1.77';
    await says('ana', CHANNEL, /added \*.*0005/);
    await openCheck();
    await enter(wrong);
    expect(await enter('3.10')).toMatchObject({ ok: false });
    await enter(wrong);
    expect(await enter(wrong)).toEqual({ ok: true });
    await says('ana', CHANNEL, /0005.* is locked after too many wrong entries/);
    await driver.eventually(
      async () => (await tryOut.app.db.cardCheck.count({ where: { refundedAt: null } })) === 0,
    );
    expect(await defaultCard()).toBe('4444');
  });

  it('that its bank declines is not used, and the team is told that nothing was charged', async () => {
    await addCard('4000 0000 0000 0341');
    await click('ana', await says('ana', 'dm', /•••• 0341\*.*Is it yours/), 'Yes, it ends in 0341');
    await says('ana', CHANNEL, /0341 was declined\. You weren’t charged/);
    const told = await says('ana', 'dm', /0341 was declined\. You weren’t charged\. The card isn’t used/);
    expect(visibleText(told.blocks)).not.toMatch(/Verify card/);
  });
});

describe('cards', () => {
  it('are the company admins’: an office admin is told whom to ask', async () => {
    await driver.command('li', CHANNEL, '/credits card');
    await says('li', CHANNEL, /Only company admins can manage cards\. Ask/);
  });

  it('can be chosen between, and one that is removed is not charged again', async () => {
    await driver.command('ana', CHANNEL, '/credits card');
    const list = await says('ana', CHANNEL, /Visa •••• 4242/);
    await click('ana', list, 'Make default');
    await driver.eventually(async () => (await defaultCard()) === '4242');
    const fallback = () => tryOut.app.db.card.findFirst({ where: { isFallback: true, removedAt: null } });
    /** The newest list of cards that says this; the word that one is the default may come after it. */
    const listSaying = (words: RegExp) =>
      driver.eventually(async () =>
        (await driver.messages('ana', CHANNEL)).findLast(({ blocks }) => words.test(visibleText(blocks))),
      );
    await driver.command('ana', CHANNEL, '/credits card');
    await click('ana', await listSaying(/4242\*.* Default\n[\s\S]*Set as backup/), 'Set as backup');
    await driver.eventually(async () => (await fallback())?.last4 === '4444');
    await driver.command('ana', CHANNEL, '/credits card');
    await click('ana', await listSaying(/4444\*.* Backup\n/), 'Remove');
    await driver.eventually(
      async () => (await tryOut.app.db.card.count({ where: { last4: '4242', removedAt: null } })) === 0,
    );
  });
});
