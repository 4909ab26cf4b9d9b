import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
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

/** The Visa that the company began with is its one card, and nothing was declined lately. */
beforeEach(async () => {
  const { db } = tryOut.app;
  tryOut.sandbox.card.setBehaviour('approve');
  for (const user of ['ana', 'sam', 'li']) await driver.close(user, { all: true }).catch(() => undefined);
  const [first] = await db.card.findMany({ orderBy: { id: 'asc' }, take: 1 });
  await db.card.updateMany({
    where: { id: { not: first?.id ?? 0n }, removedAt: null },
    data: { removedAt: new Date(), isDefault: false, isFallback: false },
  });
  await db.card.updateMany({
    where: { id: first?.id ?? 0n },
    data: { isDefault: true, needsReplacingAt: null, needsReplacingFor: null, exhaustedAt: null },
  });
  await db.purchaseOrder.updateMany({ where: { state: 'declined' }, data: { state: 'abandoned' } });
  await db.company.updateMany({ data: { cardCheck: 'first', purchaseDailyMaxMicros: 10n ** 15n } });
});

async function modalOf(user: string): Promise<{ id: string; text: string; source: string }> {
  const view = (await driver.views(user)).at(-1);
  const source = JSON.stringify(view?.blocks ?? []);
  return {
    id: view?.id ?? '',
    text: view === undefined ? '' : `${view.title}\n${visibleText(view.blocks)}`,
    source,
  };
}

async function modalSays(user: string, what: RegExp) {
  let last = '';
  try {
    return await driver.eventually(async () => {
      const modal = await modalOf(user);
      last = modal.text;
      return what.test(modal.text) && modal;
    });
  } catch {
    throw new Error(`the modal of ${user} does not say ${what}:\n${last}`);
  }
}

/** Clicks as a person does: once the button is there; again where the modal changed under the click. */
async function click(user: string, label: string): Promise<void> {
  await driver.eventually(async () => {
    const { id: viewId, text } = await modalOf(user);
    if (!text.includes(label)) return false;
    const result = await driver.click(user, { kind: 'view', viewId }, { label }).catch(() => null);
    return result?.ok === true;
  });
}

/** Confirms a purchase for New York; its card is declined as the switch stands. */
async function buy(user: string, dollars: number): Promise<void> {
  const isAt = async (submit: string) => (await driver.views(user)).at(-1)?.submit === submit;
  await driver.command(user, CHANNEL, `/credits add ${dollars}`);
  const pay = `Pay $${dollars}.00`;
  // Who buys for one office only is at the review at once.
  await driver.eventually(async () => (await isAt('Review')) || (await isAt(pay)));
  if (await isAt('Review')) {
    const { id } = await tryOut.app.db.office.findFirstOrThrow({ where: { name: 'New York' } });
    await driver.submit(user, { scope: `office:${id}` });
  }
  await driver.eventually(() => isAt(pay));
  await driver.submit(user);
}

/** Types a card on the page that a link leads to, as its bank's customer does. */
async function typeCard(source: string, number: string): Promise<void> {
  const url = /http:\/\/127[^"]*\/billing\/card\/[\w-]+/.exec(source)?.[0] ?? '';
  const page = await fetch(url, { redirect: 'manual' });
  const body = new URLSearchParams({
    number,
    expiry: '12 / 34',
    cvc: number.startsWith('37') ? '1234' : '123',
  });
  const typed = await fetch(page.headers.get('location') ?? '', { method: 'POST', body, redirect: 'manual' });
  await fetch(typed.headers.get('location') ?? '');
}

/** From the declined purchase in the open modal to the question whether the new card is theirs. */
async function addCardHere(user: string, number: string): Promise<void> {
  await click(user, 'Use another card');
  const page = await modalSays(user, /Add your card on our secure payment page/);
  await typeCard(page.source, number);
  await modalSays(user, /was added on the page you opened\. Is it yours\?/);
}

const lastOrder = async () =>
  await tryOut.app.db.purchaseOrder.findFirstOrThrow({
    where: { state: { not: 'draft' } },
    orderBy: { id: 'desc' },
  });
const cardOf = async ({ cardId }: { cardId: bigint | null }) =>
  (await tryOut.app.db.card.findFirstOrThrow({ where: { id: cardId ?? 0n } })).last4;
const countDms = async (user: string): Promise<number> => (await driver.messages(user, 'dm')).length;

describe('after a declined payment', () => {
  it('another card pays in four clicks beside its page, in the modal that stays open', async () => {
    tryOut.sandbox.card.setBehaviour('decline');
    await buy('ana', 50);
    const declined = await modalSays('ana', /wasn’t added/);
    expect(declined.text).toMatch(
      /\*\$50\.00 for New York wasn’t added\.\* Visa •••• 4242 was declined \(insufficient funds\)\. You weren’t charged\./,
    );
    tryOut.sandbox.card.setBehaviour('approve');
    const before = await countDms('ana');
    // 1: Use another card. 2: the link to the page.
    await addCardHere('ana', '5555 5555 5555 4444');
    // 3
    await click('ana', 'Yes, it ends in 4444');
    await modalSays('ana', /Pay \$50\.00 with Mastercard •••• 4444/);
    // 4
    await click('ana', 'Pay $50.00 with Mastercard •••• 4444');
    await modalSays('ana', /\$50\.00 added/);
    expect(await cardOf(await lastOrder())).toBe('4444');
    expect(await countDms('ana')).toBe(before);
  });

  it('a click on a button that is stale charges nothing and shows what would be charged now', async () => {
    tryOut.sandbox.card.setBehaviour('decline');
    await buy('ana', 20);
    await modalSays('ana', /wasn’t added/);
    tryOut.sandbox.card.setBehaviour('approve');
    await addCardHere('ana', '5555 5555 5555 4444');
    await click('ana', 'Yes, it ends in 4444');
    await modalSays('ana', /Pay \$20\.00 with Mastercard/);
    const { db } = tryOut.app;
    await db.card.updateMany({ where: { isDefault: true }, data: { isDefault: false } });
    await db.card.updateMany({ where: { last4: '4242', removedAt: null }, data: { isDefault: true } });
    await click('ana', 'Pay $20.00 with Mastercard •••• 4444');
    await modalSays('ana', /Try again/);
    expect(await lastOrder()).toMatchObject({ state: 'declined' });
    await click('ana', 'Try again');
    await modalSays('ana', /\$20\.00 added/);
    expect(await cardOf(await lastOrder())).toBe('4242');
  });

  it('two clicks on Pay are one payment', async () => {
    tryOut.sandbox.card.setBehaviour('decline');
    await buy('ana', 20);
    await modalSays('ana', /wasn’t added/);
    tryOut.sandbox.card.setBehaviour('approve');
    await addCardHere('ana', '5555 5555 5555 4444');
    await click('ana', 'Yes, it ends in 4444');
    await modalSays('ana', /Pay \$20\.00 with Mastercard/);
    const { id: viewId } = await modalOf('ana');
    const once = () =>
      driver.click('ana', { kind: 'view', viewId }, { label: 'Pay $20.00 with Mastercard •••• 4444' });
    await Promise.all([once(), once()]);
    await modalSays('ana', /\$20\.00 added/);
    const { companyId, id: orderId } = await lastOrder();
    const attempts = await tryOut.app.db.paymentAttempt.findMany({ where: { companyId, orderId } });
    expect(attempts.map(({ state }) => state).toSorted()).toEqual(['failed', 'succeeded']);
  });

  it('the card that another admin adds meanwhile is offered in the modal by itself', async () => {
    tryOut.sandbox.card.setBehaviour('decline');
    await buy('li', 20);
    await modalSays('li', /wasn’t added/);
    await buy('ana', 20);
    await modalSays('ana', /wasn’t added/);
    tryOut.sandbox.card.setBehaviour('approve');
    // Ana has the page of her own card open all the while.
    await click('ana', 'Use another card');
    await modalSays('ana', /secure payment page/);
    await driver.command('sam', CHANNEL, '/credits card');
    const message = await driver.eventually(async () => {
      const last = (await driver.messages('sam', CHANNEL)).at(-1);
      return last !== undefined && visibleText(last.blocks).includes('Add a card') && last;
    });
    const container = { kind: 'message', conversationId: message.conversationId, ts: message.ts } as const;
    await driver.click('sam', container, { label: 'Add a card' });
    const link = await driver.eventually(async () => {
      const source = JSON.stringify((await driver.messages('sam', CHANNEL)).at(-1)?.blocks);
      return source.includes('/billing/card/') && source;
    });
    await typeCard(link, '5555 5555 5555 4444');
    const question = await driver.eventually(async () => {
      const last = (await driver.messages('sam', 'dm')).at(-1);
      return last !== undefined && /4444.*Is it yours/.test(visibleText(last.blocks)) && last;
    });
    await driver.click(
      'sam',
      { kind: 'message', conversationId: question.conversationId, ts: question.ts },
      { label: 'Yes, it ends in 4444' },
    );
    for (const user of ['li', 'ana']) await modalSays(user, /Pay \$20\.00 with Mastercard •••• 4444/);
    await click('li', 'Pay $20.00 with Mastercard •••• 4444');
    await modalSays('li', /\$20\.00 added/);
  });

  it('a card that needs replacing is not offered again; the cards on file are, and stay what they are', async () => {
    const { db } = tryOut.app;
    const { companyId } = await db.card.findFirstOrThrow();
    await db.card.updateMany({
      where: { last4: '4444' },
      data: { removedAt: null },
    });
    tryOut.sandbox.card.setBehaviour('stolen');
    await buy('ana', 20);
    const declined = await modalSays('ana', /wasn’t added/);
    expect(declined.text).toMatch(
      /Visa •••• 4242 was declined\. You weren’t charged\. Use another card to continue\./,
    );
    expect(declined.text).not.toMatch(/Try again|\nPay/);
    tryOut.sandbox.card.setBehaviour('approve');
    await click('ana', 'Use another card');
    await modalSays('ana', /Which card should pay \$20\.00 for New York\?/);
    await click('ana', 'Pay $20.00 with Mastercard •••• 4444');
    await modalSays('ana', /\$20\.00 added/);
    expect(await cardOf(await lastOrder())).toBe('4444');
    expect(await db.card.findMany({ where: { companyId, isDefault: true } })).toMatchObject([
      { last4: '4242' },
    ]);
  });

  it('another card on file is chosen in the form, and pays', async () => {
    const { db } = tryOut.app;
    await db.card.updateMany({ where: { last4: '4444' }, data: { removedAt: null } });
    const other = await db.card.findFirstOrThrow({ where: { last4: '4444' } });
    const { id } = await db.office.findFirstOrThrow({ where: { name: 'New York' } });
    await driver.command('ana', CHANNEL, '/credits add');
    await modalSays('ana', /Pay with/);
    await driver.submit('ana', { scope: `office:${id}`, other: '21', pay_card: `card:${other.id}` });
    await modalSays('ana', /Mastercard •••• 4444/);
    await click('ana', 'Back');
    expect((await modalSays('ana', /Pay with/)).source).toMatch(
      /"initial_option":\{"text":\{"text":"Mastercard/,
    );
    await driver.submit('ana', {});
    await modalSays('ana', /Mastercard •••• 4444/);
    await driver.submit('ana', {});
    await modalSays('ana', /\$21\.00 added/);
    expect(await cardOf(await lastOrder())).toBe('4444');
  });

  it('an office admin is offered no other card, and told whose they are', async () => {
    tryOut.sandbox.card.setBehaviour('decline');
    await buy('li', 20);
    await modalSays('li', /wasn’t added/);
    await click('li', 'Use another card');
    await modalSays('li', /Only company admins can manage cards\. Ask/);
  });
});

describe('a card that has to be verified first', () => {
  beforeEach(() => tryOut.app.db.company.updateMany({ data: { cardCheck: 'every' } }));

  it('is verified on top of the purchase, which then offers to pay with it', async () => {
    tryOut.sandbox.card.setBehaviour('decline');
    await buy('ana', 20);
    await modalSays('ana', /wasn’t added/);
    tryOut.sandbox.card.setBehaviour('approve');
    await addCardHere('ana', '3782 822463 10005');
    await click('ana', 'Yes, it ends in 0005');
    await modalSays('ana', /Find this charge, shown as `REFILL\* CHECK····`, in your bank app/);
    const page = await (await fetch(`${tryOut.sandbox.stripe.apiUrl}/statement`)).text();
    await click('ana', 'Verify card');
    await driver.eventually(async () => (await driver.views('ana')).length === 2);
    const code = /CHECK(\w{4})/.exec(page)?.[1] ?? '';
    expect(await driver.submit('ana', { card_amount: code })).toEqual({ ok: true });
    await modalSays('ana', /Pay \$20\.00 with American Express •••• 0005/);
    await click('ana', 'Pay $20.00 with American Express •••• 0005');
    await modalSays('ana', /\$20\.00 added/);
  });

  it('and is declined then is told in the modal that waits for it, which offers another one', async () => {
    tryOut.sandbox.card.setBehaviour('decline');
    await buy('ana', 20);
    await modalSays('ana', /wasn’t added/);
    tryOut.sandbox.card.setBehaviour('approve');
    await addCardHere('ana', '4000 0000 0000 0341');
    await click('ana', 'Yes, it ends in 0341');
    const failed = await modalSays(
      'ana',
      /Visa •••• 0341 was declined\. You weren’t charged\. The card isn’t used\./,
    );
    expect(failed.text).toMatch(/Use another card/);
    await addCardHere('ana', '5555 5555 5555 4444');
    await click('ana', 'No, remove it');
    await modalSays('ana', /Visa •••• 4242 was declined/);
    expect(await lastOrder()).toMatchObject({ state: 'declined' });
  });
});

it('the first card of a purchase leads back to its form by itself', async () => {
  await tryOut.app.db.card.updateMany({
    where: { removedAt: null },
    data: { removedAt: new Date(), isDefault: false },
  });
  await driver.command('ana', CHANNEL, '/credits add');
  await modalSays('ana', /No card on file yet/);
  await click('ana', 'Add a card');
  const page = await modalSays('ana', /link expires/);
  await typeCard(page.source, '5555 5555 5555 4444');
  await modalSays('ana', /Is it yours\?/);
  await click('ana', 'Yes, it ends in 4444');
  await modalSays('ana', /Paid with Mastercard •••• 4444/);
  await driver.eventually(async () => (await driver.views('ana')).at(-1)?.submit === 'Review');
});
