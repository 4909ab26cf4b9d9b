import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { DAY_MS } from '../../src/durations.ts';
import { type Driver, visibleText } from '../../src/stand-ins/local-workspace/index.ts';
import { startTestTryOut, type TryOut } from '../support/try-out.ts';

const CHANNEL = '#phone-credits';

let tryOut: TryOut;
let driver: Driver;

beforeAll(async () => {
  tryOut = await startTestTryOut();
  driver = tryOut.sandbox.workspace.driver;
});

afterAll(() => tryOut?.close());

beforeEach(async () => {
  for (const user of ['ana', 'li', 'priya', 'marco'])
    await driver.close(user, { all: true }).catch(() => undefined);
});

type Seen = Awaited<ReturnType<Driver['messages']>>[number];
const said = (message: Seen): string => `${message.text}\n${visibleText(message.blocks)}`;

async function says(user: string, channel: string, words: RegExp): Promise<Seen> {
  return await driver.eventually(async () => {
    const message = (await driver.messages(user, channel)).at(-1);
    return message !== undefined && words.test(said(message)) && message;
  });
}

/** The message once it was brought up to date, where this person reads it. */
async function becomes({ ts }: Seen, words: RegExp, [user, place] = ['ana', CHANNEL]): Promise<Seen> {
  return await driver.eventually(async () => {
    const message = (await driver.messages(user, place)).find((each) => each.ts === ts);
    return message !== undefined && words.test(said(message)) && message;
  });
}

const click = (user: string, message: Seen, label: string) =>
  driver.click(user, { kind: 'message', conversationId: message.conversationId, ts: message.ts }, { label });

/** [Decline], and why in its window. */
async function decline(user: string, message: Seen, reason = ''): Promise<void> {
  await click(user, message, 'Decline');
  await driver.eventually(async () => (await driver.views(user)).at(-1)?.submit === 'Decline');
  expect(await driver.submit(user, { reason })).toEqual({ ok: true });
}

/** Asks, and returns what came of it in the channel; the word to the asker may come before it or after. */
async function requestOf(user: string, text: string, words: RegExp): Promise<Seen> {
  const before = (await driver.messages(user, CHANNEL)).length;
  await driver.command(user, CHANNEL, `/credits request ${text}`);
  const later = async () => (await driver.messages(user, CHANNEL)).slice(before);
  await driver.eventually(async () =>
    (await later()).some((message) =>
      /Request sent to <#C0CREDITS1>\. We’ll let you know/.test(said(message)),
    ),
  );
  return await driver.eventually(async () => (await later()).find((message) => words.test(said(message))));
}

async function open(): Promise<number> {
  return await tryOut.app.db.creditRequest.count({ where: { state: 'open' } });
}

describe('who may not buy', () => {
  it('is told whom to ask, the admins of their own office too, with a button that asks', async () => {
    await driver.command('priya', CHANNEL, '/credits');
    const words = await says(
      'priya',
      CHANNEL,
      /Ask <@U0ANA00001>, <@U0SAM00001> or <@U0LI000001>, or request credits with `\/credits request`/,
    );
    await click('priya', words, 'Request credits');
    await driver.eventually(async () => (await driver.views('priya')).at(-1)?.submit === 'Send request');
    expect(await driver.submit('priya', { amount: 'lots' })).toMatchObject({ ok: false });
    expect(await driver.submit('priya', { amount: '2000' })).toEqual({ ok: true });
    expect(await open()).toBe(0);
    await driver.close('priya', { all: true });
    await click('priya', words, 'Request credits');
    await driver.eventually(async () => (await driver.views('priya')).at(-1)?.submit === 'Send request');
    expect(await driver.submit('priya', { amount: '75', reason: 'the <!channel> fair' })).toEqual({
      ok: true,
    });
    const asked = await says(
      'ana',
      CHANNEL,
      /<@U0PRIYA001> requests \*\$75\.00\* for New York\.[\s\S]*<@U0ANA00001>, <@U0SAM00001> and <@U0LI000001> can add credits/,
    );
    expect(said(asked)).toContain('the &lt;!channel&gt; fair');
    const direct = await says('li', 'dm', /requests \*\$75\.00\*/);
    await decline('li', direct, 'no budget <b>left</b>');
    for (const text of [
      said(await becomes(asked, /Declined/)),
      said(await becomes(direct, /Declined/, ['li', 'dm'])),
    ])
      expect(text).toMatch(
        /Declined by <@U0LI000001> at .*Nothing was added\.[\s\S]*> no budget &lt;b&gt;left&lt;\/b&gt;/,
      );
    await says(
      'priya',
      'dm',
      /<@U0LI000001> declined your request for \*\$75\.00\* for New York\. Nothing was added\.\n> no budget/,
    );
  });

  it('names the San Francisco people the company admin alone', async () => {
    await driver.command('marco', CHANNEL, '/credits');
    const words = await says('marco', CHANNEL, /Only admins/);
    expect(said(words)).not.toMatch(/U0LI000001/);
  });

  it('has one open request at a time', async () => {
    const asked = await requestOf('priya', '60 for the fair', /requests \*\$60\.00/);
    expect(said(asked)).toMatch(/> the fair/);
    await driver.command('priya', CHANNEL, '/credits request 70');
    await says('priya', CHANNEL, /last request is still open/);
    await driver.command('priya', CHANNEL, '/credits request -5 for the fair');
    await says('priya', CHANNEL, /Enter an amount above zero/);
    expect(await open()).toBe(1);
    await decline('ana', asked);
    await becomes(asked, /Declined by <@U0ANA00001>/);
    expect(await open()).toBe(0);
  });

  it('is told when an admin adds the credits, whatever amount it becomes', async () => {
    const asked = await requestOf('priya', '80', /requests \*\$80\.00/);
    await click('ana', asked, 'Add credits');
    await driver.eventually(async () => (await driver.views('ana')).at(-1)?.submit === 'Review');
    const form = JSON.stringify((await driver.views('ana')).at(-1)?.blocks);
    expect(form).toContain('"initial_value":"80.00"');
    expect(await driver.submit('ana', { other: '90' })).toEqual({ ok: true });
    await driver.eventually(async () => (await driver.views('ana')).at(-1)?.submit === 'Pay $90.00');
    await driver.submit('ana');
    await becomes(asked, /\*\$90\.00\* added by <@U0ANA00001>/);
    await says('priya', 'dm', /<@U0ANA00001> added \*\$90\.00\* for New York, as you requested/);
    const { orderLines } = await tryOut.app.db.purchaseOrder.findFirstOrThrow({
      where: { state: 'settled' },
      include: { orderLines: true },
    });
    const office = await tryOut.app.db.office.findFirstOrThrow({ where: { name: 'New York' } });
    expect(orderLines).toMatchObject([{ officeId: office.id }]);
  });

  it('cannot answer a request, nor can an admin of another office; a second click changes nothing', async () => {
    const asked = await requestOf('marco', '25', /<@U0MARCO001> requests \*\$25\.00\* for San Francisco/);
    for (const user of ['marco', 'priya', 'li']) {
      for (const label of ['Decline', 'Add credits']) {
        await click(user, asked, label);
        await says(
          user,
          CHANNEL,
          /Only admins who can add these credits can answer this request\. Ask <@U0ANA00001>/,
        );
      }
    }
    expect(await open()).toBe(1);
    await click('ana', asked, 'Decline');
    await driver.eventually(async () => (await driver.views('ana')).at(-1)?.submit === 'Decline');
    await Promise.all([driver.submit('ana'), driver.submit('ana')]);
    await says('marco', 'dm', /declined/);
    await click('ana', asked, 'Decline').catch(() => undefined);
    const notified = (await driver.messages('marco', 'dm')).filter(({ text }) => /declined/.test(text));
    expect(notified).toHaveLength(1);
    expect(await tryOut.app.db.audit.count({ where: { action: 'request-declined' } })).toBe(3);
  });

  it('is told when nobody answers within three days', async () => {
    const asked = await requestOf('priya', 'more texts, please', /requests credits for New York/);
    tryOut.sandbox.clock.advance(3 * DAY_MS + 60_000);
    await says('priya', 'dm', /Your request for credits for New York expired/);
    await becomes(asked, /Expired: no one answered within 3 days/);
    expect(await open()).toBe(0);
  });
});

describe('who may buy', () => {
  it('is sent to buy instead', async () => {
    await driver.command('li', CHANNEL, '/credits request 50');
    await says('li', CHANNEL, /You can add these credits yourself: `\/credits add`/);
    expect(await open()).toBe(0);
  });
});
