import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { resolveInvoice } from '../../src/billing/index.ts';
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

type Seen = Awaited<ReturnType<Driver['messages']>>[number];

async function says(user: string, words: RegExp): Promise<Seen> {
  return await driver.eventually(async () => {
    const messages = await driver.messages(user, CHANNEL);
    return messages.findLast(({ text, blocks }) => words.test(`${text}\n${visibleText(blocks)}`)) ?? false;
  });
}

const click = (user: string, message: Seen, label: string) =>
  driver.click(user, { kind: 'message', conversationId: message.conversationId, ts: message.ts }, { label });

const window = async () => visibleText((await driver.views('ana')).at(-1)?.blocks ?? []);

async function buyCallingBundle(): Promise<void> {
  await driver.command('ana', CHANNEL, '/credits bundles');
  await click('ana', await says('ana', /used before general credits/), 'Buy a bundle');
  await driver.eventually(async () => (await driver.views('ana')).at(-1)?.submit === 'Review');
  expect(await driver.submit('ana', {})).toMatchObject({ fieldErrors: { scope: expect.any(String) } });
  const { id } = await tryOut.app.db.office.findFirstOrThrow({ where: { isPrimary: true } });
  expect(await driver.submit('ana', { scope: `office:${id}` })).toEqual({ ok: true });
  expect(await window()).toMatch(/Calling 150[\s\S]*\$150\.00[\s\S]*\$120\.00[\s\S]*now until/);
  expect(await driver.submit('ana', {})).toEqual({ ok: true });
  expect(await window()).toMatch(/Processing payment for/);
}

describe('bundles in Slack', () => {
  it('are reviewed and confirmed, credited, said in the channel, and listed with what is left', async () => {
    await buyCallingBundle();
    await says('ana', /Calling bundle \(Calling 150\) added.*\$150\.00 until/);
    // The list that the purchase began from is brought up to date where it stands.
    await says('ana', /\$150\.00 of \$150\.00 · renews/);
  });

  it('that are bought beside one of their kind are asked about first', async () => {
    await driver.close('ana', { all: true });
    await driver.command('ana', CHANNEL, '/credits bundles');
    await click('ana', await says('ana', /of \$150\.00 · renews/), 'Buy a bundle');
    await driver.eventually(async () => (await driver.views('ana')).at(-1)?.submit === 'Review');
    const { id } = await tryOut.app.db.office.findFirstOrThrow({ where: { isPrimary: true } });
    await driver.submit('ana', { scope: `office:${id}` });
    expect(await window()).toMatch(/San Francisco already has Calling 150\..*each is charged every period/);
    expect((await driver.views('ana')).at(-1)?.submit).toBe('Buy a second bundle');
    await driver.close('ana', { all: true });
  });

  it('are cancelled at the end of their period, and kept again', async () => {
    await driver.command('ana', CHANNEL, '/credits bundles');
    await click('ana', await says('ana', /of \$150\.00 · renews/), 'Cancel bundle');
    await says('ana', /canceled, ends/);
    expect(await tryOut.app.db.subscription.count({ where: { isEnding: true } })).toBe(1);
    await click('ana', await says('ana', /canceled, ends/), 'Keep bundle');
    await driver.eventually(
      async () => (await tryOut.app.db.subscription.count({ where: { isEnding: true } })) === 0,
    );
    await says('ana', /will renew as usual/);
  });

  it('are changed to another of their kind from the next period on', async () => {
    const { db } = tryOut.app;
    const { id } = await db.bundle.create({
      data: {
        name: 'Calling 300',
        kind: 'calling',
        period: 'monthly',
        creditMicros: 300_000_000n,
        priceMicros: 240_000_000n,
        createdAt: tryOut.sandbox.clock.now(),
      },
    });
    await driver.openHome('ana');
    await driver.eventually(async () => /\nBundles\b/.test(visibleText(await driver.home('ana'))));
    await driver.click('ana', { kind: 'home' }, { label: 'Bundles' });
    const list = await driver.eventually(async () =>
      (await driver.messages('ana', 'dm')).findLast(({ blocks }) => visibleText(blocks).includes('Change')),
    );
    await click('ana', list, 'Change');
    await driver.eventually(async () => (await driver.views('ana')).at(-1)?.submit === 'Change at renewal');
    expect(await driver.submit('ana', { bundle: id.toString() })).toEqual({ ok: true });
    expect(await window()).toContain('Calling 300');
    expect(await db.subscription.count({ where: { nextBundleId: id } })).toBe(1);
    await driver.close('ana', { all: true });
    await db.subscription.updateMany({ data: { nextBundleId: null } });
  });

  it('that are paused are started again by the newest list alone: a click on an older one charges nothing', async () => {
    const { db } = tryOut.app;
    await db.subscription.updateMany({ data: { state: 'paused' } });
    await driver.command('ana', CHANNEL, '/credits bundles');
    const older = await says('ana', /paused/);
    // Meanwhile it ran for another period, which was not paid either.
    await db.subscription.updateMany({ data: { periods: { increment: 1 } } });
    await click('ana', older, 'Restart bundle');
    await says('ana', /This is out of date\. You weren’t charged/);
    expect(await db.subscription.count({ where: { state: 'paused' } })).toBe(1);
    await driver.command('ana', CHANNEL, '/credits bundles');
    const newest = await driver.eventually(async () => {
      const found = await says('ana', /paused/);
      return found.ts !== older.ts && found;
    });
    await click('ana', newest, 'Restart bundle');
    await driver.eventually(async () => (await db.subscription.count({ where: { state: 'active' } })) === 1);
  });

  it('are the company admins’', async () => {
    await driver.command('li', CHANNEL, '/credits bundles');
    await says('li', /Only company admins can manage bundles/);
    await driver.command('priya', CHANNEL, '/credits bundles');
    await says('priya', /Only admins can see and add credits/);
  });

  it('of an invoiced company come on an invoice that can be viewed, and is marked paid in place', async () => {
    const { db } = tryOut.app;
    await db.company.updateMany({ data: { billingMethod: 'invoice', exposureLimitMicros: 900_000_000n } });
    await buyCallingBundle();
    await driver.eventually(async () => (await db.invoiceItem.count()) === 1);
    tryOut.sandbox.clock.advance(33 * DAY_MS);
    const notice = await says('ana', /Invoice INV-\d{4}-0001.*\$120\.00.*due/);
    await click('ana', notice, 'View');
    await driver.eventually(async () => /Calling 150 for San Francisco · R-\d+/.test(await window()));
    const [invoice] = await db.invoice.findMany({ orderBy: { id: 'asc' } });
    await resolveInvoice(db, {
      number: `INV-${invoice?.year}-0001`,
      state: 'paid',
      at: tryOut.sandbox.clock.now(),
    });
    await says('ana', /Invoice INV-\d{4}-0001: \*?\$120\.00\*?, paid/);
  });
});
